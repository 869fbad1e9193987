"""Photo to faces: MTCNN's boxes and five landmarks, in pixels of the photo.

MTCNN (Zhang et al., arXiv 1604.02878; `model.detection.cascade`) is run on a copy of bounded size, since its time and
memory grow with the pixels. It finds upright faces (up to about 45° of tilt) with some ground around them, so the
photo is also looked at lying on its other sides (`model.detection.orientation`), and, where no face is sure, for one
that fills it (`model.detection.filling`).
"""

import threading
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from model.detection.cascade import Cascade, halved
from model.detection.faces import Faces, joined
from model.detection.filling import ALL_WAYS, UPRIGHT_WAYS, find_filling_face
from model.detection.orientation import HINT_CONFIDENCE, settle, turned, turned_back

MAX_SIDE = 1024
"""Longest side of the copy that MTCNN sees, pixels. It finds faces from about 20 pixels there."""

SMALL_FACES_SIDE = 2048
"""The same for the search for small faces: half the size found, four times the time."""

MIN_SIDE = 80
"""Smaller pictures are enlarged to this shortest side: MTCNN needs a few pyramid levels above 12 pixels."""

HINT_SCALE, THOROUGH_HINT_SCALE = 0.35, 0.7
"""Of the copy that is searched lying on its other sides: where the upright one shows a sure face, and where not."""

MIN_HINT_SIDE = 112
"""Longest side of that copy, pixels, at least."""

MIN_CONFIDENCE = 0.85
"""Below it, a find is left out. On composed photos 1 in 60 true faces lies below it, and 11 of 300 photos without
people (cats, motorcycles, portraits painted over) show something above it, 6 after the estimate of the age has had its
say (`model.inspection.quality.may_be_face`); `python -m benchmarks` has photos of its own."""

SURE_CONFIDENCE = 0.95
"""Below it, a find may be no face: 1 in 30 true faces lies there, and over half of what those 11 photos show."""

LARGE = 0.4
"""Of the longest side: one sure face this large can tell which way up the photo lies, since it leaves no room for a
second photo beside it that lies otherwise."""

MAX_TILT = 20
"""Degrees by which that face may be tilted: faces found sideways mostly seem more so."""


@dataclass(frozen=True)
class Detection:
    """A face found.

    box: x, y, width, height, pixels, within the photo.
    landmarks: (5, 2) x and y in the order of `model.alignment.CHIP_LANDMARKS`, pixels: of an upside-down face, the
        left eye lies to the right of the right one.
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
        threads: that one photo is spread over; 0 for one per core.
    """

    def __init__(self, max_side: int = MAX_SIDE, upright_only: bool = False, threads: int = 0) -> None:
        self._max_side = max_side
        self._upright_only = upright_only
        self._threads = threads
        self._cascade = Cascade(threads)
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type, tuple[int, bool, int]]:
        """A copy, in this process or another, loads its own networks."""
        return MtcnnDetector, (self._max_side, self._upright_only, self._threads)

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Finds the faces of a photo, the largest first.

        Args:
            image: (height, width, 3), RGB, 0-255, of any size.
        """
        copy = resized(image, self._max_side)
        with self._lock:
            faces = self._find(copy)
        detections = _as_detections(faces.scaled(image.shape, copy.shape), image.shape)
        return sorted(detections, key=lambda face: face.box[2] * face.box[3], reverse=True)

    def _find(self, copy: NDArray[np.uint8]) -> Faces:
        """The faces of the copy whichever way they lie, and one that fills it where no other is sure."""
        faces = self._cascade.find(copy) if self._upright_only else self._find_any_way_up(copy)
        faces = faces[faces.confidence >= MIN_CONFIDENCE]
        if (faces.confidence >= SURE_CONFIDENCE).any():
            return faces
        ways = UPRIGHT_WAYS if self._upright_only else ALL_WAYS
        return settle(joined(faces, find_filling_face(self._cascade, copy, MIN_CONFIDENCE, ways)))

    def _find_any_way_up(self, copy: NDArray[np.uint8]) -> Faces:
        """Searches the copy as it is and, unless a large face is upright, a smaller one lying on its other sides.

        The copy is turned at its full size only where the smaller one shows a face then, since most photos are upright.
        """
        upright = self._cascade.find(copy)
        if self._shows_upright_face(copy, upright):
            return settle(upright)
        scale = HINT_SCALE if (upright.confidence >= SURE_CONFIDENCE).any() else THOROUGH_HINT_SCALE
        small = resized(copy, max(MIN_HINT_SIDE, round(max(copy.shape[:2]) * scale)))
        hints = [self._find_turned(small, turns).scaled(copy.shape, small.shape) for turns in (1, 2, 3)]
        shown = settle(joined(upright, *hints), HINT_CONFIDENCE).turns
        return settle(joined(upright, *(self._find_turned(copy, turns) for turns in (1, 2, 3) if turns in shown)))

    def _shows_upright_face(self, copy: NDArray[np.uint8], faces: Faces) -> bool:
        """Whether a sure and large face looks most like one as it lies.

        Of photos of one large face, 9 in 10 show that, and 1 in 1000 of the same photos turned.
        """
        sure = (faces.confidence >= SURE_CONFIDENCE) & (faces.tilts <= MAX_TILT)
        large = faces[sure & (faces.sizes >= LARGE * max(copy.shape[:2]))]
        return len(large) > 0 and bool((self._cascade.weigh_ways(copy, large.boxes).argmax(1) == 0).any())

    def _find_turned(self, picture: NDArray[np.uint8], turns: int) -> Faces:
        return turned_back(self._cascade.find(turned(picture, turns)), turns, picture.shape)


def resized(image: NDArray[np.uint8], max_side: int) -> NDArray[np.uint8]:
    """A copy within the bounds; a very long, thin picture keeps to the upper one."""
    height, width = image.shape[:2]
    scale = max(min(1.0, max_side / max(height, width)), MIN_SIDE / min(height, width))
    scale = min(scale, max_side / max(height, width))
    if scale == 1.0:
        return image
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if scale > 1:
        return cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
    return cv2.resize(halved(image, size), size, interpolation=cv2.INTER_LINEAR)


def _as_detections(faces: Faces, shape: tuple[int, ...]) -> list[Detection]:
    """Boxes rounded and within the photo, whose (height, width) is `shape`."""
    limit = np.array(shape[1::-1])
    detections = []
    for box, landmarks, confidence in zip(faces.boxes, faces.landmarks, faces.confidence, strict=True):
        low = np.clip(np.round(box[:2]), 0, limit - 1).astype(int)
        high = np.clip(np.round(box[2:]), low + 1, limit).astype(int)
        box_in_photo = int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
        detections.append(Detection(box_in_photo, landmarks.astype(np.float64), float(confidence)))
    return detections
