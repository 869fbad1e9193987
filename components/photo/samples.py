"""The portraits that a visitor can try: works in the public domain, described in `samples/README.md`."""

import functools
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "samples"


@dataclass(frozen=True)
class Sample:
    """A portrait.

    name: of the person.
    file: of the portrait.
    gender: of `GENDERS`, as documented.
    age: years when the photo was taken, where it is documented.
    """

    name: str
    file: Path
    gender: str
    age: int | None = None

    def read(self) -> tuple[str, bytes]:
        """The file's name and contents."""
        return self.file.name, self.file.read_bytes()


SAMPLES = (
    Sample("Grace Hopper", FOLDER / "grace-hopper.jpg", "female", 77),
    Sample("Eileen Collins", FOLDER / "eileen-collins.jpg", "female"),
)


def sample_of(data: bytes) -> Sample | None:
    """The portrait whose contents these are, if any."""
    return _by_contents().get(data)


def documented_age(data: bytes) -> int | None:
    """The age in a portrait, if these are the contents of one whose age is documented."""
    return sample.age if (sample := sample_of(data)) else None


@functools.cache  # pages ask at every run whether a photo is a portrait
def _by_contents() -> dict[bytes, Sample]:
    return {sample.read()[1]: sample for sample in SAMPLES}
