"""Clips composed from data-set photos: faces move, turn, change size, light and sharpness, and are compressed as video.

What this cannot show: one photo per person, so expression and pose never change, and the age of a photo is the one that
UTKFace states.
"""

import hashlib
import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.alignment import CHIP_SIZE
from model.predictor import Chips
from train.data.archives import DataError, read_files

COLUMNS, ROWS = 4, 2
CELL = (320, 360)  # width and height, pixels; a face in each
PEOPLE = COLUMNS * ROWS
RATE = 5  # frames per second: only those that would be analysed
FRAMES = 12

SCALE = (0.35, 1.3)  # of the chip: eyes 27 to 100 pixels apart
MAX_TILT = 20.0  # degrees, either way
BLUR = 2.5  # largest standard deviation, pixels of the frame
CRF = (20, 36)  # H.264's constant rate factor: from hardly visible to strong compression

Picture = NDArray[np.uint8]


def load_photos(source: Path, labels: pd.DataFrame, split: str, count: int) -> tuple[pd.DataFrame, Chips]:
    """The first photos of a split, a random sample since they are in the order of their digests, and their chips.

    Only these are decoded, so that this takes seconds.

    Args:
        source: UTKFace, a folder or an archive.
        labels: `labels.parquet`, which `python -m train data` writes.
        split: of `train.data.utkface.SPLITS`.
        count: how many.

    Raises:
        DataError: if they are not there.
    """
    usable = labels[(labels["split"] == split) & ~labels["default_label"]].head(count).reset_index(drop=True)
    rows = {photo: row for row, photo in enumerate(usable["photo"])}
    chips = np.zeros((len(usable), CHIP_SIZE, CHIP_SIZE, 3), np.uint8)
    missing = set(rows)
    for _, data in read_files(source):
        photo = hashlib.sha256(data).hexdigest()[:16]
        if photo in missing:
            image = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)
            chips[rows[photo]] = image
            missing.remove(photo)
    if missing:
        raise DataError(
            f"{len(missing)} photos listed in labels.parquet are not in {source}. Create labels.parquet again: "
            "python -m train data"
        )
    return usable, chips


def compose(chips: NDArray[np.uint8], seed: int) -> bytes:
    """A clip of 1280 x 720 pixels in H.264 with a face in each cell, as the content of an MKV file.

    Args:
        chips: (n, 200, 200, 3), RGB, 0-255; n at most `PEOPLE`.
        seed: of all that is random.
    """
    rng = np.random.default_rng(seed)
    actors = [_Actor(chip, rng) for chip in chips]
    crf = int(rng.integers(*CRF))
    grain = rng.standard_normal((ROWS * CELL[1], COLUMNS * CELL[0], 1), np.float32) * rng.uniform(0, 6)
    pictures = (_tiled([actor.at(i) for actor in actors]) for i in range(FRAMES))
    return encode((_grained(picture, np.roll(grain, 97 * i)) for i, picture in enumerate(pictures)), crf)


def encode(pictures: Iterator[Picture], crf: int) -> bytes:
    """The pictures as a video of `RATE` frames per second."""
    memory = io.BytesIO()
    with av.open(memory, "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": str(crf), "preset": "veryfast"})
        if not isinstance(stream, av.VideoStream):
            raise TypeError("libx264 makes video")
        for i, picture in enumerate(pictures):
            if i == 0:
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return memory.getvalue()


def cell_of(x: float, y: float) -> int:
    """Whose cell the point is in, as an index into the chips."""
    return int(y // CELL[1]) * COLUMNS + int(x // CELL[0])


class _Actor:
    """One face with its own slow changes of place, size, tilt, light and focus."""

    def __init__(self, chip: Picture, rng: np.random.Generator) -> None:
        self._chip = chip
        self._scale = float(np.exp(rng.uniform(*np.log(SCALE))))
        self._phases, self._speeds = rng.uniform(0, 2 * np.pi, 6), rng.uniform(0.5, 2.0, 6)
        self._blur, self._contrast = rng.uniform(0, BLUR), rng.uniform(0.6, 1.2)

    def at(self, frame: int) -> Picture:
        """The cell in a frame."""
        x, y, size, tilt, light, focus = np.sin(self._phases + self._speeds * frame / RATE)
        scale = self._scale * (1 + 0.15 * size)
        room = [(side - 0.8 * CHIP_SIZE * min(scale, 1)) / 2 for side in CELL]
        centre = CELL[0] / 2 + 0.5 * x * room[0], CELL[1] / 2 + 0.5 * y * room[1]
        matrix = cv2.getRotationMatrix2D(((CHIP_SIZE - 1) / 2,) * 2, MAX_TILT * tilt, scale)
        matrix[:, 2] += np.subtract(centre, (CHIP_SIZE - 1) / 2)
        chip = cv2.GaussianBlur(self._chip, (0, 0), 0.5 / scale) if scale < 1 else self._chip
        cell = cv2.warpAffine(chip, matrix, CELL, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if (blur := self._blur * abs(focus)) > 0.3:
            cell = cv2.GaussianBlur(cell, (0, 0), blur)
        return np.asarray(cv2.convertScaleAbs(cell, alpha=self._contrast, beta=20 * light), np.uint8)


def _tiled(cells: list[Picture]) -> Picture:
    empty = [np.full((CELL[1], CELL[0], 3), 90, np.uint8)] * (PEOPLE - len(cells))
    rows = [*cells, *empty]
    return np.vstack([np.hstack(rows[row * COLUMNS : (row + 1) * COLUMNS]) for row in range(ROWS)])


def _grained(picture: Picture, grain: NDArray[np.float32]) -> Picture:
    """With the noise of a sensor, the same for all colours."""
    return np.clip(picture + grain, 0, 255).astype(np.uint8)
