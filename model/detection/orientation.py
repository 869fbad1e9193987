"""Which way up a photo lies, decided for the whole photo from what is found in all four ways.

MTCNN finds upright faces. In a photo that lies on its side it finds some of them all the same, sideways or upside down
and often with a score above 0.9, besides a few small things that are no faces. Of what is found at one place the surest
is right, large ones before small ones; and what lies otherwise than most of the photo has to be surer.
"""

import numpy as np
from numpy.typing import NDArray

from model.detection.boxes import non_max_suppression
from model.detection.faces import Faces

SAME_PLACE = 0.4
"""Share of the smaller box from which two faces found in different ways are one."""

TILT_DOUBT = 20
"""Degrees of tilt that cost a face 1 of its log-odds: one found sideways or upside down mostly seems tilted as well,
which spares a third to a half of the wrong decisions."""

OTHER_WAY_CONFIDENCE = 0.97
"""From which a face is believed that lies otherwise than most of the photo, as in a collage: 19 of 20 are surer, and
1 in 800 photos without a face shows something that is."""

HINT_CONFIDENCE = 0.9
"""The same for a face in a smaller copy, which is only a reason to search the photo itself that way."""


def turned(image: NDArray[np.uint8], turns: int) -> NDArray[np.uint8]:
    """The image after so many quarter turns to the left."""
    return np.ascontiguousarray(np.rot90(image, turns))


def turned_back(faces: Faces, turns: int, shape: tuple[int, ...]) -> Faces:
    """Faces found in `turned(image, turns)` in pixels of the image, whose (height, width, …) is `shape`."""
    height, width = shape[:2]

    def back(points: NDArray[np.floating], last: int) -> NDArray[np.floating]:
        x, y = points[..., 0], points[..., 1]
        right, bottom = width - last, height - last
        ways = {0: (x, y), 1: (right - y, x), 2: (right - x, bottom - y), 3: (y, bottom - x)}
        return np.stack(ways[turns], axis=-1)

    corners = back(faces.boxes.reshape(-1, 2, 2), 0)
    boxes = np.concatenate([corners.min(1), corners.max(1)], axis=1)
    return Faces(boxes, back(faces.landmarks, 1), faces.confidence, np.full(len(faces), turns))


def settle(faces: Faces, other_way_confidence: float = OTHER_WAY_CONFIDENCE) -> Faces:
    """One face at each place, and of those that lie otherwise than most of the photo only the sure ones."""
    belief = faces.log_odds - faces.tilts / TILT_DOUBT
    order = belief + np.log(np.maximum(faces.sizes, 1))
    kept = non_max_suppression(faces.boxes, order, SAME_PLACE, of="smaller")
    surest = faces[kept]
    evidence = np.bincount(surest.turns, np.maximum(belief[kept], 0) * surest.sizes, minlength=4)
    return surest[(surest.turns == evidence.argmax()) | (surest.confidence >= other_way_confidence)]
