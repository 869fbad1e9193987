"""Quality warnings: reasons in the picture itself to trust an estimate less.

The bounds of resolution and blur are where the mean age error has grown by a tenth on validation photos that were made
worse; `python -m train robustness --split validation` measures that again, with the sharpness that each blur leaves.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.detection.detector import SURE_CONFIDENCE

MAX_INTERVAL = 40.0
"""Years between the ends of the age interval. That of 1 in 100 true faces is wider, and so are those of 9 in 10 finds
in photos without people: the network has learnt what faces of each age look like, and finds none of it."""

MIN_EYE_DISTANCE = 20.0
"""Pixels of the photo. The error is up by a tenth when a chip, whose eyes lie 77 of its 200 pixels apart, is enlarged
from between 48 and 64 pixels, which is a distance of 18 to 25."""

MIN_SHARPNESS = 28.0
"""As `sharpness` gives it. The error is up by a tenth at a Gaussian blur between 2 and 2.5 pixels of the chip; that of
2.5 pixels leaves half of the photos below this bound, and of the unchanged photos fewer than 1 in 100 lie below it."""

MAX_TURN = 0.25
"""Eye distances by which the nose may lie off the middle of the eyes: a yaw of about 27°."""

MAX_TILT = 30.0
"""Degrees. Up to this tilt the cost of finding and straightening a face is measured (`python -m train placement`)."""

WARNINGS = {
    "unsure detection": "This may not be a face. Look at what the box in the picture surrounds.",
    "small": f"The eyes are less than {MIN_EYE_DISTANCE:.0f} pixels apart. Use a picture that shows the face larger.",
    "blurred": "The face lacks fine detail. Use a sharper picture.",
    "turned": "The face looks to the side. Use a picture that shows it from the front.",
    "tilted": f"The head is tilted by more than {MAX_TILT:.0f}°. Use a picture that shows it upright.",
}
"""The sentence for people behind each code in `Face.warnings`, most serious first."""


def may_be_face(confidence: float, interval: float) -> bool:
    """Whether the detector or the estimate of the age is sure enough for a find to count as a face.

    Args:
        confidence: of the detector that this is a face, 0-1.
        interval: between the ends of the age interval, years.
    """
    return confidence >= SURE_CONFIDENCE or interval <= MAX_INTERVAL


def find_warnings(
    landmarks: NDArray[np.floating], confidence: float, interval: float, chip: NDArray[np.uint8]
) -> tuple[str, ...]:
    """What is wrong with the picture of a face: codes of `WARNINGS` in their order; mostly none.

    Args:
        landmarks: (5, 2), x and y in pixels of the photo, in the order of `model.alignment.CHIP_LANDMARKS`.
        confidence: of the detector that this is a face, 0-1.
        interval: between the ends of the age interval, years.
        chip: (200, 200, 3), RGB, 0-255: the same face, aligned.
    """
    small = eye_distance(landmarks) < MIN_EYE_DISTANCE
    found = {
        "unsure detection": confidence < SURE_CONFIDENCE or interval > MAX_INTERVAL,
        "small": small,
        "blurred": not small and sharpness(chip) < MIN_SHARPNESS,  # a small face is always soft: one warning is enough
        "turned": turn(landmarks) > MAX_TURN,
        "tilted": tilt(landmarks) > MAX_TILT,
    }
    return tuple(code for code in WARNINGS if found[code])


def eye_distance(landmarks: NDArray[np.floating]) -> float:
    """Distance between the eyes, pixels, of (5, 2) landmarks."""
    return float(np.linalg.norm(landmarks[1] - landmarks[0]))


def turn(landmarks: NDArray[np.floating]) -> float:
    """How far a head is turned to either side: the distance of the nose from the middle of the eyes, in eye distances.

    The tip of the nose stands about half an eye distance in front of the eyes, so this is about half the tangent of the
    yaw: 0.25 at 27°. Measured along the line of the eyes, so tilt does not change it. 0 if the eyes coincide.
    """
    left, right, nose = landmarks[:3]
    axis = right - left
    length = float(axis @ axis)
    return abs(float((nose - (left + right) / 2) @ axis)) / length if length else 0.0


def tilt(landmarks: NDArray[np.floating]) -> float:
    """Angle, 0-180 degrees, between the line from the left to the right eye and the horizontal; 180 if upside down."""
    x, y = landmarks[1] - landmarks[0]
    return abs(float(np.degrees(np.arctan2(y, x))))


def sharpness(chip: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al., ICPR 2000) of a (200, 200, 3) RGB chip: high with fine detail.

    Computed on the grey chip at half its size: at full size, the blur that begins to matter is lost in 8-bit rounding
    and JPEG noise.
    """
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
