"""Finds the frame of an animation that shows something: many begin with a black one."""

import contextlib
from collections.abc import Callable
from typing import Any

from PIL import Image

from model.reading.colours import strips
from model.reading.structure import MAX_FRAMES

ANIMATIONS = ("GIF", "PNG", "WEBP")
MAX_FRAME_PIXELS = 100_000_000
"""Pixels of all frames looked at together, about a second's work."""
UNIFORM = 8
"""Levels of 255 in which the colours of a frame that shows nothing differ, since lossy formats are not exact."""


def telling_frame(image: Image.Image, reopen: Callable[[], Image.Image]) -> Image.Image:
    """The first frame that is not of one colour; the first one if all are, or if the picture does not move.

    Args:
        image: opened, and its first frame decoded.
        reopen: opens the picture again.
    """
    pixels = image.width * image.height
    if image.format not in ANIMATIONS or not getattr(image, "is_animated", False):
        return image
    if 4 * pixels > MAX_FRAME_PIXELS or not _uniform(image):
        return image
    size = image.size
    with contextlib.suppress(Exception):  # the end, or damaged frames, whatever their decoder raises: the first will do
        for frame in range(1, min(MAX_FRAMES, MAX_FRAME_PIXELS // pixels)):
            image.seek(frame)
            image.load()
            if image.size != size:  # a frame may enlarge the picture, which has been measured before
                break
            if not _uniform(image):
                return image
    image = reopen()
    image.load()
    return image


def _uniform(frame: Image.Image) -> bool:
    extremes: Any = [strip.convert("RGBA").getextrema() for _, strip in strips(frame)]
    bands = zip(*extremes, strict=True)
    return all(max(high for _, high in band) - min(low for low, _ in band) <= UNIFORM for band in bands)
