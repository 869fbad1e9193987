"""The photos and true ages of this visit. What was found in a photo is kept, the photo itself is not."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import streamlit as st

from components.file_names import unused_name
from reports.own_people.analysis import Outcome

KEY = "own_people"


@dataclass
class OwnPhoto:
    """A photo that waits or was analysed.

    name: of the file; no other photo has it.
    digest: of the contents, the same for equal files.
    data: the contents; empty once there is an outcome.
    outcome: what was found, or None before.
    """

    name: str
    digest: str
    data: bytes
    outcome: Outcome | None = None


@dataclass
class Visit:
    """What a visitor gave.

    photos: in the order in which they were added.
    table: name and contents of the file with the true ages.
    """

    photos: list[OwnPhoto] = field(default_factory=list)
    table: tuple[str, bytes] | None = None

    @property
    def waiting(self) -> list[OwnPhoto]:
        """The photos that are not analysed yet."""
        return [photo for photo in self.photos if photo.outcome is None]

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """What was found, by the name of the photo."""
        return {photo.name: photo.outcome for photo in self.photos if photo.outcome is not None}

    def add(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Adds photos by name and contents; of equal files the first counts, and a name that is taken is numbered."""
        digests, names = {photo.digest for photo in self.photos}, {photo.name for photo in self.photos}
        for name, data in files:
            digest = hashlib.sha256(data).hexdigest()
            if digest not in digests:
                photo = OwnPhoto(unused_name(name, names), digest, data)
                self.photos.append(photo)
                digests.add(digest)
                names.add(photo.name)

    def skip_waiting(self) -> None:
        """Removes the photos that are not analysed yet."""
        self.photos = [photo for photo in self.photos if photo.outcome is not None]


def current() -> Visit:
    """That of this session."""
    visit: Visit = st.session_state.setdefault(KEY, Visit())
    return visit


def clear() -> None:
    """Forgets photos, labels and results."""
    st.session_state[KEY] = Visit()
