"""Where the time goes from a file to its faces, beside a JPEG decode alone and other detectors.

The stages of the detector are those of its first search, of the photo as it lies; what comes on top is the search in
the photo's three other orientations. The package `mtcnn` and OpenCV's YuNet, which look at upright faces only, see the
same copy of the photo. YuNet's file comes with no package: the variable YUNET says where it is, such as
YUNET=face_detection_yunet_2023mar.onnx python -m benchmarks --only stages
"""

import io
import os
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.photos import compose_jpeg
from benchmarks.speed import FULL_SIZE, GROUP, VIDEO, time_in_turn
from model import Predictor, read_image
from model.detection.cascade import Cascade, normalised
from model.detection.detector import MAX_SIDE, MtcnnDetector, resized
from reports.benchmarks import Row

PHOTOS = {
    FULL_SIZE: (4000, 3000, (120, 150, 200, 240, 300, 400, 500, 600)),
    GROUP: (1920, 1080, tuple(range(70, 170, 5))),
    VIDEO: (640, 480, (150,)),
}
DECODE, DETECTOR, ALL = "JPEG decode alone", "all of the detector", "file to faces"
FIRST_SEARCH = "shrink", "P-Net", "R-Net", "O-Net"
MOST_DECODES = {FULL_SIZE: 2.0}
"""Times its JPEG decode that a photo may take."""
MOST_MILLISECONDS = {VIDEO: 20.0}


def measure(short: bool) -> list[Row]:
    """Milliseconds of each stage for three photos."""
    predictor, detector, cascade = Predictor(), MtcnnDetector(), Cascade()
    rows = []
    for group, (width, height, faces) in PHOTOS.items():
        data = compose_jpeg(width, height, faces)
        stages = _stages(data, predictor, detector, cascade) | _others(resized(read_image(data), MAX_SIDE))
        timed = time_in_turn(list(stages.values()), repeats=1 if short else 15)
        spent = {name: 1000 * stage.seconds for name, stage in zip(stages, timed, strict=True)}
        others = spent[DETECTOR] - sum(spent[name] for name in FIRST_SEARCH)
        spent["search in the three other orientations"] = max(0.0, others)
        title = f"Stages: {group}"
        rows += [
            Row(title, name, "time", value, "ms", at_most=MOST_MILLISECONDS.get(group) if name == ALL else None)
            for name, value in spent.items()
        ]
        decodes = spent[ALL] / spent[DECODE]
        rows.append(Row(title, "times its JPEG decode", "ratio", decodes, "×", at_most=MOST_DECODES.get(group)))
    return rows


def _stages(
    data: bytes, predictor: Predictor, detector: MtcnnDetector, cascade: Cascade
) -> dict[str, Callable[[], Any]]:
    """What to time, by name, each with what the stages before it give."""
    photo = read_image(data)
    picture = normalised(resized(photo, MAX_SIDE))
    windows = cascade.propose(picture)
    refined = cascade.refine(picture, windows)
    _, chips = predictor.predict_with_chips(photo)
    return {
        DECODE: lambda: Image.open(io.BytesIO(data)).load(),
        "read": partial(read_image, data),
        "shrink": lambda: normalised(resized(photo, MAX_SIDE)),
        "P-Net": partial(cascade.propose, picture),
        "R-Net": partial(cascade.refine, picture, windows),
        "O-Net": partial(cascade.place_landmarks, picture, refined),
        "network": partial(predictor.estimator.estimate, chips),
        DETECTOR: partial(detector.detect, photo),
        ALL: lambda: predictor.predict(read_image(data)),
    }


def _others(copy: NDArray[np.uint8]) -> dict[str, Callable[[], Any]]:
    """Other detectors on the copy that this one searches, as far as they are there."""
    others: dict[str, Callable[[], Any]] = {}
    if find_spec("mtcnn"):
        from mtcnn import MTCNN  # brings in TensorFlow

        others["package mtcnn, same copy"] = partial(MTCNN().detect_faces, copy)
    if path := os.environ.get("YUNET"):
        yunet = cv2.FaceDetectorYN.create(path, "", (copy.shape[1], copy.shape[0]))
        others["OpenCV's YuNet, same copy"] = partial(yunet.detect, cv2.cvtColor(copy, cv2.COLOR_RGB2BGR))
    return others
