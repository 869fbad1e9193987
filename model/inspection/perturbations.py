"""Ways in which a photo can be bad, one slider each: rotation, occlusion, light, blur, resolution, JPEG loss.

The chip is changed and not the photo, so that the effect is that on the network and not on the detector. Common
corruptions as in Hendrycks and Dietterich, arXiv 1903.12261, with continuous strengths.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alignment import CHIP_SIZE

Chip = NDArray[np.uint8]
"""(200, 200, 3), RGB, 0-255."""


@dataclass(frozen=True)
class Perturbation:
    """One way to change a chip.

    label, unit: for people; the unit follows a number directly ("3 pixels", "40%").
    description: what the strength means, in a few words.
    strengths: those at which robustness is measured, in ascending order; `neutral` is one of them.
    neutral: the strength that leaves the chip unchanged.
    step: of a slider.
    change: gives the chip at a strength other than `neutral`, and leaves its argument unchanged.
    """

    label: str
    unit: str
    description: str
    strengths: tuple[float, ...]
    neutral: float
    step: float
    change: Callable[[Chip, float], Chip]

    @property
    def low(self) -> float:
        return self.strengths[0]

    @property
    def high(self) -> float:
        return self.strengths[-1]

    def apply(self, chip: Chip, strength: float) -> Chip:
        """The chip at a strength from `low` to `high`."""
        return chip if strength == self.neutral else self.change(chip, strength)


def perturb(chip: Chip, strengths: Mapping[str, float]) -> Chip:
    """The chip with all given changes applied, in the order in which they happen in a camera.

    Args:
        chip: (200, 200, 3), RGB, 0-255; it is not modified.
        strengths: by key of `PERTURBATIONS`; those left out stay neutral.

    Raises:
        ValueError: if a key is unknown.
    """
    if unknown := set(strengths) - set(PERTURBATIONS):
        raise ValueError(f"`strengths` must have keys of {', '.join(PERTURBATIONS)}. Received: {', '.join(unknown)}")
    for name, perturbation in PERTURBATIONS.items():
        chip = perturbation.apply(chip, strengths.get(name, perturbation.neutral))
    return chip


def sweep(chip: Chip, strengths: Mapping[str, float], name: str) -> tuple[NDArray[np.float64], Chip]:
    """One change over its whole range, while the others are kept.

    Args:
        chip: (200, 200, 3), RGB, 0-255.
        strengths: as for `perturb`; that of `name` is ignored.
        name: the change that varies.

    Returns:
        Its strengths, (n,), ascending, with one more between any two, and the chips, (n, 200, 200, 3).
    """
    measured = PERTURBATIONS[name].strengths
    positions = np.linspace(0, len(measured) - 1, 2 * len(measured) - 1)
    values = np.interp(positions, np.arange(len(measured)), measured)
    return values, np.stack([perturb(chip, {**strengths, name: float(value)}) for value in values])


def _turn(chip: Chip, degrees: float) -> Chip:
    centre = (CHIP_SIZE - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), degrees, 1)
    return cv2.warpAffine(chip, matrix, (CHIP_SIZE, CHIP_SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _cover(chip: Chip, percent: float) -> Chip:
    covered = chip.copy()
    covered[CHIP_SIZE - round(CHIP_SIZE * percent / 100) :] = chip.mean((0, 1)).round()
    return covered


def _relight(chip: Chip, percent: float) -> Chip:
    return np.clip(chip.astype(np.float32) * (percent / 100), 0, 255).astype(np.uint8)


def _blur(chip: Chip, sigma: float) -> Chip:
    return cv2.GaussianBlur(chip, (0, 0), sigma)


def _lower_resolution(chip: Chip, side: float) -> Chip:
    small = cv2.resize(chip, (round(side), round(side)), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (CHIP_SIZE, CHIP_SIZE), interpolation=cv2.INTER_LINEAR)


def _compress(chip: Chip, quality: float) -> Chip:
    # OpenCV expects blue first, and JPEG weighs the channels differently: swap them for encoding.
    _, data = cv2.imencode(".jpg", chip[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, round(quality)])
    return cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)  # type: ignore[return-value]  # the JPEG was just encoded


PERTURBATIONS: dict[str, Perturbation] = {
    "rotation": Perturbation(
        "Rotation", "°", "in the plane of the picture, counter-clockwise",
        (-60, -45, -30, -15, 0, 15, 30, 45, 60), 0, 1, _turn,
    ),
    "occlusion": Perturbation(
        "Occlusion", "%", "share covered from below, as by a mask or a scarf", (0, 10, 20, 30, 40, 50, 60, 70), 0, 1,
        _cover,
    ),
    "brightness": Perturbation(
        "Brightness", "%", "compared with the photo as it is", (10, 25, 50, 75, 100, 150, 200, 300), 100, 5,
        _relight,
    ),
    "blur": Perturbation(
        "Blur", " pixels", f"standard deviation of a Gaussian, on a face cut-out of {CHIP_SIZE} pixels",
        (0, 1, 2, 3, 4, 6, 8, 10), 0, 0.25, _blur,
    ),
    "resolution": Perturbation(
        "Resolution", " pixels", "side of the face cut-out", (8, 12, 16, 24, 32, 48, 64, 100, CHIP_SIZE), CHIP_SIZE, 1,
        _lower_resolution,
    ),
    "jpeg": Perturbation(
        "JPEG quality", "", "1 to 100, where 100 means the photo as it is", (1, 3, 6, 12, 25, 50, 100), 100, 1,
        _compress,
    ),
}  # fmt: skip
"""By name, in the order in which they happen in a camera."""
