"""Photos composed from the public-domain portraits in `samples/`, with faces of known sizes."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.detection.detector import MtcnnDetector
from model.drawing import encode_jpeg
from model.image import read_image

SAMPLES = sorted((Path(__file__).resolve().parent.parent / "samples").glob("*.jpg"))
MARGIN = 0.45  # of the face's width, kept around it on every side


def compose(width: int, height: int, faces: Sequence[int], seed: int = 0) -> NDArray[np.uint8]:
    """A photo with upright faces of the given widths (pixels) side by side in rows, on a blurred ground.

    Portraits alternate, some mirrored, each a little lighter or darker, so that no two faces are the same.

    Raises:
        ValueError: if the faces do not fit.
    """
    rng = np.random.default_rng(seed)
    ground = rng.integers(60, 200, (12, 16, 3), dtype=np.uint8)
    photo = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    photo = cv2.add(photo, rng.integers(0, 12, photo.shape, dtype=np.uint8))
    left = top = row_height = 0
    for number, face_width in enumerate(faces):
        portrait = _portraits()[number % len(SAMPLES)]
        scale = face_width * (1 + 2 * MARGIN) / portrait.shape[1]
        picture = _resized(portrait, scale)[:, :: rng.choice((-1, 1))]
        picture = cv2.convertScaleAbs(picture, alpha=rng.uniform(0.85, 1.1))
        if left + picture.shape[1] > width:
            left, top, row_height = 0, top + row_height, 0
        if top + picture.shape[0] > height:
            raise ValueError(f"{len(faces)} faces do not fit into {width} x {height} pixels")
        photo[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        left, row_height = left + picture.shape[1], max(row_height, picture.shape[0])
    return photo


def compose_jpeg(width: int, height: int, faces: Sequence[int], seed: int = 0) -> bytes:
    """The same as the content of a JPEG file."""
    return encode_jpeg(compose(width, height, faces, seed))


@cache
def _portraits() -> list[NDArray[np.uint8]]:
    """Each sample cut to its face and a margin."""
    detector = MtcnnDetector()
    portraits = []
    for path in SAMPLES:
        photo = read_image(path)
        x, y, width, height = detector.detect(photo)[0].box
        margin = round(width * MARGIN)
        portraits.append(photo[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin])
    return portraits


def _resized(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
