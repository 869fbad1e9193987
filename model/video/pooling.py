"""Pools the sightings of one face into one estimate with an 80% interval.

Frames of one face repeat most of its error: a face that looks ten years too old does so in every frame. So the interval
does not shrink with the square root of the number of frames, as it would if they were independent. By how much it does
shrink, and how much poor frames weigh, was measured on composed videos (`python -m train video`).
"""

import functools
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.calibration import log_odds
from model.estimator import ModelError
from model.face import Face
from model.inspection.quality import eye_distance, sharpness, turn
from model.labels import GENDERS, MAX_AGE
from model.writing import atomic_write_text

POOLING_PATH = Path(__file__).parent / "pooling.json"

SHARP_EYES, SHARP_FACE, FRONTAL = 60.0, 400.0, 0.05
"""Eye distance (pixels), sharpness and turn (eye distances) beyond which a frame does not get any better."""

Quality = tuple[float, float, float]
"""What `quality_of` gives."""

LEAST_WIDTH = 0.5
"""Years: half of an interval is never taken to be narrower."""


@dataclass(frozen=True)
class Pooling:
    """The fitted parameters.

    small, blurred, turned: by how much the logarithm of a frame's error grows with each halving of the eye distance,
        with each halving of the sharpness, and with each eye distance of turn.
    power: a frame weighs its expected error to the power of minus this.
    frames: numbers of frames, rising, for which the ends of the interval were fitted; linear in their logarithm.
    low, high: for each of them the ends, in units of the weighted mean of the frames' expected errors on that side.
    """

    small: float
    blurred: float
    turned: float
    power: float
    frames: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def growth(self, quality: NDArray[np.float64]) -> NDArray[np.float64]:
        """By what factor the errors of frames are larger than those of flawless ones: (n,) of (n, 3) `quality_of`."""
        return np.exp(quality @ (self.small, self.blurred, self.turned))

    def ends(self, frames: float) -> tuple[float, float]:
        """The ends of the interval of so many frames, in units of their expected error."""
        count, knots = np.log(frames), np.log(self.frames)
        return float(np.interp(count, knots, self.low)), float(np.interp(count, knots, self.high))

    def save(self, path: Path) -> None:
        atomic_write_text(path, json.dumps(asdict(self), indent=2) + "\n")


@functools.cache
def load_pooling(path: Path = POOLING_PATH) -> Pooling:
    """Reads what `Pooling.save` wrote.

    Raises:
        ModelError: if the file is missing or damaged.
    """
    try:
        values = json.loads(path.read_text())
        small, blurred, turned, power = (float(values[name]) for name in ("small", "blurred", "turned", "power"))
        frames, low, high = (tuple(map(float, values[name])) for name in ("frames", "low", "high"))
        return Pooling(small, blurred, turned, power, frames, low, high)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path} is missing or damaged. Create it with: python -m train video") from error


def quality_of(landmarks: NDArray[np.float64], chip: NDArray[np.uint8]) -> Quality:
    """How poor a sighting is: halvings of eye distance and of sharpness below the best, and turn beyond frontal.

    Args:
        landmarks: (5, 2), pixels of the frame.
        chip: (200, 200, 3), RGB, 0-255.
    """
    return (
        max(0.0, float(np.log2(SHARP_EYES / max(eye_distance(landmarks), 1.0)))),
        max(0.0, float(np.log2(SHARP_FACE / max(sharpness(chip), 1.0)))),
        max(0.0, min(turn(landmarks), 1.0) - FRONTAL),
    )


@dataclass
class Pooled:
    """Weighted sums over the sightings of a face so far."""

    weight: float = 0.0
    age: float = 0.0
    below: float = 0.0
    above: float = 0.0
    odds: float = 0.0
    frames: int = 0

    def add(self, face: Face, quality: Quality, pooling: Pooling) -> float:
        """Takes in a sighting; returns its weight."""
        growth = float(pooling.growth(np.array([quality]))[0])
        below = growth * max(face.age - face.age_low, LEAST_WIDTH)
        above = growth * max(face.age_high - face.age, LEAST_WIDTH)
        weight = float(((below + above) / 2) ** -pooling.power)
        self.weight += weight
        self.age += weight * face.age
        self.below += weight * below
        self.above += weight * above
        self.odds += weight * float(log_odds(np.array(face.female_probability)))
        self.frames += 1
        return weight

    def means(self) -> tuple[float, float, float, float]:
        """Weighted means: age, expected error below and above it (years), and log odds of "female"."""
        return self.age / self.weight, self.below / self.weight, self.above / self.weight, self.odds / self.weight

    def face(self, like: Face, confidence: float, warnings: tuple[str, ...], pooling: Pooling) -> Face:
        """The pooled estimate in the place of one sighting.

        The log odds of the gender are averaged, not added up, for the same reason for which the interval stays wide.
        """
        age, below, above, odds = self.means()
        low, high = pooling.ends(self.frames)
        return replace(
            like,
            confidence=confidence,
            age=age,
            age_low=float(np.clip(age + low * below, 0, age)),
            age_high=float(np.clip(age + high * above, age, MAX_AGE)),
            gender=GENDERS[int(odds >= 0)],
            gender_probability=float(1 / (1 + np.exp(-abs(odds)))),
            warnings=warnings,
            age_distribution=None,
        )
