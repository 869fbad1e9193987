"""MTCNN's three stages over one picture: propose windows, refine them, and place the landmarks.

Zhang et al., arXiv 1604.02878, with the thresholds, rounding and weights of the package `mtcnn` 1.0.0, so that boxes
and landmarks are those of the package; only faster, since nothing is traced and every step takes all boxes at once.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.detection.boxes import Boxes, moved, non_max_suppression, squared
from model.detection.networks import FaceNetwork, output_network, proposal_network, refinement_network

MIN_FACE = 20  # pixels
WINDOW, STRIDE = 12, 2  # of P-Net, pixels
PYRAMID_STEP = 0.709  # area halves from level to level
PROPOSAL_SCORE, REFINEMENT_SCORE, OUTPUT_SCORE = 0.6, 0.7, 0.8
CROPS_AT_ONCE = 128  # bounds the memory of R-Net and O-Net


@dataclass(frozen=True)
class CascadeFaces:
    """What the cascade found: boxes (n, 4) left, top, right, bottom; landmarks (n, 5, 2); scores (n,), 0-1."""

    boxes: Boxes
    landmarks: NDArray[np.float32]
    scores: NDArray[np.float32]


class Cascade:
    """The three networks, loaded once; safe to share between threads.

    Args:
        threads: that one picture is spread over; 0 for one a core.
    """

    def __init__(self, threads: int = 0) -> None:
        self._proposal = proposal_network()
        self._refinement, self._output = refinement_network(threads), output_network(threads)
        self._threads = ThreadPoolExecutor(threads or os.cpu_count(), thread_name_prefix="pyramid")

    def find(self, image: NDArray[np.uint8], min_score: float = OUTPUT_SCORE) -> CascadeFaces:
        """Upright faces of at least `MIN_FACE` pixels, the surest first.

        Args:
            image: (height, width, 3), RGB, 0-255. Time and memory grow with its pixels.
            min_score: only surer faces than this, 0-1; the package's own bound if none is given.
        """
        picture = (image.astype(np.float32) - np.float32(127.5)) / np.float32(128)
        boxes = self._refine(picture, self._propose(picture))
        return self._place_landmarks(picture, boxes, min_score)

    def _propose(self, picture: NDArray[np.float32]) -> Boxes:
        found = list(self._threads.map(lambda scale: self._propose_at(picture, scale), pyramid_scales(picture)))
        boxes = np.concatenate([np.empty((0, 4), np.float32), *(boxes for boxes, _ in found)])
        scores = np.concatenate([np.empty(0, np.float32), *(scores for _, scores in found)])
        return squared(boxes[non_max_suppression(boxes, scores, 0.7)])

    def _propose_at(self, picture: NDArray[np.float32], scale: float) -> tuple[Boxes, NDArray[np.float32]]:
        size = int(picture.shape[1] * scale), int(picture.shape[0] * scale)
        level = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        offsets, scores = self._proposal.run(level[None])
        y, x = np.nonzero(scores[0, 1] > PROPOSAL_SCORE)
        corner = np.stack([x, y], axis=1).astype(np.float32) * STRIDE
        windows = np.concatenate([corner + 1, corner + WINDOW], axis=1)  # pixels counted from 1, as the package does
        boxes = (windows + offsets[0, :, y, x] * (WINDOW - 1)) / np.float32(scale)
        kept = non_max_suppression(boxes, scores[0, 1, y, x], 0.5)
        return boxes[kept], scores[0, 1, y, x][kept]

    def _refine(self, picture: NDArray[np.float32], boxes: Boxes) -> Boxes:
        offsets, scores = _run_on_crops(self._refinement, picture, boxes, 24, (4, 2))
        sure = scores[:, 1] > REFINEMENT_SCORE
        boxes = moved(boxes, offsets)[sure]
        return squared(boxes[non_max_suppression(boxes, scores[sure, 1], 0.7)])

    def _place_landmarks(self, picture: NDArray[np.float32], boxes: Boxes, min_score: float) -> CascadeFaces:
        offsets, points, scores = _run_on_crops(self._output, picture, boxes, 48, (4, 10, 2))
        size = boxes[:, None, 2:] - boxes[:, None, :2] + 1
        landmarks = points.reshape(-1, 2, 5).transpose(0, 2, 1) * size + boxes[:, None, :2] - 1
        sure = scores[:, 1] > min_score
        boxes, landmarks, confidence = moved(boxes, offsets)[sure], landmarks[sure], scores[sure, 1]
        kept = non_max_suppression(boxes, confidence, 0.7, of="smaller")
        height, width = picture.shape[:2]
        within = np.clip(boxes[kept], 0, np.array([width, height, width, height], np.float32) - 1)
        return CascadeFaces(within, landmarks[kept], confidence[kept])


def pyramid_scales(picture: NDArray[np.float32]) -> list[float]:
    """The scales at which P-Net's window fits faces from `MIN_FACE` pixels to the picture's shorter side."""
    scales, scale = [], WINDOW / MIN_FACE
    while min(picture.shape[:2]) * scale >= WINDOW:
        scales.append(scale)
        scale *= PYRAMID_STEP
    return scales


def _run_on_crops(
    network: FaceNetwork, picture: NDArray[np.float32], boxes: Boxes, side: int, widths: tuple[int, ...]
) -> tuple[NDArray[np.float32], ...]:
    """The network's outputs for all boxes, (n, width) each."""
    parts = [tuple(np.empty((0, width), np.float32) for width in widths)]
    for start in range(0, len(boxes), CROPS_AT_ONCE):
        parts.append(network.run(crop(picture, boxes[start : start + CROPS_AT_ONCE], side)))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def crop(picture: NDArray[np.float32], boxes: Boxes, side: int) -> NDArray[np.float32]:
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
