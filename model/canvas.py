"""Draws on pixels in place, as Pillow draws on pictures, of which it would make two copies, 7 bytes per pixel."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, the last two included, pixels."""


class Canvas:
    """An RGB picture to draw on; what lies outside is left out.

    Args:
        pixels: (height, width, 3), RGB, 0-255; changed by everything that is drawn.
    """

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._pixels = pixels
        self._measure = ImageDraw.Draw(Image.new("RGB", (1, 1)))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self._pixels.shape[1], self._pixels.shape[0]

    def rectangle(self, box: Box, fill: str | None = None, outline: str | None = None, width: int = 1) -> None:
        """A filled rectangle, or one whose outline is so many pixels wide, inwards."""
        left, top, right, bottom = (math.floor(edge) for edge in box)
        if fill:
            self._fill(left, top, right, bottom, fill)
        if outline:
            inner = width - 1
            self._fill(left, top, right, min(top + inner, bottom), outline)
            self._fill(left, max(bottom - inner, top), right, bottom, outline)
            self._fill(left, top, min(left + inner, right), bottom, outline)
            self._fill(max(right - inner, left), top, right, bottom, outline)

    def textbbox(self, at: tuple[float, float], text: str, font: Font) -> Box:
        """Where the text would be."""
        return self._measure.textbbox(at, text, font=font)

    def text(self, at: tuple[float, float], text: str, fill: str, font: Font) -> None:
        """A line of text, whose upper left corner is at that place."""
        left, top, right, bottom = self.textbbox(at, text, font)
        x, y = max(0, math.floor(min(left, at[0])) - 1), max(0, math.floor(min(top, at[1])) - 1)
        part = self._part(x, y, math.ceil(right) + 1, math.ceil(bottom) + 1)
        if part.size:
            picture = Image.fromarray(part)
            ImageDraw.Draw(picture).text((at[0] - x, at[1] - y), text, fill, font)
            part[:] = np.asarray(picture)

    def _fill(self, left: int, top: int, right: int, bottom: int, color: str) -> None:
        self._part(left, top, right, bottom)[:] = ImageColor.getrgb(color)[:3]

    def _part(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
        return self._pixels[max(0, top) : max(0, bottom + 1), max(0, left) : max(0, right + 1)]
