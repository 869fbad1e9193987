"""Fits the calibration to validation photos of one or several data sets, each of which counts alike."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.calibration import COVERAGE, MAX_STD_POWER, Calibration, log_odds
from model.estimator import RawEstimates

KNOTS = np.arange(0.0, 91.0, 10.0)
"""Estimated ages, years, for which the ends of the interval are fitted."""

WINDOW = 6.0
"""Standard deviation of the bell around a knot within which photos count for it, years."""

FEWEST_PHOTOS = 60
"""A bell with fewer photos than these, counted by their weight, is widened until it has them."""

TOLERANCE = 1e-6
"""Of the fitted power and of the logarithm of the temperature."""


def fit_calibration(raw: RawEstimates, photos: pd.DataFrame) -> Calibration:
    """Age intervals and gender temperature from validation photos.

    An interval is a power of the network's predictive standard deviation, scaled until it covers 80% of the validation
    ages near the same estimate, with equal shares missed on either side (locally weighted split conformal prediction:
    Lei et al., arXiv 1604.04173; Guan, arXiv 2106.08460). The power is the most likely one if errors follow a Laplace
    distribution of that scale. Photos with age brackets count for gender alone.

    Args:
        raw: what the network says of them.
        photos: with `gender`, and `age` or `youngest` and `oldest`; `data` if they come from several data sets.
    """
    sets = photos.get("data", pd.Series("", photos.index))
    youngest = photos["age" if "age" in photos else "youngest"]
    exact = np.asarray(youngest == photos["age" if "age" in photos else "oldest"])
    error = youngest.to_numpy(float)[exact] - raw.age[exact]
    age_std, weights = raw.age_std[exact], equal_weights(sets[exact])
    power = _fit_power(error, age_std, weights)
    low, high = _fit_ends(raw.age[exact], error / age_std**power, weights)
    known = photos["gender"].notna().to_numpy()
    female = (photos["gender"] == "female").to_numpy()[known]
    of_set = [np.asarray(sets[known] == name) for name in sets[known].unique()]
    # Of several data sets the hardest decides, so that a stranger's gender is not stated too surely.
    temperature = max(_fit_temperature(raw.female[known][rows], female[rows]) for rows in of_set)
    return Calibration(tuple(KNOTS), tuple(low), tuple(high), temperature, power)


def equal_weights(sets: pd.Series) -> NDArray[np.float64]:
    """A weight for each photo, with the mean 1, so that all data sets have the same sum."""
    weights = 1 / sets.map(sets.value_counts()).to_numpy(float)
    return weights / weights.mean()


def _fit_power(error: NDArray[np.float64], age_std: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    def laplace_negative_log_likelihood(power: float) -> float:
        scale = np.average(np.abs(error) / age_std**power, weights=weights)
        return float(np.log(scale) + power * np.average(np.log(age_std), weights=weights))

    return _minimum(laplace_negative_log_likelihood, 0, MAX_STD_POWER)


def _fit_ends(
    age: NDArray[np.float64], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[list[float], list[float]]:
    """Both ends at each of `KNOTS`."""
    order = np.argsort(scores)
    age, scores, weights = age[order], scores[order], weights[order]
    tail = (1 - COVERAGE) / 2
    low, high = [], []
    for knot in KNOTS:
        near = _near(age, knot, weights)
        below = np.cumsum(near)
        # The finite-sample correction of conformal prediction: one more photo, which may lie at either end.
        total = below[-1] + near.max()
        low.append(float(scores[max(0, np.searchsorted(below, total * tail, side="right") - 1)]))
        high.append(float(scores[min(len(scores) - 1, np.searchsorted(below, total * (1 - tail)))]))
    return low, high


def _near(age: NDArray[np.float64], knot: float, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weights times a bell around the knot, as wide as it has to be."""
    width = WINDOW
    enough = min(FEWEST_PHOTOS, weights.sum() / 2)
    while (near := weights * np.exp(-0.5 * ((age - knot) / width) ** 2)).sum() < enough:
        width *= 1.2
    return near


def _fit_temperature(raw: NDArray[np.float64], female: NDArray[np.bool_]) -> float:
    odds = np.where(female, 1, -1) * log_odds(raw)

    def mean_negative_log_likelihood(log_temperature: float) -> float:
        return float(np.logaddexp(0, -odds / np.exp(log_temperature)).mean())

    return float(np.exp(_minimum(mean_negative_log_likelihood, -3, 3)))


def _minimum(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with one minimum between two numbers has it: golden-section search (Kiefer 1953).

    SciPy, which has better searches, does not come with the app, where visitors fit calibrations, too.
    """
    golden = (np.sqrt(5) - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > TOLERANCE:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = function(right)
    return float((low + high) / 2)
