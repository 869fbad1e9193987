"""What makes an estimate doubtful, as far as the photo itself shows it: small, blurred, turned or tilted faces.

The bounds are where the age error has grown by about a tenth; `python -m train robustness --split validation` measures
the error over resolution and blur again, with the sharpness that goes with each blur.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.face import Face

MIN_EYE_DISTANCE = 20.0
"""Pixels of the photo. A chip has its eyes 77 pixels apart, so that below this three quarters of it are made up."""

MIN_SHARPNESS = 20.0
"""Variance of the Laplacian of a chip."""

MAX_TURN = 0.25
"""Eye distances that the nose may lie off the middle of the eyes."""

MAX_TILT = 30.0
"""Degrees."""


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
    """Variance of the Laplacian of the grey chip (Pech-Pacheco et al., ICPR 2000): high where there is fine detail."""
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
