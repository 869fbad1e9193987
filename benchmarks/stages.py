"""Where the time goes from a file to its faces, beside a JPEG decode alone; for information, without targets.

The stages of the detector are those of its first search, of the photo as it lies; what comes on top is the search of
the photo lying on its other sides.
"""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

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


def measure(short: bool) -> list[Row]:
    """Milliseconds of each stage for three photos."""
    predictor, detector, cascade = Predictor(), MtcnnDetector(), Cascade()
    rows = []
    for group, (width, height, faces) in PHOTOS.items():
        stages = _stages(compose_jpeg(width, height, faces), predictor, detector, cascade)
        timed = time_in_turn(list(stages.values()), repeats=1 if short else 15)
        spent = {name: 1000 * stage.seconds for name, stage in zip(stages, timed, strict=True)}
        first = sum(spent[name] for name in ("shrink", "P-Net", "R-Net", "O-Net"))
        spent["search of the other ways up"] = max(0.0, spent.pop("all of the detector") - first)
        rows += [Row(f"Stages: {group}", name, "time", value, "ms") for name, value in spent.items()]
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
        "JPEG decode alone": lambda: Image.open(io.BytesIO(data)).load(),
        "read": partial(read_image, data),
        "shrink": lambda: normalised(resized(photo, MAX_SIDE)),
        "P-Net": partial(cascade.propose, picture),
        "R-Net": partial(cascade.refine, picture, windows),
        "O-Net": partial(cascade.place_landmarks, picture, refined),
        "network": partial(predictor.estimator.estimate, chips),
        "all of the detector": partial(detector.detect, photo),
    }
