"""What finding and aligning a face costs: chips are placed in photos, found again, and compared with the bare chips.

A chip is all there is of a UTKFace photo here, so the rest of the photo is made from the chip's own edge. Size, tilt
and place vary by chip and are the same in every run.
"""

from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from model import Face, Predictor
from model.alignment import CHIP_SIZE
from reports.metrics import photo_scores
from train.data.utkface import Dataset

PHOTO_SIZE = (1200, 1000)  # width and height, pixels
SCALE = (0.6, 2.5)  # of the chip: faces about 70 to 300 pixels wide
MAX_ROTATION = 30.0  # degrees, either way
CENTRE = ((350, 850), (350, 650))  # where the middle of the chip may lie, x and y, pixels


def measure_placement(dataset: Dataset, predictor: Predictor, progress: bool = True) -> dict[str, Any]:
    """Age error and gender accuracy of the same faces as chips and in photos.

    Returns:
        `chips`, `faces_found`, and `as_chips` and `in_photos`, each with `age_mae` (years) and `gender_accuracy` (0-1)
        over the faces found.
    """
    bare = predictor.predict_aligned(dataset.chips[:])
    rows, placed = [], []
    chips = tqdm(dataset.chips[:], desc="Placing chips", unit=" photos", disable=None if progress else True)
    for row, chip in enumerate(chips):
        rng = np.random.default_rng(row)
        x, y = (rng.uniform(*reach) for reach in CENTRE)
        photo = place(chip, rng.uniform(*SCALE), rng.uniform(-MAX_ROTATION, MAX_ROTATION), x, y)
        if face := _face_at(predictor.predict(photo), x, y):
            rows.append(row)
            placed.append(face)
    labels = dataset.photos.iloc[rows]
    return {
        "chips": len(bare),
        "faces_found": len(rows),
        "as_chips": _score([bare[row] for row in rows], labels),
        "in_photos": _score(placed, labels),
    }


def place(chip: NDArray[np.uint8], scale: float, degrees: float, x: float, y: float) -> NDArray[np.uint8]:
    """A photo of `PHOTO_SIZE` with the chip's centre at (x, y) pixels, scaled and turned, its edge drawn out."""
    centre = (CHIP_SIZE - 1) / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), degrees, scale)
    matrix[:, 2] += (x - centre, y - centre)
    if scale < 1:
        chip = cv2.GaussianBlur(chip, (0, 0), 0.5 / scale)  # what a smaller photo would no longer show
    return cv2.warpAffine(chip, matrix, PHOTO_SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _face_at(faces: list[Face], x: float, y: float) -> Face | None:
    """The face whose box holds the point; the largest if several do."""
    for face in faces:
        left, top, width, height = face.box
        if left <= x < left + width and top <= y < top + height:
            return face
    return None


def _score(faces: list[Face], labels: pd.DataFrame) -> dict[str, float]:
    means = photo_scores(
        labels.assign(
            predicted_age=[face.age for face in faces],
            female_probability=[face.female_probability for face in faces],
        )
    ).mean()
    return {"age_mae": round(means["age_mae"], 3), "gender_accuracy": round(means["gender_accuracy"], 4)}
