"""Explains an estimate by what changes when a part of the face is covered.

Occlusion sensitivity (Zeiler and Fergus, arXiv 1311.2901): a patch in the chip's mean colour slides over the face, and
each position gets the change that covering it causes. It needs nothing from inside the network, so it works for any.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.alignment import CHIP_LANDMARKS, CHIP_SIZE
from model.calibration import log_odds
from model.face import Face

GRID = 12
"""Positions of the patch in each direction; with the regions and the bare chip that makes five batches of 32."""

PATCH = 40
"""Side of the patch, pixels of the chip: neighbours overlap by more than half."""

CENTRES = np.linspace(PATCH / 4, CHIP_SIZE - PATCH / 4, GRID)
"""Centres of the patch, (12,) pixels, in x and in y."""

BATCH = 32

Estimate = Callable[[NDArray[np.uint8]], Sequence[Face]]
"""Faces of (n, 200, 200, 3) RGB chips, such as `Predictor.predict_aligned`."""


@dataclass(frozen=True)
class Explanation:
    """How covering parts of one face changes its estimates.

    face: with nothing covered.
    age_change: years, (12, 12), rows from top to bottom; negative where covering makes the face look younger.
    gender_change: change in the log odds of `face.gender`, (12, 12); negative where covering makes it less certain.
    regions: the face with one region covered, by the names of `REGIONS`.
    """

    face: Face
    age_change: NDArray[np.float64]
    gender_change: NDArray[np.float64]
    regions: dict[str, Face]

    def region_age_changes(self) -> dict[str, float]:
        """Change of age when a region is covered, years."""
        return {name: face.age - self.face.age for name, face in self.regions.items()}

    def region_gender_changes(self) -> dict[str, float]:
        """Change in the log odds of `face.gender` when a region is covered."""
        bare, *covered = gender_log_odds([self.face, *self.regions.values()], self.face.gender)
        return {name: float(odds - bare) for name, odds in zip(self.regions, covered, strict=True)}


def explain(
    chip: NDArray[np.uint8], estimate: Estimate, on_progress: Callable[[float], object] | None = None
) -> Explanation:
    """Covers one part of a face after another and records how its age and gender change.

    Args:
        chip: (200, 200, 3), RGB, 0-255.
        estimate: estimates the faces of chips; called with up to 32 at a time.
        on_progress: called with the fraction done, 0-1, after each batch.
    """
    covers = [np.zeros((CHIP_SIZE, CHIP_SIZE), bool), *_patches(), *REGIONS.values()]
    colour = chip.mean((0, 1)).round().astype(np.uint8)
    faces: list[Face] = []
    for start in range(0, len(covers), BATCH):
        masks = np.stack(covers[start : start + BATCH])[..., None]
        faces += estimate(np.where(masks, colour, chip))
        if on_progress:
            on_progress(len(faces) / len(covers))
    bare, places, regions = faces[0], faces[1 : 1 + GRID**2], faces[1 + GRID**2 :]
    age = np.array([face.age - bare.age for face in places])
    odds = gender_log_odds(places, bare.gender) - gender_log_odds([bare], bare.gender)
    return Explanation(
        bare, age.reshape(GRID, GRID), odds.reshape(GRID, GRID), dict(zip(REGIONS, regions, strict=True))
    )


def gender_log_odds(faces: Sequence[Face], gender: str) -> NDArray[np.float64]:
    """Calibrated log odds of one gender, (n,)."""
    female = log_odds(np.array([face.female_probability for face in faces]))
    return female if gender == "female" else -female


def age_in_words(explanation: Explanation) -> str:
    """Which part matters most for the age: "Covering the eyes makes this face look 6 years younger to the model." """
    name, change = _largest(explanation.region_age_changes())
    years = round(abs(change))
    if years < 1:
        return "Covering any one part of this face changes its age by less than a year: no single part decides."
    direction = "younger" if change < 0 else "older"
    return f"Covering {name} makes this face look {years} year{'s' * (years != 1)} {direction} to the model."


def gender_in_words(explanation: Explanation) -> str:
    """Which part matters most for the gender."""
    gender = explanation.face.gender
    name, _ = _largest(explanation.region_gender_changes())
    before = explanation.face.gender_probability
    after = _probability(explanation.regions[name], gender)
    if f"{before:.0%}" == f"{after:.0%}":
        return f"Covering any one part leaves the probability of “{gender}” at {before:.0%}."
    verb = "lowers" if after < before else "raises"
    return f"Covering {name} {verb} the probability of “{gender}” from {before:.0%} to {after:.0%}."


def _largest(changes: dict[str, float]) -> tuple[str, float]:
    return max(changes.items(), key=lambda change: abs(change[1]))


def _probability(face: Face, gender: str) -> float:
    return face.gender_probability if face.gender == gender else 1 - face.gender_probability


def _patches() -> list[NDArray[np.bool_]]:
    """A mask for each position of the patch, (200, 200), row by row; at the edges a part of it is outside the chip."""
    pixels = np.arange(CHIP_SIZE) + 0.5
    bands = [np.abs(pixels - centre) <= PATCH / 2 for centre in CENTRES]
    return [row[:, None] & column[None, :] for row in bands for column in bands]


def _regions() -> dict[str, NDArray[np.bool_]]:
    """Parts of an aligned face as (200, 200) masks that together cover the chip exactly once, laid out in eye distances
    around the landmarks."""
    left_eye, right_eye, nose, left_mouth, right_mouth = CHIP_LANDMARKS
    unit = right_eye[0] - left_eye[0]
    brows, lids = left_eye[1] - 0.3 * unit, left_eye[1] + 0.3 * unit
    lip, chin = nose[1] + 0.2 * unit, left_mouth[1] + 0.25 * unit
    left, right = left_eye[0] - 0.35 * unit, right_eye[0] + 0.35 * unit
    y, x = np.mgrid[:CHIP_SIZE, :CHIP_SIZE] + 0.5
    inside = (left <= x) & (x < right)
    middle = inside & (lids <= y) & (y < chin)
    of_nose = middle & (y < lip) & (np.abs(x - nose[0]) < 0.27 * unit)
    beside_mouth = (x < left_mouth[0] - 0.2 * unit) | (x >= right_mouth[0] + 0.2 * unit)
    of_mouth = middle & (y >= lip) & ~beside_mouth
    return {
        "the forehead": inside & (y < brows),
        "the eyes": inside & (brows <= y) & (y < lids),
        "the nose": of_nose,
        "the cheeks": middle & ~of_nose & ~of_mouth,
        "the mouth": of_mouth,
        "the chin": inside & (y >= chin),
        "the sides of the head": ~inside,
    }


REGIONS = _regions()
"""(200, 200) masks by name, as in "covering the eyes"."""
