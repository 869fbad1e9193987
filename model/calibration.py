"""Turns raw outputs into age intervals that cover 80% and gender probabilities that match observed frequencies.

Fitted on the validation splits by `python -m train evaluate`, stored beside the model, checked on the test splits.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.labels import MAX_AGE
from model.writing import atomic_write_text

COVERAGE = 0.8
"""Share of faces whose true age the interval should contain."""

MAX_STD_POWER = 3.0
"""The largest `Calibration.std_power`, far above what photos give."""


@dataclass(frozen=True)
class Calibration:
    """The fitted parameters.

    ages: estimated ages, years, rising, for which the ends of the interval were fitted; linear in between.
    age_low, age_high: for each of them the ends of the interval relative to the estimate, in units of
        age_std ** std_power: quantiles of (true - estimated) / age_std ** std_power, where age_std is the predictive
        standard deviation, that of the network's age distribution.
    gender_temperature: divisor of the log odds (Guo et al., arXiv 1706.04599).
    std_power: how errors grow with the predictive standard deviation. Above 1, small deviations are too large and large
        ones too small: with soft age labels, those of children cannot shrink far enough.
    """

    ages: tuple[float, ...]
    age_low: tuple[float, ...]
    age_high: tuple[float, ...]
    gender_temperature: float
    std_power: float = 1.0

    def age_interval(
        self, age: NDArray[np.float64], age_std: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper ends, each (n,) years within 0-116.

        Args:
            age: (n,) estimates, years.
            age_std: (n,) predictive standard deviations, years.
        """
        scale = age_std**self.std_power
        low, high = (age + np.interp(age, self.ages, end) * scale for end in (self.age_low, self.age_high))
        return np.clip(low, 0, MAX_AGE), np.clip(high, 0, MAX_AGE)

    def female_probability(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probability of "female", (n,), from the network's raw one."""
        return 1 / (1 + np.exp(-log_odds(raw) / self.gender_temperature))

    def to_json(self) -> dict[str, Any]:
        """The parameters and the coverage that the interval was fitted for, as plain JSON values."""
        return {"coverage": COVERAGE} | asdict(self)

    def save(self, path: Path) -> None:
        atomic_write_text(path, json.dumps(self.to_json(), indent=2) + "\n")


def load_calibration(path: Path, command: str = "python -m train evaluate") -> Calibration:
    """Reads what `Calibration.save` wrote.

    Args:
        path: of the file.
        command: that writes such a file; named in errors.

    Raises:
        ValueError: if the file is damaged, a field is missing, a number is not finite, or numbers contradict others.
        OSError: if the file cannot be read.
    """
    try:
        values = json.loads(path.read_text())
        curves = {name: tuple(map(float, values[name])) for name in ("ages", "age_low", "age_high")}
        if len({len(curve) for curve in curves.values()}) > 1 or not curves["ages"]:
            raise ValueError("the ends of the interval do not belong to the ages")
        calibration = Calibration(
            **curves,
            gender_temperature=float(values["gender_temperature"]),
            std_power=float(values["std_power"]),
        )
        if not _is_possible(calibration):
            raise ValueError("a number is none, is infinite, or is out of its range")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path} is not a calibration that can be used. Recreate it with: {command}") from error
    return calibration


def _is_possible(calibration: Calibration) -> bool:
    """Whether all numbers are finite and in their ranges, ages rise, and no interval is upside down."""
    ages, low, high = map(np.array, (calibration.ages, calibration.age_low, calibration.age_high))
    temperature, power = calibration.gender_temperature, calibration.std_power
    return bool(
        np.isfinite([*ages, *low, *high, temperature, power]).all()
        and (np.diff(ages) > 0).all()
        and (low <= high).all()
        and temperature > 0
        and 0 <= power <= MAX_STD_POWER
    )


def log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln(p / (1 - p)), finite even where the network has rounded p to 0 or 1."""
    p = np.clip(probability, 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))
