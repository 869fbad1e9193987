"""Seconds from a file to ages and genders, here and in a baseline, measured in turn in one process.

The baseline is what a first version would be: the package's MTCNN on the photo at its full size, then the
Keras model's `predict` on one face after the other.
"""

import io
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import cv2
import keras
import numpy as np
from mtcnn import MTCNN
from numpy.typing import NDArray
from PIL import Image

from benchmarks.photos import compose_jpeg
from model import Face, Predictor, read_image
from model.alignment import CHIP_SIZE
from model.detection.boxes import box_iou
from model.estimator import MODEL_PATH
from reports.benchmarks import Row

FULL_SIZE = "12 megapixels, eight faces"
VIDEO = "640 × 480, one face"
GROUP = "1920 × 1080, twenty faces"
NETWORK = "The network alone, on cropped faces"
BATCH = 32
SMALLEST = 1 / 25  # of the shorter side: faces that must not be lost
SAME = 0.5  # overlap from which two boxes are the same face


class Baseline:
    """MTCNN at full size, then one call of the model for each face."""

    def __init__(self) -> None:
        self._mtcnn = MTCNN()
        self._model = keras.saving.load_model(MODEL_PATH, compile=False)

    def predict(self, data: bytes) -> list[list[int]]:
        """The boxes (left, top, right, bottom) of the faces analysed."""
        image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        boxes = []
        for face in self._mtcnn.detect_faces(image):
            x, y, width, height = face["box"]
            chip = cv2.resize(image[y : y + height, x : x + width], (CHIP_SIZE, CHIP_SIZE))
            self._model.predict(chip[None], verbose=0)
            boxes.append([x, y, x + width, y + height])
        return boxes


def measure(short: bool) -> list[Row]:
    """Times and ratios of the three photos, and how many faces were found."""
    ours, baseline = Predictor(), Baseline()
    large = [120, 150, 200, 240, 300, 400, 500, 600]
    rows = []
    for group, photo, repeats, ratio, seconds in (
        (FULL_SIZE, compose_jpeg(4000, 3000, large), 5, 8.0, 0.35),
        (VIDEO, compose_jpeg(640, 480, [150]), 25, 3.0, 0.045),
        (GROUP, compose_jpeg(1920, 1080, [70 + 5 * i for i in range(20)]), 7, 3.0, None),
    ):
        new, old = time_in_turn(
            [partial(_predict, ours, photo), partial(baseline.predict, photo)], repeats=1 if short else repeats
        )
        rows += [
            Row(group, "file to faces, baseline", "time", old.seconds, "s"),
            Row(group, "file to faces", "time", new.seconds, "s", at_most=seconds),
            Row(group, "times faster", "ratio", old.seconds / new.seconds, "×", at_least=ratio),
        ]
        found = np.array([[x, y, x + w, y + h] for x, y, w, h in (face.box for face in new.result)], np.float32)
        if group == FULL_SIZE:
            share = _share_found_again(found, np.array(old.result, np.float32), 3000 * SMALLEST)
            rows.append(Row(group, "faces of the baseline found", "faces", 100 * share, "%", at_least=100))
        if group == GROUP:
            rows.append(Row(group, "faces found", "faces", len(found), "", at_least=20))
    return rows + _measure_network(ours)


def _measure_network(predictor: Predictor) -> list[Row]:
    chips = np.random.default_rng(0).integers(0, 256, (BATCH, CHIP_SIZE, CHIP_SIZE, 3), dtype=np.uint8)
    estimate = predictor.estimator.estimate
    one, many = time_in_turn([partial(estimate, chips[:1]), partial(estimate, chips)], repeats=25)
    return [
        Row(NETWORK, "one face", "time", 1000 * one.seconds, "ms/face", at_most=15),
        Row(NETWORK, f"{BATCH} faces in a batch", "time", 1000 * many.seconds / BATCH, "ms/face", at_most=6),
    ]


def _predict(predictor: Predictor, data: bytes) -> list[Face]:
    return predictor.predict(read_image(data))


class Timed:
    """What a function gave, and the median of its seconds."""

    def __init__(self, result: Any, seconds: float) -> None:
        self.result, self.seconds = result, seconds


def time_in_turn(functions: Sequence[Callable[[], Any]], repeats: int) -> list[Timed]:
    """Runs the functions in turn, so that a busy machine slows all alike; the first round is not counted."""
    results = [function() for function in functions]
    seconds: list[list[float]] = [[] for _ in functions]
    for _ in range(repeats):
        for function, spent in zip(functions, seconds, strict=True):
            start = time.perf_counter()
            function()
            spent.append(time.perf_counter() - start)
    return [Timed(result, statistics.median(spent)) for result, spent in zip(results, seconds, strict=True)]


def _share_found_again(found: NDArray[np.float32], expected: NDArray[np.float32], smallest: float) -> float:
    """The share, 0-1, of the expected boxes of at least `smallest` pixels that are found."""
    expected = expected[(expected[:, 2:] - expected[:, :2]).min(1) >= smallest]
    return float((box_iou(expected, found) >= SAME).any(1).mean())
