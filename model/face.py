"""One face with what is estimated of it, and its form as a table row and as JSON."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

Point = tuple[float, float]

COLUMNS = (
    "file", "face", "x", "y", "width", "height", "confidence",
    "age", "age_low", "age_high", "gender", "gender_probability", "stated_gender", "warnings",
)  # fmt: skip
"""The columns of the tables that the command line and the app write, one row per face. New ones go to the end."""

CERTAIN_GENDER = 0.85
"""Calibrated probability from which a gender is stated; below it, the answer is "uncertain".

At 0.8, about 3 in 100 of the genders stated for FairFace's faces are wrong; at 0.85, between 2 and 3."""

UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Face:
    """A face in a photo.

    box: x, y, width, height in pixels of the upright image.
    landmarks: x, y of left eye, right eye, nose, left and right mouth corner, as seen by the viewer, pixels.
    confidence: of the detector that this is a face, 0-1.
    age: years.
    age_low, age_high: an interval that contains the true age of 80% of faces like those of UTKFace, years.
    gender: "male" or "female": the label that UTKFace's annotators would most likely have given.
    gender_probability: calibrated probability of that gender, 0.5-1.
    warnings: reasons to trust the estimates less, codes of `model.inspection.quality.WARNINGS`; mostly none.
    age_distribution: the network's probability of each year 0-116, whose mean is the age of this picture of the face;
        before calibration, so the interval does not follow from it. None for a network without distributions.
    """

    box: tuple[int, int, int, int]
    landmarks: tuple[Point, Point, Point, Point, Point]
    confidence: float
    age: float
    age_low: float
    age_high: float
    gender: str
    gender_probability: float
    warnings: tuple[str, ...] = ()
    age_distribution: tuple[float, ...] | None = field(default=None, repr=False, compare=False)

    @property
    def stated_gender(self) -> str:
        """The gender if it is probable enough to be stated, or else "uncertain"."""
        return self.gender if self.gender_probability >= CERTAIN_GENDER else UNCERTAIN

    @property
    def female_probability(self) -> float:
        """Calibrated probability of "female", 0-1."""
        return self.gender_probability if self.gender == "female" else 1 - self.gender_probability


def mirrored(face: Face, width: int) -> Face:
    """The face in the mirror image of its photo, which is `width` pixels wide; left and right change places."""
    x, y, box_width, box_height = face.box
    left_eye, right_eye, nose, left_mouth, right_mouth = ((width - 1 - px, py) for px, py in face.landmarks)
    return replace(
        face,
        box=(width - x - box_width, y, box_width, box_height),
        landmarks=(right_eye, left_eye, nose, right_mouth, left_mouth),
    )


def rescaled(face: Face, x_factor: float, y_factor: float) -> Face:
    """The face in a copy of its photo that is so many times as wide and high."""
    x, y, width, height = face.box
    left, right = round(x * x_factor), round((x + width) * x_factor)
    top, bottom = round(y * y_factor), round((y + height) * y_factor)
    left_eye, right_eye, nose, left_mouth, right_mouth = ((px * x_factor, py * y_factor) for px, py in face.landmarks)
    return replace(
        face,
        box=(left, top, max(1, right - left), max(1, bottom - top)),
        landmarks=(left_eye, right_eye, nose, left_mouth, right_mouth),
    )


def to_row(face: Face, file: str, number: int) -> dict[str, str | int | float]:
    """The face as a row with the keys of `COLUMNS`; `number` counts the faces of one photo from 1.

    Warnings are joined by semicolons.
    """
    x, y, width, height = face.box
    values = (
        file, number, x, y, width, height, round(face.confidence, 4),
        round(face.age, 1), round(face.age_low, 1), round(face.age_high, 1),
        face.gender, round(face.gender_probability, 4), face.stated_gender, ";".join(face.warnings),
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def to_json(face: Face, distribution: bool = False) -> dict[str, Any]:
    """The fields of the face and its stated gender as plain JSON values, rounded to meaningful digits.

    Args:
        face: whose fields.
        distribution: whether they include the age distribution.
    """
    values = asdict(face)
    years = values.pop("age_distribution")
    if distribution:
        values["age_distribution"] = years and [round(probability, 5) for probability in years]
    values["landmarks"] = [[round(x, 1), round(y, 1)] for x, y in face.landmarks]
    for name in ("age", "age_low", "age_high"):
        values[name] = round(values[name], 1)
    for name in ("confidence", "gender_probability"):
        values[name] = round(values[name], 4)
    return values | {"stated_gender": face.stated_gender, "warnings": list(face.warnings)}
