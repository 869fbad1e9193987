"""MTCNN's three stages over one picture: propose windows, refine them, and place the landmarks.

Zhang et al., arXiv 1604.02878, with the rounding and weights of the package `mtcnn` 1.0.0, so that it finds the faces
of the package; only faster, since nothing is traced, every step takes all boxes at once, and fewer windows are kept. A
second look at every face is new: its landmarks vary half as much with the size of the picture, and fewer false faces
score high.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.detection.boxes import Boxes, moved, non_max_suppression, squared
from model.detection.faces import Faces
from model.detection.networks import FaceNetwork, output_network, proposal_network, refinement_network

Floats = NDArray[np.float32]
Strip = Future[tuple[Floats, ...]]

WINDOW, STRIDE = 12, 2  # of P-Net, pixels
PYRAMID_STEP = 0.709  # area halves from level to level
CROPS_AT_ONCE = 32  # by R-Net and O-Net: their maps fit the processor's cache
STRIP = 128  # rows of a level that P-Net takes at once, likewise
TINY = 1e-6  # probability, so that log-odds stay finite

MIN_FACE = 24
"""Side of the smallest square around a face that is looked for, pixels: it is as high as the face, which is some 20
pixels wide then. On composed photos, 889 of 890 faces from 16 to 34 pixels wide are found."""

WINDOW_SCORES = 0.7, 0.7
"""From which windows are passed to R-Net, and from there to O-Net. The package starts at 0.6, which gives two fifths
more windows and no more faces: 607 in 60 composed group photos either way."""


class Cascade:
    """The three networks, loaded once; safe to share between threads.

    Args:
        threads: that one picture is spread over; 0 for one per core.
    """

    def __init__(self, threads: int = 0) -> None:
        self._proposal = proposal_network()
        self._refinement, self._output = refinement_network(threads), output_network(threads)
        self._threads = ThreadPoolExecutor(threads or os.cpu_count(), thread_name_prefix="pyramid")

    def find(
        self,
        image: NDArray[np.uint8],
        min_confidence: float = 0.5,
        window_scores: tuple[float, float] = WINDOW_SCORES,
        min_face: int = MIN_FACE,
    ) -> Faces:
        """Upright faces, the surest first.

        Args:
            image: (height, width, 3), RGB, 0-255. Time and memory grow with its pixels.
            min_confidence: only surer faces than this, 0-1.
            window_scores: from which windows are passed to the second and to the third stage, 0-1.
            min_face: smallest faces looked for, pixels, from `MIN_FACE`.
        """
        picture = normalised(image)
        windows = self.propose(picture, min_face, window_scores[0])
        windows = self.refine(picture, windows, window_scores[1])
        return self.place_landmarks(picture, windows, min_confidence)

    def weigh_ways(self, image: NDArray[np.uint8], boxes: Boxes) -> Floats:
        """Log-odds (n, 4) that each box shows an upright face after 0 to 3 quarter turns to the left.

        Args:
            image: (height, width, 3), RGB, 0-255.
            boxes: (n, 4) of faces found, at least one.
        """
        crops = crop(normalised(image), squared(boxes), 48)
        ways = [np.rot90(crops, turns, axes=(1, 2)) for turns in range(4)]
        return np.stack([_log_odds(self._output.run(way)[2]) for way in ways], axis=1)

    def propose(self, picture: Floats, min_face: int = MIN_FACE, min_score: float = WINDOW_SCORES[0]) -> Boxes:
        """P-Net: square windows (n, 4) in a picture with values from -1 to 1."""
        levels = [(scale, self._start(level)) for scale, level in pyramid(picture, min_face)]
        found = [self._propose_at(scale, strips, min_score) for scale, strips in levels]
        boxes = np.concatenate([np.empty((0, 4), np.float32), *(boxes for boxes, _ in found)])
        scores = np.concatenate([np.empty(0, np.float32), *(scores for _, scores in found)])
        return squared(boxes[non_max_suppression(boxes, scores, 0.7)])

    def _start(self, level: Floats) -> list[Strip]:
        """P-Net on one level, in strips that fit the processor's cache."""
        strips = (level[top : top + STRIP + WINDOW - STRIDE] for top in range(0, len(level) - WINDOW + 1, STRIP))
        return [self._threads.submit(self._proposal.run, strip[None]) for strip in strips]

    def _propose_at(self, scale: float, strips: list[Strip], min_score: float) -> tuple[Boxes, Floats]:
        offsets, scores = (
            np.concatenate(maps, axis=2) for maps in zip(*(strip.result() for strip in strips), strict=True)
        )
        y, x = np.nonzero(scores[0, 1] > min_score)
        corner = np.stack([x, y], axis=1).astype(np.float32) * STRIDE
        windows = np.concatenate([corner + 1, corner + WINDOW], axis=1)  # pixels counted from 1, as the package does
        boxes = (windows + offsets[0, :, y, x] * (WINDOW - 1)) / np.float32(scale)
        kept = non_max_suppression(boxes, scores[0, 1, y, x], 0.5)
        return boxes[kept], scores[0, 1, y, x][kept]

    def refine(self, picture: Floats, boxes: Boxes, min_score: float = WINDOW_SCORES[1]) -> Boxes:
        """R-Net: fewer and better of the windows."""
        offsets, scores = _run_on_crops(self._refinement, picture, boxes, 24, (4, 2))
        sure = scores[:, 1] > min_score
        boxes = moved(boxes, offsets)[sure]
        return squared(boxes[non_max_suppression(boxes, scores[sure, 1], 0.7)])

    def place_landmarks(self, picture: Floats, boxes: Boxes, min_confidence: float = 0.5) -> Faces:
        """O-Net on each box, and once more on the box that comes of it; the confidence is the mean of both log-odds."""
        boxes, _, first = self._look(picture, boxes)
        likely = np.flatnonzero(first > 0)
        kept = likely[non_max_suppression(boxes[likely], first[likely], 0.7, of="smaller")]
        boxes, landmarks, second = self._look(picture, squared(boxes[kept]))
        confidence = 1 / (1 + np.exp(-(first[kept] + second) / np.float32(2)))
        sure = np.flatnonzero(confidence > min_confidence)
        kept = sure[non_max_suppression(boxes[sure], confidence[sure], 0.7, of="smaller")]
        height, width = picture.shape[:2]
        within = np.clip(boxes[kept], 0, np.array([width, height, width, height], np.float32) - 1)
        return Faces(within, landmarks[kept], confidence[kept], np.zeros(len(kept), int))

    def _look(self, picture: Floats, boxes: Boxes) -> tuple[Boxes, Floats, Floats]:
        """Better boxes, landmarks (n, 5, 2), and the log-odds (n,) that each is a face."""
        offsets, points, scores = _run_on_crops(self._output, picture, boxes, 48, (4, 10, 2))
        size = boxes[:, None, 2:] - boxes[:, None, :2] + 1
        landmarks = points.reshape(-1, 2, 5).transpose(0, 2, 1) * size + boxes[:, None, :2] - 1
        return moved(boxes, offsets), landmarks, _log_odds(scores)


