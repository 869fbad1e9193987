"""A small picture with a colour in each corner, encoded in many ways."""

import io
from typing import Any

import numpy as np
from PIL import Image

# Red above left, green above right, blue below: every turn and mirroring shows.
PICTURE = np.zeros((40, 60, 3), np.uint8)
PICTURE[:20, :30], PICTURE[:20, 30:], PICTURE[20:] = (220, 30, 30), (30, 200, 30), (30, 30, 210)


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def assert_close(got: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    assert got.shape == expected.shape
    assert got.dtype == np.uint8
    assert np.abs(got.astype(int) - expected.astype(int)).mean() < tolerance
