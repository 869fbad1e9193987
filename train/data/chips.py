"""Faces of other photos as chips: found, cut into UTKFace's geometry, kept in files, read when a batch needs them.

Finding the faces of 100,000 photos takes hours, so each chip is written as soon as it is cut, and what was cut before
is not cut again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from model.alignment import align
from model.detection.detector import Detector, MtcnnDetector
from model.drawing import encode_jpeg
from model.image import ImageError, read_image
from model.writing import atomic_write

BORDER = 0.25  # of the shorter side, added on each side: MTCNN expects a margin around a face
MAX_DISTANCE = 0.25  # of a face from the middle, share of the side: others are bystanders
JPEG_QUALITY = 95
NO_FACE = "no face found"


@dataclass(frozen=True)
class Chips:
    """Chips in memory and in files; indexing gives arrays (n, 200, 200, 3) RGB uint8.

    sources: for each chip its pixels, or the file that `cut_chip` wrote.
    """

    sources: Sequence[NDArray[np.uint8] | Path]

    def __len__(self) -> int:
        return len(self.sources)

    def __getitem__(self, rows: slice | NDArray[np.integer]) -> NDArray[np.uint8]:
        return np.stack([_pixels(self.sources[row]) for row in map(int, np.arange(len(self))[rows])])

    def select(self, rows: NDArray[np.bool_]) -> "Chips":
        """The chips where `rows` is true, still unread."""
        return Chips(list(compress(self.sources, rows)))


def cut_chips(
    photos: Sequence[Path], chips: Sequence[Path], detector: Detector | None = None, progress: bool = True
) -> list[str | None]:
    """Cuts the face of each photo into its chip file, unless that is there.

    Args:
        photos: pictures of one face each.
        chips: where each one's chip is kept, `.jpg`.
        detector: finds the faces; MTCNN if none is given.
        progress: whether to show a bar.

    Returns:
        For each photo nothing, or the reason why it has no chip.
    """
    outcomes: list[str | None] = []
    pairs = zip(photos, chips, strict=True)
    for photo, chip in tqdm(pairs, desc="Faces", total=len(photos), unit=" photos", disable=None if progress else True):
        if not chip.exists():
            detector = detector or MtcnnDetector()
            try:
                cut_chip(photo, chip, detector)
            except ImageError as error:
                outcomes.append(str(error))
                continue
        outcomes.append(None if chip.stat().st_size else NO_FACE)
    return outcomes


def cut_chip(photo: Path, chip: Path, detector: Detector) -> None:
    """Writes the chip of the face in the middle of a photo; an empty file if there is no face.

    Raises:
        ImageError: if the photo cannot be read.
    """
    image = read_image(photo)
    landmarks = find_face(image, detector)
    data = b"" if landmarks is None else encode_jpeg(align(image, landmarks), JPEG_QUALITY)
    with atomic_write(chip, concurrent=True) as partial:  # processes that train together cut the same chips
        partial.write_bytes(data)


def find_face(image: NDArray[np.uint8], detector: Detector) -> NDArray[np.float64] | None:
    """The landmarks, (5, 2) pixels, of the face in the middle of a picture that was cropped around a face."""
    size = np.array(image.shape[1::-1])
    border = round(BORDER * size.min())
    framed = cv2.copyMakeBorder(image, border, border, border, border, cv2.BORDER_REPLICATE)
    faces = [face.landmarks - border for face in detector.detect(framed)]
    away = [float(np.abs((landmarks.mean(0) - size / 2) / size).max()) for landmarks in faces]
    return faces[int(np.argmin(away))] if min(away, default=1.0) <= MAX_DISTANCE else None


def _pixels(source: NDArray[np.uint8] | Path) -> NDArray[np.uint8]:
    return source if isinstance(source, np.ndarray) else read_image(source)
