"""What makes an estimate doubtful, as far as the photo itself shows it: small, blurred, turned or tilted faces.

Resolution and blur have their bounds where the mean age error has grown by a tenth on validation photos that were made
worse; `python -m train robustness --split validation` measures that again, with the sharpness that each blur leaves.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.face import Face

MIN_EYE_DISTANCE = 20.0
"""Pixels of the photo. The error is up by a tenth when a chip, whose eyes lie 77 of its 200 pixels apart, is enlarged
from between 48 and 64 pixels, which is a distance of 18 to 25."""

MIN_SHARPNESS = 28.0
"""As `sharpness` gives it. The error is up by a tenth at a Gaussian blur between 2 and 2.5 pixels of the chip; that of
2.5 pixels leaves half of the photos below this bound, and of the unchanged photos fewer than 1 in 100 lie below it."""

MAX_TURN = 0.25
"""Eye distances that the nose may lie off the middle of the eyes: a yaw of about 27°."""

MAX_TILT = 30.0
"""Degrees: up to there the cost of finding and straightening a face is measured (`python -m train placement`)."""


@dataclass(frozen=True)
class Doubt:
    """A reason to trust an estimate less: one word, and a sentence that says what to do."""

    name: str
    sentence: str


def find_doubts(face: Face, chip: NDArray[np.uint8]) -> list[Doubt]:
    """What is wrong with the picture of a face, the gravest first; mostly nothing.

    Args:
        face: as found in its photo.
        chip: (200, 200, 3), RGB, 0-255: the same face, aligned.
    """
    landmarks = np.array(face.landmarks)
    distance, tilted = eye_distance(landmarks), tilt(landmarks)
    doubts = []
    if distance < MIN_EYE_DISTANCE:
        sentence = f"The eyes are only {distance:.0f} pixels apart. Use a picture that shows the face larger."
        doubts.append(Doubt("Small", sentence))
    elif sharpness(chip) < MIN_SHARPNESS:  # a small face is always soft, which needs no second warning
        doubts.append(Doubt("Blurred", "The face lacks fine detail. Use a sharper picture."))
    if turn(landmarks) > MAX_TURN:
        doubts.append(Doubt("Turned", "The face looks to the side. Use a picture that shows it from the front."))
    if tilted > MAX_TILT:
        doubts.append(Doubt("Tilted", f"The head is tilted by {tilted:.0f}°. Use a picture that shows it upright."))
    return doubts


def eye_distance(landmarks: NDArray[np.floating]) -> float:
    """Pixels between the eyes of (5, 2) landmarks."""
    return float(np.linalg.norm(landmarks[1] - landmarks[0]))


def turn(landmarks: NDArray[np.floating]) -> float:
    """How far a head is turned to either side: the nose's way off the middle of the eyes, in eye distances.

    The tip of the nose stands about half an eye distance before the eyes, so this is about half the tangent of the
    yaw: 0.25 at 27°. Measured along the line of the eyes, hence the same for a tilted head. 0 if the eyes coincide.
    """
    left, right, nose = landmarks[:3]
    axis = right - left
    length = float(axis @ axis)
    return abs(float((nose - (left + right) / 2) @ axis)) / length if length else 0.0


def tilt(landmarks: NDArray[np.floating]) -> float:
    """Degrees, 0-45, between the line of the eyes and the nearest edge of the picture.

    A photo that lies on its side counts as upright: the detector turns it by a quarter before it looks.
    """
    x, y = landmarks[1] - landmarks[0]
    degrees = float(np.degrees(np.arctan2(y, x)))
    return abs((degrees + 45) % 90 - 45)


def sharpness(chip: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al., ICPR 2000) of a (200, 200, 3) RGB chip: high with fine detail.

    Of the grey chip at half its size: at full size the blur that begins to matter is lost in 8-bit rounding and JPEG
    noise.
    """
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
