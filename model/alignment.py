"""Cuts chips out of photos: every face is warped to the geometry of UTKFace's chips.

The network has only seen faces whose eyes, nose and mouth are at nearly the same places. A plain crop of a detected box
does not put them there, so the face is moved, turned and scaled (without shear) until its five landmarks are as close
as possible to their mean positions in the chips.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

CHIP_SIZE = 200
"""Side of a UTKFace chip, pixels."""

CHIP_LANDMARKS = np.array([[60, 58], [137, 58], [98, 104], [63, 137], [134, 138]], dtype=np.float64)
"""Mean (x, y) of left eye, right eye, nose, left and right mouth corner in the chips, pixels.

Left and right as seen by the viewer. Measured by `python -m train geometry`.
"""


def align(image: NDArray[np.uint8], landmarks: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Cuts the chip of one face out of a photo.

    Args:
        image: (height, width, 3), RGB, 0-255.
        landmarks: (5, 2), x and y in pixels of `image`, in the order of `CHIP_LANDMARKS`.

    Returns:
        (200, 200, 3), RGB, 0-255. Beyond the edge of the photo, its border pixels are repeated.
    """
    matrix = similarity_transform(landmarks, CHIP_LANDMARKS)
    shrink = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if shrink < 0.5:
        # Below half size, bilinear sampling skips pixels, which turns skin into noise: average them first.
        image, matrix = _shrunk_around(image, landmarks, shrink, matrix)
    return cv2.warpAffine(
        image, matrix, (CHIP_SIZE, CHIP_SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def similarity_transform(source: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """The 2x3 matrix that turns, scales and moves `source` onto `target`, by least squares over all points.

    Complex-number form of Umeyama's method (IEEE PAMI 13, 1991) without reflection.
    """
    s, t = source @ (1, 1j), target @ (1, 1j)
    ds, dt = s - s.mean(), t - t.mean()
    factor = np.vdot(ds, dt) / np.vdot(ds, ds)
    move = t.mean() - factor * s.mean()
    return np.array([[factor.real, -factor.imag, move.real], [factor.imag, factor.real, move.imag]])


def _shrunk_around(
    image: NDArray[np.uint8], landmarks: NDArray[np.floating], shrink: float, matrix: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The part of the photo that the chip shows, area-averaged to about chip size, and the matrix for that part."""
    corners = np.array([[0, 0], [CHIP_SIZE, 0], [0, CHIP_SIZE], [CHIP_SIZE, CHIP_SIZE]], dtype=np.float64)
    reach = cv2.transform(corners[None], cv2.invertAffineTransform(matrix))[0]
    height, width = image.shape[:2]
    x0, y0 = np.clip(np.floor(reach.min(0)).astype(int) - 2, 0, (width - 1, height - 1))
    x1, y1 = np.clip(np.ceil(reach.max(0)).astype(int) + 2, (x0 + 1, y0 + 1), (width, height))
    part = image[y0:y1, x0:x1]
    size = max(1, round((x1 - x0) * shrink)), max(1, round((y1 - y0) * shrink))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    scale = np.array([size[0] / (x1 - x0), size[1] / (y1 - y0)])
    # Pixel centres, not corners, map onto each other.
    moved = (landmarks - (x0, y0) + 0.5) * scale - 0.5
    return small, similarity_transform(moved, CHIP_LANDMARKS)
