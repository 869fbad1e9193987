"""Marks the people in pictures and in frames as they are coded."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.drawing import mark, reach
from model.face import rescaled
from model.video.frame import split_planes
from model.video.people import Marks


def mark_people(picture: NDArray[np.uint8], marks: Marks, scale: float) -> None:
    """Marks the people of a frame in an RGB picture that is so many times its size."""
    mark(picture, [rescaled(face, scale, scale) for _, face in marks], numbers=[number for number, _ in marks])


def mark_planes(planes: NDArray[np.uint8], marks: Marks, scale: float) -> None:
    """The same in a picture as `Frame.planes` gives it.

    Only the rows with marks go through RGB: a whole frame would take twice as long, and the rest stays as it was.
    """
    if not marks:
        return
    height, width = len(planes) * 2 // 3, planes.shape[1]
    edges = [(face.box[1] * scale, (face.box[1] + face.box[3]) * scale) for _, face in marks]
    room = reach((width, height))
    top = max(0, int(min(top for top, _ in edges)) - room) // 2 * 2
    bottom = min(height, int(max(bottom for _, bottom in edges)) + room) // 2 * 2
    if top >= bottom:
        return
    parts = [plane[top * len(plane) // height : bottom * len(plane) // height] for plane in split_planes(planes)]
    band = np.concatenate([part.reshape(-1) for part in parts]).reshape(-1, width)
    picture = np.empty((height, width, 3), np.uint8)  # all of it, since marks depend on the size; the rest is unused
    cv2.cvtColor(band, cv2.COLOR_YUV2RGB_I420, dst=picture[top:bottom])
    mark_people(picture, marks, scale)
    for part, marked in zip(
        parts, split_planes(cv2.cvtColor(picture[top:bottom], cv2.COLOR_RGB2YUV_I420)), strict=True
    ):
        part[:] = marked
