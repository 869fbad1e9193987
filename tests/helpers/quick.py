"""python quick.py annotate PATH… --output FILE: the real command line with a predictor that is quick.

For tests that start many runs and kill them: everything is real except the two networks, which take seconds to load.
The pixels of a photo say how many faces it has, and their ages.
"""

import functools
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from model import Predictor
from model import __main__ as command_line
from model.alignment import CHIP_LANDMARKS
from model.batch.engines import ENGINES, run_local
from model.detection.detector import Detection
from model.estimator import Estimates, read_provenance

SECONDS_PER_PHOTO = 0.02


class QuickDetector:
    """As many faces as the red of the first pixel says."""

    def detect(self, image: np.ndarray) -> list[Detection]:
        time.sleep(SECONDS_PER_PHOTO)
        return [Detection((i, 0, 9 - i, 9), CHIP_LANDMARKS / 20, 0.95) for i in range(image[0, 0, 0])]


class QuickEstimator:
    """The mean green as the age."""

    provenance = read_provenance()

    def estimate(self, chips: np.ndarray) -> Estimates:
        age = chips[..., 1].mean(axis=(1, 2), dtype=np.float64)
        return Estimates(age, age - 5, age + 5, ["female"] * len(chips), np.full(len(chips), 0.9))


def load_quick() -> Predictor:
    return Predictor(QuickDetector(), QuickEstimator())  # type: ignore[arg-type]


def write_photos(folder: Path, count: int) -> Path:
    """PNGs with no, one and two faces in turn, of different ages below 100."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        Image.fromarray(np.full((10, 10, 3), (i % 3, i % 100, 0), np.uint8)).save(folder / f"{i:05d}.png")
    return folder


if __name__ == "__main__":
    ENGINES["local"] = functools.partial(run_local, load=load_quick)
    sys.exit(command_line.main())
