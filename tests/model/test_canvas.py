"""What is drawn on pixels is what Pillow draws on a picture."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from model.canvas import Canvas

FONT = ImageFont.load_default(14)
DRAWINGS: dict[str, Callable[[Any], None]] = {
    "filled": lambda draw: draw.rectangle((5, 6.5, 20.25, 30), fill="#E69F00"),
    "outline": lambda draw: draw.rectangle((5, 6, 40, 30), outline="#56B4E9", width=4),
    "outline over the edges": lambda draw: draw.rectangle((-3, -2, 70, 60), outline="#56B4E9", width=6),
    "outside": lambda draw: draw.rectangle((100, 100, 120, 120), fill="#56B4E9"),
    "text": lambda draw: draw.text((7.5, 11.25), "34 · female", "black", FONT),
    "text over the edge": lambda draw: draw.text((-4.0, 35.0), "34 · female", "white", FONT),
    "text outside": lambda draw: draw.text((-90.0, -30.0), "34", "white", FONT),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_pixels_are_those_of_pillow(name: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels)
    DRAWINGS[name](ImageDraw.Draw(picture))
    DRAWINGS[name](Canvas(pixels))
    np.testing.assert_array_equal(pixels, np.asarray(picture))


def test_text_is_measured_as_pillow_measures_it() -> None:
    pixels = np.zeros((9, 9, 3), np.uint8)
    expected = ImageDraw.Draw(Image.fromarray(pixels)).textbbox((3, 4), "34 · female", font=FONT)
    assert Canvas(pixels).textbbox((3, 4), "34 · female", FONT) == expected
