"""Random changes to a chip that leave age and gender as they are.

Flips, small affine moves, light, blur, JPEG loss and erased patches: what happens to a face between two
cameras, and what a detector's landmarks are off by. No hue shifts and no strong geometry: skin colour and
the place of the landmarks are part of the signal. Plain numpy and OpenCV, so that it runs in the data
loader's threads whatever the backend.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

MAX_ROTATION = 15.0  # degrees, either way
SCALE = (0.88, 1.12)
MAX_SHIFT = 0.06  # share of the side
LIGHT = 0.25  # brightness and contrast, share either way
SATURATION = 0.3
BLUR_PROBABILITY = 0.1
JPEG_PROBABILITY = 0.15
JPEG_QUALITY = (30, 90)
ERASE_PROBABILITY = 0.25
ERASED_AREA = (0.02, 0.15)  # share of the chip


def augment(chip: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """One random variant of a chip: (side, side, 3) RGB 0-255 in, the same out; `chip` is not changed."""
    image = _move(chip, rng)
    image = _relight(image, rng)
    if rng.random() < BLUR_PROBABILITY:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 2.0))
    if rng.random() < JPEG_PROBABILITY:
        quality = int(rng.integers(*JPEG_QUALITY))
        # Channel order does not matter here, as long as both ways agree.
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)  # type: ignore[assignment]  # JPEG made just now
    if rng.random() < ERASE_PROBABILITY:
        image = _erase(image, rng)
    return image


def _move(chip: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    side = chip.shape[0]
    centre = (side - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), rng.uniform(-MAX_ROTATION, MAX_ROTATION), rng.uniform(*SCALE))
    matrix[:, 2] += rng.uniform(-MAX_SHIFT, MAX_SHIFT, 2) * side
    if rng.random() < 0.5:  # mirror first: x becomes side - 1 - x
        matrix[:, 2] += matrix[:, 0] * (side - 1)
        matrix[:, 0] *= -1
    return cv2.warpAffine(chip, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _relight(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    pixels = image.astype(np.float32)
    grey = pixels @ np.array([0.299, 0.587, 0.114], np.float32)
    pixels = grey[..., None] + (pixels - grey[..., None]) * np.float32(rng.uniform(1 - SATURATION, 1 + SATURATION))
    pixels = (pixels - 127.5) * np.float32(rng.uniform(1 - LIGHT, 1 + LIGHT)) + np.float32(127.5)
    pixels *= np.float32(rng.uniform(1 - LIGHT, 1 + LIGHT))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _erase(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Covers a random rectangle with noise (Zhong et al., arXiv 1708.04896)."""
    side = image.shape[0]
    area, aspect = rng.uniform(*ERASED_AREA) * side**2, np.exp(rng.uniform(-0.7, 0.7))
    height, width = min(side, round(np.sqrt(area * aspect))), min(side, round(np.sqrt(area / aspect)))
    y, x = rng.integers(side - height + 1), rng.integers(side - width + 1)
    image = image.copy()
    image[y : y + height, x : x + width] = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    return image
