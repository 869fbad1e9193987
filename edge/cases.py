"""One table of cases: chips, whole photos, and what Python says of them, as every other interface must.

    cases.json    {"model": …, "chips": [face…], "photos": [{"file", "width", "height", "faces": [face…]}…]}
    chips.bin     the chips one after another, 200 x 200 RGB bytes each
    photos/       JPEG files

Faces are as `model.face.to_json` gives them. All pictures are made from the few that are given, so that the table can
be written anywhere; the answers are those of the model that is there when it is written.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model import Face, Predictor, read_image
from model.alignment import CHIP_SIZE
from model.drawing import encode_jpeg
from model.errors import UserError
from model.face import to_json

SAMPLES = Path(__file__).parent.parent / "samples"
PHOTO_SIDES = 480, 1400
"""Longest side of the photos, pixels, from and to."""

Picture = NDArray[np.uint8]


class CasesError(UserError):
    """The cases cannot be written; the message says why."""


def write_cases(folder: Path, chips: int, photos: int, pictures: Sequence[Path] = ()) -> Path:
    """Writes the table and its pictures.

    Args:
        folder: where to; created if it is not there.
        chips: number of chips.
        photos: number of whole photos.
        pictures: photos to vary, each with a face; the project's samples if none is named.

    Returns:
        The path of `cases.json`.

    Raises:
        CasesError: if no face is found in the pictures.
        ImageError: if one cannot be read.
    """
    predictor = Predictor()
    originals = [read_image(path) for path in pictures or sorted(SAMPLES.glob("*.jpg"))]
    found = [predictor.predict_with_chips(original)[1] for original in originals]
    faces = [part[0] for part in found if len(part)]
    if not faces:
        raise CasesError("There is no face in these pictures. Name photos of people.")
    rng = np.random.default_rng(0)
    varied = np.stack([_varied(faces, rng) for _ in range(chips)])
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    (folder / "chips.bin").write_bytes(varied.tobytes())
    table = {
        "model": predictor.provenance.identity,
        "chips": [to_json(face) for face in predictor.predict_aligned(varied)],
        "photos": [_write_photo(folder / "photos", number, originals, predictor, rng) for number in range(photos)],
    }
    path = folder / "cases.json"
    path.write_text(json.dumps(table, indent=1))
    return path


def _write_photo(
    folder: Path, number: int, originals: list[Picture], predictor: Predictor, rng: np.random.Generator
) -> dict[str, object]:
    path = folder / f"{number:02}.jpg"
    path.write_bytes(encode_jpeg(_composed(originals, number, rng)))
    photo = read_image(path)
    faces: list[Face] = predictor.predict(photo)
    height, width = photo.shape[:2]
    return {"file": path.name, "width": width, "height": height, "faces": [to_json(face) for face in faces]}


def _varied(chips: list[Picture], rng: np.random.Generator) -> Picture:
    """Two chips blended, some mirrored, moved, turned, scaled, blurred, lighter or darker."""
    first, second = (chips[rng.integers(len(chips))][:, :: rng.choice((-1, 1))] for _ in range(2))
    share = rng.uniform(0.5, 1)
    blended = cv2.addWeighted(first, share, second, 1 - share, 0)
    centre = (CHIP_SIZE / 2, CHIP_SIZE / 2)
    matrix = cv2.getRotationMatrix2D(centre, rng.uniform(-12, 12), rng.uniform(0.85, 1.2))
    matrix[:, 2] += rng.uniform(-8, 8, 2)
    moved = cv2.warpAffine(blended, matrix, (CHIP_SIZE, CHIP_SIZE), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.3:
        moved = cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.5, 3))
    return cv2.convertScaleAbs(moved, alpha=rng.uniform(0.7, 1.2), beta=rng.uniform(-20, 20))


def _composed(originals: list[Picture], number: int, rng: np.random.Generator) -> Picture:
    """A photo of one or two of the originals side by side, resized; every fifth lies on its side, some are tilted."""
    count = 1 + number % 2
    side = int(rng.integers(*PHOTO_SIDES))
    parts = []
    for k in range(count):
        original = originals[(number // 2 + k) % len(originals)][:, :: rng.choice((-1, 1))]
        height = round(side / count * rng.uniform(0.7, 1.0))
        size = max(1, round(original.shape[1] * height / original.shape[0])), height
        part = cv2.resize(
            original, size, interpolation=cv2.INTER_AREA if height < original.shape[0] else cv2.INTER_CUBIC
        )
        parts.append(cv2.convertScaleAbs(part, alpha=rng.uniform(0.8, 1.15)))
    ground = np.full((max(part.shape[0] for part in parts), sum(part.shape[1] for part in parts), 3), 120, np.uint8)
    left = 0
    for part in parts:
        ground[: part.shape[0], left : left + part.shape[1]] = part
        left += part.shape[1]
    if number % 5 == 4:
        return np.ascontiguousarray(np.rot90(ground, 1 + number % 3))
    if number % 5 == 2:
        height, width = ground.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-25, 25), 1)
        return cv2.warpAffine(ground, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    return ground
