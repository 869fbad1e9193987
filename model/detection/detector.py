"""Photo to faces: MTCNN's boxes and five landmarks, in pixels of the photo.

MTCNN (Zhang et al., arXiv 1604.02878; `model.detection.cascade`) is run on a copy of bounded size, since its time and
memory grow with the pixels. It finds upright faces (up to about 45° of tilt), so a photo in which it finds none is
tried lying on its other three sides.
"""

import threading
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from model.detection.cascade import Cascade, CascadeFaces

MAX_SIDE = 1024
"""Longest side of the copy that MTCNN sees, pixels. It finds faces from about 20 pixels there."""

SMALL_FACES_SIDE = 2048
"""The same for the search for small faces: half the size found, four times the time."""

MIN_SIDE = 80
"""Smaller pictures are enlarged to this shortest side: MTCNN needs a few pyramid levels above 12 pixels."""

MIN_CONFIDENCE = 0.9
MIN_HINT = 0.5  # confidence in a turned copy of half the size, from which the full one is looked at


@dataclass(frozen=True)
class Detection:
    """A face found.

    box: x, y, width, height, pixels, within the photo.
    landmarks: (5, 2) x and y in the order of `model.alignment.CHIP_LANDMARKS`, pixels.
    confidence: 0-1.
    """

    box: tuple[int, int, int, int]
    landmarks: NDArray[np.float64]
    confidence: float


class Detector(Protocol):
    """Whatever finds faces in (height, width, 3) RGB pictures; the largest face comes first."""

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]: ...


class MtcnnDetector:
    """MTCNN, loaded once; safe to share between threads, which wait for each other.

    Args:
        max_side: longest side of the copy that MTCNN sees, pixels: `MAX_SIDE`, or `SMALL_FACES_SIDE` to find
            smaller faces in more time.
        upright_only: leaves out the search in the photo lying on its other sides, for pictures known to be upright.
        threads: that one photo is spread over; 0 for one a core.
    """

    def __init__(self, max_side: int = MAX_SIDE, upright_only: bool = False, threads: int = 0) -> None:
        self._max_side = max_side
        self._quarter_turns = () if upright_only else (1, 2, 3)
        self._cascade = Cascade(threads)
        self._lock = threading.Lock()

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Finds the faces of a photo, the largest first.

        Args:
            image: (height, width, 3), RGB, 0-255, of any size.
        """
        copy = _resized(image, self._max_side)
        with self._lock:
            quarter_turns, faces = self._find_any_way_up(copy)
        detections = _as_detections(faces, quarter_turns, copy.shape[:2], image.shape[:2])
        return sorted(detections, key=lambda face: face.box[2] * face.box[3], reverse=True)

    def _find_any_way_up(self, copy: NDArray[np.uint8]) -> tuple[int, CascadeFaces]:
        """How often the copy had to be turned to the left, and the faces found in it then."""
        upright = self._cascade.find(copy, MIN_CONFIDENCE)
        if len(upright.boxes):
            return 0, upright
        for turns in self._promising_turns(copy):
            faces = self._cascade.find(_turned(copy, turns), MIN_CONFIDENCE)
            if len(faces.boxes):
                return turns, faces
        return 0, upright

    def _promising_turns(self, copy: NDArray[np.uint8]) -> list[int]:
        """The turns that show something like a face at half the size, the likeliest first.

        Most photos without upright faces have none at all, which half the size tells in a quarter of the time.
        """
        small = _resized(copy, self._max_side // 2)
        found = {turns: self._cascade.find(_turned(small, turns), MIN_HINT).scores for turns in self._quarter_turns}
        return sorted((turns for turns in found if found[turns].size), key=lambda turns: -found[turns].max())


def _turned(image: NDArray[np.uint8], quarter_turns: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.rot90(image, quarter_turns))


def _resized(image: NDArray[np.uint8], max_side: int) -> NDArray[np.uint8]:
    """A copy within the bounds; a very long, thin picture keeps to the upper one."""
    height, width = image.shape[:2]
    scale = max(min(1.0, max_side / max(height, width)), MIN_SIDE / min(height, width))
    scale = min(scale, max_side / max(height, width))
    if scale == 1.0:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _as_detections(
    faces: CascadeFaces, quarter_turns: int, shape: tuple[int, ...], full: tuple[int, ...]
) -> list[Detection]:
    """Faces found in the turned copy, whose (height, width) was `shape`, in pixels of the photo, whose is `full`."""
    scale = np.array(full[::-1]) / shape[::-1]
    limit = np.array(full[::-1])
    detections = []
    for box, landmarks, score in zip(faces.boxes, faces.landmarks, faces.scores, strict=True):
        points = np.concatenate([box.reshape(2, 2) - ((0, 0), (1, 1)), landmarks]).astype(np.float64)
        # Pixel centres map onto each other, hence the halves.
        points = (_turn_back(points, quarter_turns, shape) + 0.5) * scale - 0.5
        low, high = points[:2].min(0) - scale / 2, points[:2].max(0) + scale / 2
        low = np.clip(np.round(low + 0.5), 0, limit - 1).astype(int)
        high = np.clip(np.round(high + 0.5), low + 1, limit).astype(int)
        box_in_photo = int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
        detections.append(Detection(box_in_photo, points[2:], float(score)))
    return detections


def _turn_back(points: NDArray[np.float64], quarter_turns: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Pixel coordinates in `np.rot90(image, quarter_turns)` to those in `image`, whose (height, width) is `shape`."""
    height, width = shape
    x, y = points.T
    turned = {0: (x, y), 1: (width - 1 - y, x), 2: (width - 1 - x, height - 1 - y), 3: (y, height - 1 - x)}
    return np.stack(turned[quarter_turns], axis=1)
