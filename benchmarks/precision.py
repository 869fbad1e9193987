"""How many of the faces found are faces, and how many of the faces shown are found, on composed photos.

Backgrounds are textures, noise, the portraits in `samples/` with their faces painted over and, where scikit-image is
installed, those pictures in its package that show no person: a cat, coins with heads, a motorcycle, brick, grass and
others. The first row says how many there were.
"""

import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.photos import SAMPLES
from model import Face, Predictor, read_image
from model.detection.boxes import Boxes, box_iou
from model.detection.detector import MtcnnDetector
from reports.benchmarks import Row

GROUP = "Precision and recall"
SIZE = (1024, 768)  # pixels
WIDTHS = ((24, 40), (40, 80), (80, 160))  # of faces, pixels
PICTURES = ("brick", "chelsea", "coffee", "coins", "color", "grass", "gravel", "moon", "motorcycle_left", "rocket")
SAME = 0.4  # overlap from which two boxes are the same face
SAFE = 40  # pixels: faces from this width must be found; smaller ones are for information


def measure(short: bool) -> list[Row]:
    """Recall by size, precision, and in how many photos without people a face is found."""
    predictor, backgrounds = Predictor(), list(_backgrounds())
    rows = [Row(GROUP, "backgrounds without people", "faces", len(backgrounds), "")]
    true = false = 0
    for low, high in WIDTHS:
        shown = found = 0
        for seed in range(2 if short else 24):
            photo, expected = _with_faces(backgrounds[seed % len(backgrounds)], low, high, seed)
            same = box_iou(_boxes(predictor.predict(photo)), expected) >= SAME
            shown, found = shown + len(expected), found + int(same.any(0).sum())
            true, false = true + int(same.any(1).sum()), false + int((~same.any(1)).sum())
        name, target = f"recall, faces {low} to {high} pixels wide", 97 if low >= SAFE else None
        rows.append(Row(GROUP, name, "faces", 100 * found / shown, "%", at_least=target))
    empty = [
        np.ascontiguousarray(np.rot90(photo, turns)) for photo in backgrounds for turns in range(1 if short else 4)
    ]
    finds = [predictor.predict(photo) for photo in empty]
    sure = sum("unsure detection" not in face.warnings for faces in finds for face in faces)
    with_face = 100 * sum(bool(faces) for faces in finds) / len(empty)
    return [
        *rows,
        Row(GROUP, "precision in these photos", "faces", 100 * true / max(1, true + false), "%", at_least=97),
        Row(GROUP, "photos without people in which a face was found", "faces", with_face, "%", at_most=3),
        Row(GROUP, "such false faces without a warning", "faces", sure, "", at_most=0),
    ]


def _backgrounds() -> Iterator[NDArray[np.uint8]]:
    rng = np.random.default_rng(0)
    for cells in (4, 12, 40, 200):
        yield _stretched(rng.integers(40, 220, (cells, cells, 3), dtype=np.uint8))
    for path in SAMPLES:
        yield _stretched(_painted_over(*_read_sample(path)))
    package = importlib.util.find_spec("skimage")
    if package is not None and package.origin is not None:
        for path in sorted((Path(package.origin).parent / "data").iterdir()):
            if path.stem in PICTURES:
                yield _stretched(read_image(path))


def _painted_over(portrait: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """The portrait with its surroundings in place of the face."""
    x, y, width, height = box
    mask = np.zeros(portrait.shape[:2], np.uint8)
    centre, axes = (x + width // 2, y + height // 2), (round(0.65 * width), round(0.65 * height))
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, thickness=-1)
    return cv2.inpaint(portrait, mask, 4, cv2.INPAINT_TELEA).astype(np.uint8)


def _stretched(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cv2.resize(picture, SIZE, interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def _with_faces(background: NDArray[np.uint8], low: int, high: int, seed: int) -> tuple[NDArray[np.uint8], Boxes]:
    """The background with all samples side by side, whose faces have widths from `low` to `high`, and their boxes."""
    rng = np.random.default_rng((low, seed))
    photo, boxes = background.copy(), []
    for column, path in enumerate(SAMPLES):
        sample, (x, y, width, height) = _read_sample(path)
        scale = rng.uniform(low, high) / width
        small = cv2.resize(sample, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left = column * SIZE[0] // len(SAMPLES)
        top = int(rng.integers(0, max(1, SIZE[1] - len(small))))
        part = photo[top : top + len(small), left : left + small.shape[1]]
        part[:] = small[: len(part), : part.shape[1]]
        boxes.append(np.array([x, y, x + width, y + height]) * scale + (left, top, left, top))
    return photo, np.array(boxes, np.float32)


@cache
def _read_sample(path: Path) -> tuple[NDArray[np.uint8], tuple[int, int, int, int]]:
    """A portrait and the box of its face."""
    sample = read_image(path)
    return sample, MtcnnDetector().detect(sample)[0].box


def _boxes(faces: list[Face]) -> Boxes:
    return np.array([[x, y, x + w, y + h] for x, y, w, h in (face.box for face in faces)], np.float32).reshape(-1, 4)
