"""Draws boxes and labels into a photo."""

import functools
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from model.face import UNCERTAIN, Face
from model.image import to_array

COLORS = {"female": "#E69F00", "male": "#56B4E9", UNCERTAIN: "#C8CCD1"}
"""By stated gender: Okabe and Ito's orange and sky blue, which colour-blind people can tell apart, and grey; text on
them is black."""


def describe(face: Face) -> str:
    """A face in a few words, with its warnings: "34 · female", "34 · uncertain · small, turned"."""
    return " · ".join(filter(None, (f"{face.age:.0f}", face.stated_gender, ", ".join(face.warnings))))


def annotate(
    image: NDArray[np.uint8], faces: list[Face], least_label: float = 0.0, numbers: Sequence[int] | None = None
) -> NDArray[np.uint8]:
    """A copy of the photo with a numbered box and label for each face.

    Args:
        image: (height, width, 3), RGB, 0-255.
        faces: to mark.
        least_label: smallest height of the type of a label, as a share of the photo's height, 0-1.
        numbers: of the faces, all shown; without them, several faces are counted from 1.
    """
    several = len(faces) > 1 or numbers is not None
    numbers = range(1, len(faces) + 1) if numbers is None else numbers
    picture = Image.fromarray(image)
    draw = ImageDraw.Draw(picture)
    stroke = max(2, round(max(picture.size) / 400))
    # The largest face is drawn last, so that nothing covers its label.
    for number, face in reversed(list(zip(numbers, faces, strict=True))):
        x, y, width, height = face.box
        color = COLORS[face.stated_gender]
        draw.rectangle((x, y, x + width - 1, y + height - 1), outline=color, width=stroke)
        text = f"{number}: {describe(face)}" if several else describe(face)
        _draw_label(draw, text, face, color, picture.size, round(least_label * picture.height))
    return to_array(picture)


def encode_jpeg(image: NDArray[np.uint8], quality: int = 92) -> bytes:
    """The picture as a JPEG file, without any metadata."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _draw_label(
    draw: ImageDraw.ImageDraw, text: str, face: Face, color: str, size: tuple[int, int], least: int
) -> None:
    """A filled label above the box, or inside its upper edge where there is no room above; always within the photo."""
    x, y, width, _ = face.box
    smallest, largest = max(size) / 70, max(size) / 25
    font_size = max(least, round(float(np.clip(width / 8, max(10, smallest), max(12, largest)))))
    font = _font(font_size)
    padding = font_size / 4
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    label_width, label_height = right - left + 2 * padding, bottom - top + 2 * padding
    label_x = max(0, min(x, size[0] - label_width))
    label_y = y - label_height if y >= label_height else max(0, y)
    draw.rectangle((label_x, label_y, label_x + label_width, label_y + label_height), fill=color)
    draw.text((label_x + padding - left, label_y + padding - top), text, fill="black", font=font)


@functools.lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Cached, since reading a font takes longer than drawing a label with it."""
    return ImageFont.load_default(size)
