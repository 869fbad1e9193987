"""What UTKFace's file names say of its photos."""

import re
import statistics
from dataclasses import dataclass
from pathlib import Path

from model.labels import MAX_AGE

# Three names in the archive lack the ethnicity; others have a space, a missing dot or a digit too many
# after the time stamp, which is not needed.
DEFAULT_LABEL = re.compile(r"21_0_4_20161223214[78]|26_0_\d_20170113210\d")
"""Names of two batches that were all given one label, which is wrong in age and gender for most of their photos."""

NAME = re.compile(r"(?P<age>\d{1,3})_(?P<gender>[01])_(?:(?P<ethnicity>[0-4])_)?\d{5,}[^/]*$")


@dataclass(frozen=True)
class Label:
    """What a file name says: years, an index into `GENDERS`, an index into `ETHNICITIES` or none.

    default: whether the name is one of a batch with a default label.
    """

    age: int
    gender: int
    ethnicity: int | None
    default: bool = False


def parse_name(name: str) -> Label:
    """Reads age, gender and, if it is there, ethnicity from a file name.

    Raises:
        ValueError: if the name lacks age or gender; the message is a reason that several files can share.
    """
    match = NAME.match(Path(name).name)
    if match is None:
        raise ValueError("name lacks an age or a gender")
    if int(match["age"]) > MAX_AGE:
        raise ValueError(f"age above {MAX_AGE}")
    ethnicity = match["ethnicity"]
    return Label(
        age=int(match["age"]),
        gender=int(match["gender"]),
        ethnicity=None if ethnicity is None else int(ethnicity),
        default=DEFAULT_LABEL.match(Path(name).name) is not None,
    )


def merge_labels(labels: list[Label]) -> Label:
    """One label for byte-identical copies: median age, most frequent gender and ethnicity."""
    ethnicities = [label.ethnicity for label in labels if label.ethnicity is not None]
    return Label(
        age=round(statistics.median(label.age for label in labels)),
        gender=_most_frequent([label.gender for label in labels]),
        ethnicity=_most_frequent(ethnicities) if ethnicities else None,
        default=all(label.default for label in labels),
    )


def _most_frequent(values: list[int]) -> int:
    """The commonest value; of several, the smallest, so that the order of files does not matter."""
    return min(statistics.multimode(values))
