"""Which faces are found at which size, compared with the same detector on the photo at full size."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.photos import compose
from model.detection.boxes import box_iou
from model.detection.detector import SMALL_FACES_SIDE, MtcnnDetector
from reports.benchmarks import Row

SIZE = (4000, 3000)  # pixels: 12 megapixels, as phones take them
FACES = 12
WIDTHS = (24, 32, 48, 64, 80, 100, 120, 160, 200, 300, 400)
GROUP = "Faces found, of those found at full size (12 megapixels)"
SAME = 0.5  # overlap from which two boxes are the same face
SAFE = max(SIZE) * 20 / 1024 * 1.2  # pixels: a fifth above the smallest face that the default search can find


def measure(short: bool) -> list[Row]:
    """Share of the full-size detector's faces found by the default search and by the one for small faces."""
    unshrunk = MtcnnDetector(max_side=max(SIZE), upright_only=True)
    default = MtcnnDetector(upright_only=True)
    thorough = MtcnnDetector(SMALL_FACES_SIDE, upright_only=True)
    rows = []
    for width in (48, 120, 400) if short else WIDTHS:
        photo = compose(*SIZE, [width] * FACES, seed=width)
        expected = _boxes(unshrunk, photo)
        for name, detector, safe in (("default", default, SAFE), ("small-face", thorough, SAFE / 2)):
            share = float((box_iou(expected, _boxes(detector, photo)) >= SAME).any(1).mean())
            target = 100.0 if width >= safe else None
            label = f"{width} pixels wide, {name} search ({len(expected)} of {FACES} found at full size)"
            rows.append(Row(GROUP, label, "faces", 100 * share, "%", target))
    return rows


def _boxes(detector: MtcnnDetector, photo: NDArray[np.uint8]) -> NDArray[np.float32]:
    boxes = [face.box for face in detector.detect(photo)]
    return np.array([[x, y, x + w, y + h] for x, y, w, h in boxes], np.float32).reshape(-1, 4)
