"""Random changes to a chip that leave age and gender as they are.

Flips, small affine moves, light, sharpness, grain, JPEG loss, black-and-white and erased patches: what happens to a
face between two cameras, and what a detector's landmarks are off by. UTKFace's chips are softer than faces cut out of
large photos, and a network takes sharpness for age unless it sees every face soft and sharp. No hue shifts and no
strong geometry: skin colour and the place of the landmarks are part of the signal. Plain numpy and OpenCV, so that it
runs in the data loader's threads whatever the backend.
"""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

MAX_ROTATION = 15.0  # degrees, either way
SCALE = (0.85, 1.15)
MAX_SHIFT = 0.06  # share of the side
LIGHT = 0.25  # brightness and contrast, share either way
SATURATION = 0.3  # share either way
MAX_LOG_GAMMA = 0.35  # either way

GREY_PROBABILITY = 0.12
FADED_SHARE = 0.4  # of the grey pictures: toned like an old print
FADED_TONE = ((1.0, 1.0), (0.85, 1.0), (0.65, 0.95))  # factors of red, green and blue

# Of ten pictures about three stay as sharp as they are.
COARSE_PROBABILITY, COARSE_SIDE = 0.25, (48, 150)  # pixels, to which the chip is shrunk and enlarged again
BLUR_PROBABILITY, BLUR_SIGMA = 0.2, (0.5, 2.2)  # pixels
SHARPEN_PROBABILITY, SHARPEN_AMOUNT, SHARPEN_SIGMA = 0.2, (0.3, 1.5), (0.8, 2.0)
ENLARGING = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)

GRAIN_PROBABILITY, GRAIN = 0.1, (2.0, 10.0)  # standard deviation, of 255
JPEG_PROBABILITY, JPEG_QUALITY = 0.25, (30, 95)
ERASE_PROBABILITY, ERASED_AREA = 0.2, (0.02, 0.15)  # share of the chip


def augment(chip: NDArray[np.uint8], rng: np.random.Generator, varied_looks: bool = True) -> NDArray[np.uint8]:
    """One random variant of a chip: (side, side, 3) RGB 0-255 in, the same out; `chip` is not changed.

    With `varied_looks`, some variants are softer, sharper or black-and-white.
    """
    image = _relight(_move(chip, rng), rng)
    if varied_looks and rng.random() < GREY_PROBABILITY:
        image = _decolour(image, rng)
    if varied_looks:
        image = _change_sharpness(image, rng)
    if rng.random() < GRAIN_PROBABILITY:
        grain = rng.normal(0, rng.uniform(*GRAIN), (*image.shape[:2], 1))
        image = np.clip(image + grain, 0, 255).astype(np.uint8)
    if rng.random() < JPEG_PROBABILITY:
        image = _compress(image, int(rng.integers(*JPEG_QUALITY)))
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
    """Gamma, contrast and brightness by one table for all pixels, then saturation."""
    gamma = np.exp(rng.uniform(-MAX_LOG_GAMMA, MAX_LOG_GAMMA))
    contrast, brightness = rng.uniform(1 - LIGHT, 1 + LIGHT, 2)
    levels = 255 * (np.arange(256) / 255) ** gamma
    table = np.clip(((levels - 127.5) * contrast + 127.5) * brightness, 0, 255).astype(np.uint8)
    image = cast(NDArray[np.uint8], cv2.LUT(image, table))
    saturation = rng.uniform(1 - SATURATION, 1 + SATURATION)
    return cast(NDArray[np.uint8], cv2.addWeighted(image, saturation, _grey(image), 1 - saturation, 0))


def _grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cast(NDArray[np.uint8], cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB))


def _decolour(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    grey = _grey(image)
    if rng.random() < FADED_SHARE:
        grey = (grey * [rng.uniform(*tone) for tone in FADED_TONE]).astype(np.uint8)
    return grey


def _change_sharpness(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Coarser, softer, sharper, or as it is."""
    kind = rng.random()
    if kind < COARSE_PROBABILITY:
        side, small = image.shape[0], int(rng.integers(*COARSE_SIDE))
        coarse = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        how = ENLARGING[rng.integers(len(ENLARGING))]
        return cast(NDArray[np.uint8], cv2.resize(coarse, (side, side), interpolation=how))
    kind -= COARSE_PROBABILITY
    if kind < BLUR_PROBABILITY:
        return cast(NDArray[np.uint8], cv2.GaussianBlur(image, (0, 0), rng.uniform(*BLUR_SIGMA)))
    if kind < BLUR_PROBABILITY + SHARPEN_PROBABILITY:
        amount = rng.uniform(*SHARPEN_AMOUNT)
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(*SHARPEN_SIGMA))
        return cast(NDArray[np.uint8], cv2.addWeighted(image, 1 + amount, soft, -amount, 0))
    return image


def _compress(image: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    # Channel order does not matter here, as long as both ways agree.
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cast(NDArray[np.uint8], cv2.imdecode(data, cv2.IMREAD_COLOR))


def _erase(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Covers a random rectangle with noise (Zhong et al., arXiv 1708.04896)."""
    side = image.shape[0]
    area, aspect = rng.uniform(*ERASED_AREA) * side**2, np.exp(rng.uniform(-0.7, 0.7))
    height, width = min(side, round(np.sqrt(area * aspect))), min(side, round(np.sqrt(area / aspect)))
    y, x = rng.integers(side - height + 1), rng.integers(side - width + 1)
    image = image.copy()
    image[y : y + height, x : x + width] = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    return image
