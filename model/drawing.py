"""Draws boxes and labels into a photo."""

import functools
import io
import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFont

from model.canvas import Canvas, Font
from model.face import Face
from model.palette import GENDER_COLORS, TEXT_COLORS

JPEG_QUALITY = 92

HALO = "#FFFFFF"
"""Around a box, so that it stands out from dark photos, too."""


def describe(face: Face) -> str:
    """A face in a few words, with its warnings: "34 · female", "34 · uncertain · small, turned"."""
    return " · ".join(filter(None, (f"{face.age:.0f}", face.stated_gender, ", ".join(face.warnings))))


def annotate(image: NDArray[np.uint8], faces: list[Face], least_label: float = 0.0) -> NDArray[np.uint8]:
    """A copy of the photo with the marks of `mark`."""
    marked = image.copy()
    mark(marked, faces, least_label)
    return marked


def annotated_jpeg(image: NDArray[np.uint8], faces: list[Face]) -> bytes:
    """The photo with its faces marked, as a JPEG file without any metadata.

    The pixels of `image` are used up: a copy of the largest photos would take hundreds of megabytes.
    """
    mark(image, faces)
    for row in image:
        row[:] = row[:, ::-1]  # blue, green, red, as OpenCV wants it
    return cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))[1].tobytes()


def encode_jpeg(image: NDArray[np.uint8], quality: int = JPEG_QUALITY) -> bytes:
    """The picture as a JPEG file, without any metadata."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def reach(size: tuple[int, int]) -> int:
    """How far above or below its face a mark may go in a photo of that width and height, pixels."""
    return 2 * _largest_type(size)


def mark(
    image: NDArray[np.uint8], faces: list[Face], least_label: float = 0.0, numbers: Sequence[int] | None = None
) -> None:
    """Draws a numbered box and label for each face into the photo itself.

    Args:
        image: (height, width, 3), RGB, 0-255.
        faces: to mark.
        least_label: smallest height of the type of a label, as a share of the photo's height, 0-1.
        numbers: of the faces, all shown; without them, several faces are counted from 1.
    """
    several = len(faces) > 1 or numbers is not None
    numbers = range(1, len(faces) + 1) if numbers is None else numbers
    draw = Canvas(image)
    stroke = max(2, round(max(draw.size) / 400))
    # The largest face is drawn last, so that nothing covers its label.
    for number, face in reversed(list(zip(numbers, faces, strict=True))):
        x, y, width, height = face.box
        color = GENDER_COLORS[face.stated_gender]
        halo = stroke // 2
        draw.rectangle(
            (x - halo, y - halo, x + width - 1 + halo, y + height - 1 + halo), outline=HALO, width=stroke + 2 * halo
        )
        draw.rectangle((x, y, x + width - 1, y + height - 1), outline=color, width=stroke)
        text = f"{number}: {describe(face)}" if several else describe(face)
        _draw_label(draw, text, face, round(least_label * draw.size[1]))


def _draw_label(draw: Canvas, text: str, face: Face, least: int) -> None:
    """A filled label above the box, or inside its upper edge where there is no room above; always within the photo."""
    x, y, width, _ = face.box
    size = draw.size
    font_size = max(least, round(float(np.clip(width / 8, max(10, max(size) / 70), _largest_type(size)))))
    font = _font(font_size)
    padding = font_size / 4
    left, top, right, bottom = draw.textbbox((0, 0), text, font)
    label_width, label_height = right - left + 2 * padding, bottom - top + 2 * padding
    label_x = max(0, min(x, size[0] - label_width))
    label_y = y - label_height if y >= label_height else max(0, y)
    draw.rectangle(
        (label_x, label_y, label_x + label_width, label_y + label_height), fill=GENDER_COLORS[face.stated_gender]
    )
    draw.text((label_x + padding - left, label_y + padding - top), text, TEXT_COLORS[face.stated_gender], font)


def _largest_type(size: tuple[int, int]) -> int:
    return max(12, math.ceil(max(size) / 25))


@functools.lru_cache(maxsize=64)
def _font(size: int) -> Font:
    """Cached, since reading a font takes longer than drawing a label with it."""
    return ImageFont.load_default(size)
