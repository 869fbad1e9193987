"""A face that fills the picture, which the usual search misses for want of ground around it.

The picture is looked at small, on a grey ground, and tilted in steps of 30°: profiles too show up in one or another.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.detection.cascade import Cascade
from model.detection.faces import Faces, joined

SIDE = 96
"""Longest side of the copy that is looked at, pixels: of any face, O-Net sees 48."""

CANVAS = 144
"""Side of the grey ground, pixels: room for the copy's corners when it is tilted."""

GREY = (128, 128, 128)

MIN_SHARE = 0.4
"""Of the longest side, that the face takes; smaller ones have enough ground around them."""

WINDOW_SCORES = 0.3, 0.3
"""From which windows are passed to R-Net and O-Net, lower than usual: there are few windows of that size."""

UPRIGHT_WAYS = (0, 30, -30)
ALL_WAYS = tuple(range(0, 360, 30))


def find_filling_face(
    cascade: Cascade, picture: NDArray[np.uint8], min_confidence: float, ways: Sequence[int] = ALL_WAYS
) -> Faces:
    """The one face that fills the picture, or none.

    Args:
        cascade: finds the faces.
        picture: (height, width, 3), RGB, 0-255.
        min_confidence: only a surer face than this, 0-1.
        ways: degrees by which the picture is turned to the left.
    """
    scale = SIDE / max(picture.shape[:2])
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    faces = joined(*(_find_tilted(cascade, small, degrees, min_confidence) for degrees in ways))
    filling = faces[faces.sizes >= MIN_SHARE * SIDE]
    return filling[np.argsort(-filling.confidence)[:1]].scaled(picture.shape, small.shape)


def _find_tilted(cascade: Cascade, small: NDArray[np.uint8], degrees: int, min_confidence: float) -> Faces:
    """Faces in the small picture turned to the left, in its own pixels; each box keeps its size around its centre."""
    height, width = small.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    matrix[:, 2] += (CANVAS - width) / 2, (CANVAS - height) / 2
    canvas = cv2.warpAffine(small, matrix, (CANVAS, CANVAS), borderValue=GREY)
    faces = cascade.find(canvas, min_confidence, WINDOW_SCORES, round(MIN_SHARE * SIDE))
    turns = round(degrees / 90) % 4
    half = (faces.boxes[:, 2:] - faces.boxes[:, :2])[:, :: -1 if turns % 2 else 1] / 2
    points = np.concatenate([faces.landmarks, faces.boxes.reshape(-1, 2, 2).mean(1, keepdims=True)], axis=1)
    back = cv2.invertAffineTransform(matrix)
    points = points @ back[:, :2].T + back[:, 2]
    boxes = np.concatenate([points[:, 5] - half, points[:, 5] + half], axis=1)
    return Faces(boxes, points[:, :5], faces.confidence, np.full(len(faces), turns))
