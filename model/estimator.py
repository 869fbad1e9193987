"""Estimates ages and genders from chips: the trained network, its calibration, and batching."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.calibration import load_calibration
from model.errors import UserError
from model.labels import GENDERS
from model.onnx.runtime import load_runtime
from model.provenance import Provenance, sha256_of
from model.version import VERSION
from model.writing import describe_os_error

MODEL_PATH = Path(__file__).parent / "age_gender.keras"
BATCH_SIZE = 8
"""Chips per run of the network: the layers of larger batches do not fit the cache, and a chip takes a third longer."""


class ModelError(UserError):
    """The trained model is missing or unreadable."""


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns whatever goes wrong while a `.keras` file is read into a `ModelError`."""
    if not path.is_file():
        raise ModelError(f"There is no trained model at {path}. Restore the file, or train one: python -m train")
    try:
        yield
    except Exception as error:  # a damaged file, or one of another version, may fail anywhere in the readers
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(f"{path} is not a Keras model that can be read: {reason}") from error


@dataclass(frozen=True)
class RawEstimates:
    """The network's estimates before calibration.

    age: (n,) years.
    age_std: (n,) predictive standard deviation of the age, years.
    female: (n,) probability of "female", 0-1.
    age_distribution: (n, 117) probability of each year 0-116; None for a network without distributions.
    """

    age: NDArray[np.float64]
    age_std: NDArray[np.float64]
    female: NDArray[np.float64]
    age_distribution: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Estimates:
    """Calibrated estimates, each (n,): years, years, years, names of `GENDERS`, probability of that gender 0.5-1.

    age_distribution: (n, 117), as the network gives it; None for a network without distributions.
    """

    age: NDArray[np.float64]
    age_low: NDArray[np.float64]
    age_high: NDArray[np.float64]
    gender: list[str]
    gender_probability: NDArray[np.float64]
    age_distribution: NDArray[np.float64] | None = None


class Network:
    """A saved network with the contract of `model.network`; safe to share between threads.

    Args:
        path: of the `.keras` file.
        threads: number of threads used for a batch; 0 means one per core.

    Raises:
        ModelError: if the file is missing or unreadable.
    """

    def __init__(self, path: Path, threads: int = 0) -> None:
        with reading(path):
            self._run = load_runtime(path, threads)
        self._lock = threading.Lock()

    def estimate(self, chips: NDArray[np.uint8]) -> RawEstimates:
        """Ages and genders of (n, 200, 200, 3) RGB 0-255 chips."""
        if not len(chips):
            return RawEstimates(np.empty(0), np.empty(0), np.empty(0))
        batches = [self._run_batch(chips[i : i + BATCH_SIZE]) for i in range(0, len(chips), BATCH_SIZE)]
        outputs = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
        age, distribution = outputs["age"][:, 0], outputs.get("age_distribution")
        female = outputs["gender"][:, GENDERS.index("female")]
        return RawEstimates(age, standard_deviation(age, distribution), female, distribution)

    def _run_batch(self, chips: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
        with self._lock:
            return {name: np.asarray(values, np.float64) for name, values in self._run(chips).items()}


class Estimator:
    """The network with its calibration; safe to share between threads.

    Args:
        path: of the `.keras` file.
        threads: number of threads used for a batch; 0 means one per core.
        calibration: a file of your own, as `python -m model evaluate` writes it; None means the one beside the model.

    Raises:
        ModelError: if the model or its calibration is missing or unreadable.
    """

    def __init__(self, path: Path = MODEL_PATH, threads: int = 0, calibration: Path | None = None) -> None:
        self._source = path, threads, calibration
        self.network = Network(path, threads)
        self.provenance = read_provenance(path, calibration)
        self.calibration = self.provenance.calibration

    def __reduce__(self) -> tuple[type, tuple[Path, int, Path | None]]:
        """A copy, in this process or another, reads the network from its file."""
        return Estimator, self._source

    def estimate(self, chips: NDArray[np.uint8]) -> Estimates:
        """Ages with 80% intervals and genders with calibrated probabilities.

        Args:
            chips: (n, 200, 200, 3), RGB, 0-255, as `model.alignment.align` cuts them.
        """
        raw = self.network.estimate(chips)
        low, high = self.calibration.age_interval(raw.age, raw.age_std)
        female = self.calibration.female_probability(raw.female)
        gender = [GENDERS[int(p >= 0.5)] for p in female]
        return Estimates(raw.age, low, high, gender, np.maximum(female, 1 - female), raw.age_distribution)


def read_provenance(path: Path = MODEL_PATH, calibration: Path | None = None) -> Provenance:
    """Which model is at `path`, with which calibration.

    Args:
        path: of the `.keras` file.
        calibration: a file in place of the one beside the model.

    Raises:
        ModelError: if the model or its calibration is missing or unreadable.
    """
    file = calibration or path.with_name("calibration.json")
    command = f"python -m {'model' if calibration else 'train'} evaluate"
    with reading(path):
        model = sha256_of(path)
    if not file.is_file():
        raise ModelError(f"{file} is missing. Create it with: {command}")
    try:
        return Provenance(VERSION, model, sha256_of(file), load_calibration(file, command))
    except ValueError as error:
        raise ModelError(str(error)) from error
    except OSError as error:
        raise ModelError(
            f"The calibration cannot be read: {describe_os_error(error)}. Check the file and its permissions."
        ) from error


def standard_deviation(age: NDArray[np.float64], distribution: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Standard deviation of each age distribution, (n,) years; 1 for a network without distributions."""
    if distribution is None:
        return np.ones(len(age))
    years = np.arange(distribution.shape[1])
    variance = (distribution * (years - age[:, None]) ** 2).sum(1)
    return np.sqrt(np.maximum(variance, 1e-3))