def normalised(image: NDArray[np.uint8]) -> Floats:
    """The image with values from -1 to 1."""
    return (image.astype(np.float32) - np.float32(127.5)) / np.float32(128)


def _log_odds(scores: Floats) -> Floats:
    """(n,) of scores (n, 2) for no face and a face."""
    no_face, face = np.log(np.maximum(scores, TINY)).T
    return face - no_face


def pyramid(picture: Floats, min_face: int) -> Iterator[tuple[float, Floats]]:
    """The scales at which P-Net's window fits faces from `min_face` pixels to the shorter side, with the picture."""
    height, width = picture.shape[:2]
    scale = WINDOW / min_face
    while min(height, width) * scale >= WINDOW:
        size = int(width * scale), int(height * scale)
        picture = halved(picture, size)
        yield scale, cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
        scale *= PYRAMID_STEP


def halved(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """The picture halved as often as `size` (width, height) allows: from there, bilinear sampling skips no pixel.

    Halving even sizes takes OpenCV a tenth of the time of other scales.
    """
    while picture.shape[1] >= 2 * size[0] and picture.shape[0] >= 2 * size[1]:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        even = picture[: 2 * height, : 2 * width]
        picture = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
    return picture


def _run_on_crops(
    network: FaceNetwork, picture: Floats, boxes: Boxes, side: int, widths: tuple[int, ...]
) -> tuple[Floats, ...]:
    """The network's outputs for all boxes, (n, width) each."""
    parts = [tuple(np.empty((0, width), np.float32) for width in widths)]
    starts = range(0, len(boxes), CROPS_AT_ONCE)
    parts += [network.run(crop(picture, boxes[start : start + CROPS_AT_ONCE], side)) for start in starts]
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def crop(picture: Floats, boxes: Boxes, side: int) -> Floats:
    """(n, side, side, 3) cut out of the picture bilinearly, as `tf.image.crop_and_resize` does; 0 beyond its edge."""
    size = np.array(picture.shape[1::-1])
    low, high = (corner / size * (size - 1) for corner in (boxes[:, :2], boxes[:, 2:]))
    steps = np.linspace(0, 1, side)[None, :, None]
    at = (low[:, None] + (high - low)[:, None] * steps).astype(np.float32)
    x, y = at[..., 0], at[..., 1]
    map_x = np.broadcast_to(x[:, None, :], (len(boxes), side, side)).reshape(-1, side)
    map_y = np.broadcast_to(y[:, :, None], (len(boxes), side, side)).reshape(-1, side)
    crops = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return crops.reshape(len(boxes), side, side, 3)
