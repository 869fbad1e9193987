"""From raw outputs to an age interval that covers 80% and a gender probability that means what it says.

Fitted on the validation split by `python -m train evaluate`, stored beside the model, checked on the test split.
"""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.labels import MAX_AGE
from model.writing import atomic_write_text

COVERAGE = 0.8
"""Share of faces whose true age the interval is to hold."""


@dataclass(frozen=True)
class Calibration:
    """What was fitted.

    age_low, age_high: ends of the interval relative to the age, in units of spread ** spread_power: quantiles of
        (true - predicted) / spread ** spread_power.
    gender_temperature: by which log odds are divided (Guo et al., arXiv 1706.04599).
    spread_power: how errors grow with the spread, the standard deviation of the network's age distribution. Above 1,
        small spreads are too large and large ones too small: soft age labels keep those of children from shrinking.
    """

    age_low: float
    age_high: float
    gender_temperature: float
    spread_power: float = 1.0

    def age_interval(
        self, age: NDArray[np.float64], spread: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper ends, (n,) years within 0-116, for ages and spreads of (n,) years."""
        scale = spread**self.spread_power
        return np.clip(age + self.age_low * scale, 0, MAX_AGE), np.clip(age + self.age_high * scale, 0, MAX_AGE)

    def female_probability(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probability of "female", (n,), from the network's raw one."""
        return 1 / (1 + np.exp(-log_odds(raw) / self.gender_temperature))

    def save(self, path: Path) -> None:
        atomic_write_text(path, json.dumps({"coverage": COVERAGE} | asdict(self), indent=2) + "\n")


def load_calibration(path: Path) -> Calibration:
    """Reads what `Calibration.save` wrote, also before there was a field that has a default.

    Raises:
        ValueError: if the file is damaged.
    """
    try:
        values = json.loads(path.read_text())
        known = {field.name: float(values[field.name]) for field in fields(Calibration) if field.name in values}
        return Calibration(**known)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged. Make it again with: python -m train evaluate") from error


def log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln(p / (1 - p)), finite also where the network has rounded p to 0 or 1."""
    p = np.clip(probability, 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))
