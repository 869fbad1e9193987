"""Chips to ages and genders: the trained network, its calibration, and batching."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.calibration import load_calibration
from model.labels import GENDERS

if TYPE_CHECKING:
    import keras

MODEL_PATH = Path(__file__).parent / "age_gender.keras"
BATCH_SIZES = (1, 2, 4, 8, 16, 32)
"""Batches are filled up to one of these, so that TensorFlow traces the network for six shapes and no more."""


class ModelError(Exception):
    """The trained model is missing or unreadable; the message says what to do."""


@dataclass(frozen=True)
class RawEstimates:
    """What the network says before calibration, each (n,): years, years, probability 0-1."""

    age: NDArray[np.float64]
    spread: NDArray[np.float64]
    female: NDArray[np.float64]


@dataclass(frozen=True)
class Estimates:
    """Calibrated statements, each (n,): years, years, years, names, probability of the gender named."""

    age: NDArray[np.float64]
    age_low: NDArray[np.float64]
    age_high: NDArray[np.float64]
    gender: list[str]
    gender_probability: NDArray[np.float64]


def load_model(path: Path) -> "keras.Model":
    """Loads a saved Keras model without its optimizer.

    Raises:
        ModelError: if the file is missing or unreadable.
    """
    # Imported here because it brings in TensorFlow, which pages without predictions do without.
    import keras

    if not path.is_file():
        raise ModelError(f"There is no trained model at {path}. Restore the file, or train one: python -m train")
    try:
        return keras.saving.load_model(path, compile=False)
    except (ValueError, OSError) as error:
        raise ModelError(f"{path} is not a Keras model that can be read: {error}") from error


class Network:
    """A saved network of the contract in `model.network`; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._model = load_model(path)
        self._lock = threading.Lock()

    def estimate(self, chips: NDArray[np.uint8]) -> RawEstimates:
        """Ages and genders of (n, 200, 200, 3) RGB 0-255 chips, each the mean over the chip and its mirror image."""
        batches = [self._run_both_ways(chips[i : i + BATCH_SIZES[-1]]) for i in range(0, len(chips), BATCH_SIZES[-1])]
        if not batches:
            return RawEstimates(np.empty(0), np.empty(0), np.empty(0))
        return RawEstimates(*(np.concatenate(column) for column in zip(*batches, strict=True)))

    def _run_both_ways(self, chips: NDArray[np.uint8]) -> tuple[NDArray[np.float64], ...]:
        straight, mirrored = self._run(chips), self._run(chips[:, :, ::-1])
        mean = {name: (straight[name] + mirrored[name]) / 2 for name in straight}
        age = mean["age"][:, 0]
        return age, _spread(age, mean.get("age_distribution")), mean["gender"][:, GENDERS.index("female")]

    def _run(self, chips: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
        size = next(size for size in BATCH_SIZES if size >= len(chips))
        padded = np.zeros((size, *chips.shape[1:]), np.uint8)
        padded[: len(chips)] = chips
        with self._lock:
            outputs = self._model.predict_on_batch(padded)
        return {name: np.asarray(values)[: len(chips)].astype(np.float64) for name, values in outputs.items()}


class Estimator:
    """The network with its calibration; safe to share between threads.

    Raises:
        ModelError: if the model or its calibration is missing or unreadable.
    """

    def __init__(self, path: Path = MODEL_PATH) -> None:
        self.network = Network(path)
        calibration = path.with_name("calibration.json")
        if not calibration.is_file():
            raise ModelError(f"{calibration} is missing. Make it with: python -m train evaluate")
        self.calibration = load_calibration(calibration)

    def estimate(self, chips: NDArray[np.uint8]) -> Estimates:
        """Ages with 80% intervals and genders with calibrated probabilities.

        Args:
            chips: (n, 200, 200, 3), RGB, 0-255, cut by `model.alignment.align`.
        """
        raw = self.network.estimate(chips)
        low, high = self.calibration.age_interval(raw.age, raw.spread)
        female = self.calibration.female_probability(raw.female)
        gender = [GENDERS[int(p >= 0.5)] for p in female]
        return Estimates(raw.age, low, high, gender, np.maximum(female, 1 - female))


def _spread(age: NDArray[np.float64], distribution: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Standard deviation of each age distribution, years; 1 for a network that gives none."""
    if distribution is None:
        return np.ones(len(age))
    years = np.arange(distribution.shape[1])
    variance = (distribution * (years - age[:, None]) ** 2).sum(1)
    return np.sqrt(np.maximum(variance, 1e-3))
