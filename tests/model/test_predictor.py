import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from model import Predictor
from model.alignment import CHIP_LANDMARKS
from model.detector import Detection
from train.dataset import Dataset, load_dataset

RESULTS = Path(__file__).resolve().parents[2] / "model" / "results"


class FixedDetector:
    """Finds what it was told to find."""

    def __init__(self, *detections: Detection) -> None:
        self.detections = list(detections)

    def detect(self, image: np.ndarray) -> list[Detection]:
        return self.detections


def place(chip: np.ndarray, scale: float, degrees: float, x: float, y: float) -> np.ndarray:
    """A 1200 x 1000 photo with the chip's centre at (x, y), its edges fading into grey."""
    matrix = cv2.getRotationMatrix2D((99.5, 99.5), degrees, scale)
    matrix[:, 2] += (x - 99.5, y - 99.5)
    photo = np.full((1000, 1200, 3), 127, np.float32)
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    face = cv2.warpAffine(chip.astype(np.float32), matrix, (1200, 1000), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = np.zeros((200, 200), np.float32)
    inside[2:-2, 2:-2] = 1
    mask = cv2.warpAffine(inside, matrix, (1200, 1000))[..., None]
    return np.clip(face * mask + photo * (1 - mask), 0, 255).astype(np.uint8)


def test_portraits_get_sane_ages_and_the_right_gender(predictor: Predictor, hopper, collins) -> None:
    for photo, low, high in ((hopper, 60, 90), (collins, 28, 55)):
        (face,) = predictor.predict(photo)
        assert low <= face.age <= high
        assert face.age_low <= face.age <= face.age_high
        assert face.gender == "female"
        assert 0.5 <= face.gender_probability <= 1


def test_faces_of_one_photo_keep_the_order_of_the_detector(hopper) -> None:
    first = Detection((10, 10, 80, 90), CHIP_LANDMARKS + 20, 0.99)
    second = Detection((200, 200, 40, 50), CHIP_LANDMARKS / 2 + 200, 0.95)
    faces = Predictor(FixedDetector(first, second)).predict(hopper)
    assert [face.box for face in faces] == [first.box, second.box]
    assert [face.confidence for face in faces] == [0.99, 0.95]
    np.testing.assert_allclose(faces[1].landmarks, second.landmarks)


def test_photo_without_a_face_gives_an_empty_list(hopper) -> None:
    assert Predictor(FixedDetector()).predict(hopper) == []


def test_aligned_chips_get_a_face_each(predictor: Predictor) -> None:
    chips = np.random.default_rng(0).integers(0, 256, (3, 200, 200, 3), dtype=np.uint8)
    faces = predictor.predict_aligned(chips)
    assert [face.box for face in faces] == [(0, 0, 200, 200)] * 3
    assert predictor.predict_aligned(chips[:0]) == []


@pytest.mark.parametrize(
    "image", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3), np.float32)]
)
def test_wrong_pixels_are_refused_with_what_came(predictor: Predictor, image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"uint8 RGB\. Received: shape="):
        predictor.predict(image)


def test_chips_of_another_size_are_refused(predictor: Predictor) -> None:
    with pytest.raises(ValueError, match="200 x 200"):
        predictor.predict_aligned(np.zeros((1, 100, 100, 3), np.uint8))


def test_face_cannot_be_changed(predictor: Predictor) -> None:
    (face,) = predictor.predict_aligned(np.zeros((1, 200, 200, 3), np.uint8))
    with pytest.raises(dataclasses.FrozenInstanceError):
        face.age = 20


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
@pytest.mark.parametrize("scale", [0.6, 2.0])
def test_turned_and_scaled_portrait_keeps_its_age(predictor: Predictor, hopper, degrees: float, scale: float) -> None:
    (upright,) = predictor.predict(hopper)
    height, width = hopper.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += scale * 200
    size = round(width * scale * 1.6), round(height * scale * 1.6)
    photo = cv2.warpAffine(hopper, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    turned = predictor.predict(photo)[0]
    assert turned.age == pytest.approx(upright.age, abs=8)
    assert turned.gender == upright.gender


@pytest.fixture(scope="module")
def test_adults(utkface: Path) -> Dataset:
    """Every 20th adult of the test split."""
    test = load_dataset(utkface, progress=False).select("test")
    rows = np.flatnonzero(test.photos["age"].between(18, 80))[::20]
    return dataclasses.replace(test, photos=test.photos.iloc[rows].reset_index(drop=True), chips=test.chips[rows])


@pytest.mark.utkface
def test_faces_in_photos_get_nearly_the_ages_of_their_chips(predictor: Predictor, test_adults: Dataset) -> None:
    rng = np.random.default_rng(0)
    ages, true, bare = [], [], predictor.predict_aligned(test_adults.chips)
    for chip, label, face in zip(test_adults.chips, test_adults.photos["age"], bare, strict=True):
        # From a face 60 pixels wide to one of 400, turned by up to 30°, anywhere in the photo.
        photo = place(chip, rng.uniform(0.6, 2.5), rng.uniform(-30, 30), rng.uniform(350, 850), rng.uniform(350, 650))
        if found := predictor.predict(photo):
            ages.append((found[0].age, face.age))
            true.append(label)
    placed, alone = np.array(ages).T
    difference = np.abs(placed - true).mean() - np.abs(alone - true).mean()
    print(f"{len(true)} of {len(bare)} faces found; MAE changes by {difference:+.2f} years")
    assert len(true) >= 0.9 * len(bare)
    assert abs(difference) < 1
    assert np.median(np.abs(placed - alone)) < 2.5


@pytest.mark.utkface
def test_shipped_model_repeats_the_report(predictor: Predictor, test_adults: Dataset) -> None:
    published = pd.read_parquet(RESULTS / "test_predictions.parquet").set_index("photo")
    faces = predictor.predict_aligned(test_adults.chips)
    expected = published.loc[test_adults.photos["photo"], "predicted_age"]
    np.testing.assert_allclose([face.age for face in faces], expected, atol=0.1)
