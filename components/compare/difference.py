"""The difference of two estimated ages with its 80% interval, and how often such intervals are right.

The interval is computed from those of the two ages, whose errors are taken to be independent, by the method of variance
estimates recovery (MOVER): G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures",
Statistics in Medicine 27 (2008), 1693-1702. It assumes no shape of the errors, and intervals may be skewed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.face import Face

PAIRS = 20_000
"""So many random pairs of test photos are looked at."""

TINY = 1e-6  # years

SIMILAR = 2_000
"""So many of them, those with the most similar clarity, say how often the order of two ages is right."""


@dataclass(frozen=True)
class Difference:
    """How much older the second face is than the first.

    years: the difference of the estimates, negative if the second is younger.
    low, high: the 80% interval of the difference of the true ages, years.
    """

    years: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance: the interval, in whole years as it is shown, does not contain 0."""
        return round(self.low) > 0 or round(self.high) < 0

    @property
    def clarity(self) -> float:
        """The difference as a multiple of the interval's half towards 0; from 1 on, the interval does not contain 0."""
        return float(_clarity(self.years, self.low, self.high))


@dataclass(frozen=True)
class Check:
    """What random pairs of test photos say of the intervals.

    pairs: how many were looked at.
    coverage: share of pairs whose labelled ages differ by a number in the interval, 0-1.
    right_order: of the pairs with about the same clarity, the share in which the face with the higher estimate has the
        higher labelled age, 0-1; pairs with equal labels are left out.
    """

    pairs: int
    coverage: float
    right_order: float


def difference(first: Face, second: Face) -> Difference:
    """How much older the second face is than the first."""
    (years,), (low,), (high,) = differences(*(_columns([face]) for face in (first, second)))
    return Difference(float(years), float(low), float(high))


def differences(
    first: pd.DataFrame, second: pd.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The differences of many pairs, and the lower and upper ends of their intervals, years.

    Args:
        first: one face of each pair: `predicted_age`, `age_low` and `age_high`, years.
        second: the other, from whose age that of the first is subtracted.
    """
    (a, a_low, a_high), (b, b_low, b_high) = (
        table[["predicted_age", "age_low", "age_high"]].to_numpy(float).T for table in (first, second)
    )
    years = b - a
    return years, years - np.hypot(b - b_low, a_high - a), years + np.hypot(b_high - b, a - a_low)


def check(predictions: pd.DataFrame, clarity: float, pairs: int = PAIRS, seed: int = 0) -> Check:
    """Compares random pairs of different test photos with their labels.

    Args:
        predictions: `age`, `predicted_age`, `age_low` and `age_high`, years.
        clarity: of the difference that is to be looked up.
        pairs: how many to draw.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    one = rng.integers(len(predictions), size=pairs)
    other = (one + rng.integers(1, len(predictions), size=pairs)) % len(predictions)
    first, second = predictions.iloc[one], predictions.iloc[other]
    true = second["age"].to_numpy(float) - first["age"].to_numpy(float)
    years, low, high = differences(first, second)
    ordered = np.flatnonzero(true)
    distance = np.abs(_clarity(years, low, high)[ordered] - clarity)
    similar = ordered[np.argsort(distance, kind="stable")[:SIMILAR]]
    right = np.sign(years[similar]) == np.sign(true[similar])
    return Check(pairs, float(((low <= true) & (true <= high)).mean()), float(right.mean()))


def _clarity(years: Any, low: Any, high: Any) -> Any:
    """See `Difference.clarity`; numbers or arrays."""
    half = np.where(years > 0, years - low, high - years)
    return np.abs(years) / np.maximum(half, TINY)


def _columns(faces: list[Face]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "predicted_age": [face.age for face in faces],
            "age_low": [face.age_low for face in faces],
            "age_high": [face.age_high for face in faces],
        }
    )
