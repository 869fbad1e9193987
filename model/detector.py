"""Photo to faces: MTCNN's boxes and five landmarks, in pixels of the photo.

MTCNN (Zhang et al., arXiv 1604.02878) as the package `mtcnn` implements it. It is run on a copy of bounded
size, since its time and memory grow with the pixels, and it finds upright faces (up to about 45° of tilt),
so a photo in which it finds none is tried lying on its other three sides.
"""

import threading
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

MAX_SIDE = 1024
"""Longest side of the copy that MTCNN sees, pixels. It finds faces from about 20 pixels there."""

MIN_SIDE = 80
"""Smaller pictures are enlarged to this shortest side: MTCNN needs a few pyramid levels above 12 pixels."""

MIN_CONFIDENCE = 0.9
LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")


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
    """MTCNN, loaded once; safe to share between threads.

    Args:
        max_side: longest side of the copy that MTCNN sees, pixels.
        upright_only: leaves out the search in the picture lying on its other sides, which takes four times as long
            where there is no face.
    """

    def __init__(self, max_side: int = MAX_SIDE, upright_only: bool = False) -> None:
        # Imported here because it brings in TensorFlow, which pages without predictions do without.
        from mtcnn import MTCNN

        self._max_side = max_side
        self._quarter_turns = range(1 if upright_only else 4)
        self._mtcnn = MTCNN()
        self._lock = threading.Lock()

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Finds the faces of a photo, the largest first.

        Args:
            image: (height, width, 3), RGB, 0-255, of any size.
        """
        copy = _resized(image, self._max_side)
        for quarter_turns in self._quarter_turns:
            found = self._find(np.ascontiguousarray(np.rot90(copy, quarter_turns)))
            if found:
                # Pixel centres map onto each other, hence the halves.
                scale = np.array(image.shape[1::-1]) / copy.shape[1::-1]
                detections = [_unturned(face, quarter_turns, copy.shape[:2], scale, image.shape[:2]) for face in found]
                return sorted(detections, key=lambda face: face.box[2] * face.box[3], reverse=True)
        return []

    def _find(self, image: NDArray[np.uint8]) -> list[dict]:
        with self._lock:
            faces = self._mtcnn.detect_faces(image)
        return [face for face in faces if face["confidence"] >= MIN_CONFIDENCE]


def _resized(image: NDArray[np.uint8], max_side: int) -> NDArray[np.uint8]:
    """A copy within the bounds; a very long, thin picture keeps to the upper one."""
    height, width = image.shape[:2]
    scale = max(min(1.0, max_side / max(height, width)), MIN_SIDE / min(height, width))
    scale = min(scale, max_side / max(height, width))
    if scale == 1.0:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _unturned(
    face: dict, quarter_turns: int, shape: tuple[int, ...], scale: NDArray[np.float64], full: tuple[int, ...]
) -> Detection:
    """A face found in the turned copy, in pixels of the photo."""
    x, y, width, height = face["box"]
    corners = np.array([[x, y], [x + width - 1, y + height - 1]], dtype=np.float64)
    landmarks = np.array([face["keypoints"][name] for name in LANDMARKS], dtype=np.float64)
    points = np.concatenate([corners, landmarks])
    points = (_turn_back(points, quarter_turns, shape) + 0.5) * scale - 0.5
    low, high = points[:2].min(0) - scale / 2, points[:2].max(0) + scale / 2
    limit = np.array([full[1], full[0]])
    low = np.clip(np.round(low + 0.5), 0, limit - 1).astype(int)
    high = np.clip(np.round(high + 0.5), low + 1, limit).astype(int)
    box = int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
    return Detection(box, points[2:], float(face["confidence"]))


def _turn_back(points: NDArray[np.float64], quarter_turns: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Pixel coordinates in `np.rot90(image, quarter_turns)` to those in `image`, whose (height, width) is `shape`."""
    height, width = shape
    x, y = points.T
    turned = {0: (x, y), 1: (width - 1 - y, x), 2: (width - 1 - x, height - 1 - y), 3: (y, height - 1 - x)}
    return np.stack(turned[quarter_turns], axis=1)
