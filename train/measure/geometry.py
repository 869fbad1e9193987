"""Where the landmarks of the chips lie: the derivation of `model.alignment.CHIP_LANDMARKS`.

MTCNN looks at a sample of train chips, each inside a border that gives it the margin it expects around a
face; the mean places of what it finds are the geometry every detected face is warped to.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from model.alignment import CHIP_LANDMARKS
from model.detection.detector import Detector

NAMES = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
BORDER = 50  # pixels added on each side
MAX_DISTANCE = 60.0  # a face whose mean landmark lies further from the expected one is not the chip's own


def measure_landmarks(chips: NDArray[np.uint8], detector: Detector, progress: bool = True) -> dict[str, Any]:
    """Mean and standard deviation, pixels, of the five landmarks over (n, 200, 200, 3) chips."""
    found = []
    for chip in tqdm(chips, desc="Finding landmarks", unit=" chips", disable=None if progress else True):
        framed = cv2.copyMakeBorder(chip, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_REPLICATE)
        for face in detector.detect(framed)[:1]:
            landmarks = face.landmarks - BORDER
            if np.linalg.norm((landmarks - CHIP_LANDMARKS).mean(0)) < MAX_DISTANCE:
                found.append(landmarks)
    points = np.stack(found)
    return {
        "chips": len(chips),
        "faces_found": len(found),
        "landmarks": {
            name: {"mean": points[:, i].mean(0).round(1).tolist(), "deviation": points[:, i].std(0).round(1).tolist()}
            for i, name in enumerate(NAMES)
        },
        "used": CHIP_LANDMARKS.tolist(),
    }
