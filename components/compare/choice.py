"""Which two faces to compare: of those in the photos of this visit, and the portraits. Kept in the page's address."""

from dataclasses import dataclass

import streamlit as st

from components import address
from components.photo.predictions import PhotoResult, analyse_sample, faces_of_visit
from components.photo.samples import SAMPLES
from model.face import Face

LEFT, RIGHT = "left", "right"
"""The two widgets, and their names in the address."""

AMONG = "compared_among"


@dataclass(frozen=True)
class Candidate:
    """A face that can be selected.

    name: for people.
    result: of its photo.
    index: of the face in it.
    """

    name: str
    result: PhotoResult
    index: int

    @property
    def face(self) -> Face:
        """Its estimates."""
        return self.result.faces[self.index]


def candidates() -> dict[str, Candidate]:
    """All faces by what stands for them in the address: a number, in order, or the name of a portrait.

    Names of files stay out of the address.

    Raises:
        ModelError: if the trained model is missing or unreadable.
    """
    own = [
        Candidate(f"{result.name}, face {i + 1}" if len(result.faces) > 1 else result.name, result, i)
        for result, i in faces_of_visit()
    ]
    found = {str(number): candidate for number, candidate in enumerate(own, start=1)}
    shown = {candidate.result.data for candidate in own}
    for sample in SAMPLES:
        result = analyse_sample(sample.file)
        if result.faces and result.data not in shown:
            found[sample.file.stem] = Candidate(sample.name, result, result.main_face)
    return found


def usual(found: dict[str, Candidate]) -> tuple[str, str]:
    """The two to begin with: the newest face, and before it the one looked at last or else the one before it."""
    own = [key for key in reversed(found) if key.isdecimal()]
    portraits = [key for key in found if not key.isdecimal()]
    if not own:
        return portraits[0], portraits[1]
    newest, *others = [*own, *portraits]
    seen = st.session_state.get("chosen_face")
    looked_at = [key for key in others if (found[key].result.name, found[key].index) == seen]
    return [*looked_at, *others][0], newest


def show_choice(found: dict[str, Candidate], side: str) -> Candidate:
    """Draws the box to choose the face on one side.

    Args:
        found: from `candidates`, at least two.
        side: `LEFT` or `RIGHT`.
    """
    first = dict(zip((LEFT, RIGHT), usual(found), strict=True))[side]
    address.seed(side, address.one_of(*found), first)
    chosen = st.selectbox(f"{side.capitalize()} face", list(found), format_func=lambda key: found[key].name, key=side)
    address.write(side, chosen, first)
    return found[chosen]


def follow(found: dict[str, Candidate]) -> None:
    """Begins with the usual two again when photos were added or removed."""
    own = [(candidate.result.name, candidate.index) for key, candidate in found.items() if key.isdecimal()]
    if st.session_state.get(AMONG, own) != own:
        for side in (LEFT, RIGHT):
            st.session_state.pop(side, None)
            st.query_params.pop(side, None)
    st.session_state[AMONG] = own
