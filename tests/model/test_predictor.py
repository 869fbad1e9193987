import dataclasses
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from helpers.paths import RESULTS
from PIL import Image

from model import Predictor
from model.alignment import CHIP_LANDMARKS, align
from model.detection.detector import Detection, MtcnnDetector
from model.estimator import Estimates, Estimator
from train.data.utkface import Dataset, load_dataset


class FixedDetector:
    """Finds what it is told to find."""

    def __init__(self, *detections: Detection) -> None:
        self.detections = list(detections)

    def detect(self, image: np.ndarray) -> list[Detection]:
        return self.detections


def test_portraits_get_sane_ages_and_eileen_collins_her_gender(
    predictor: Predictor, hopper: np.ndarray, collins: np.ndarray
) -> None:
    for photo, low, high in ((hopper, 60, 90), (collins, 28, 55)):
        (face,) = predictor.predict(photo)
        assert low <= face.age <= high
        assert face.age_low <= face.age <= face.age_high
        assert 0.5 <= face.gender_probability <= 1
    assert face.stated_gender == "female"


def test_faces_of_one_photo_keep_the_order_of_the_detector(hopper: np.ndarray) -> None:
    first = Detection((10, 10, 80, 90), CHIP_LANDMARKS + 20, 0.99)
    second = Detection((200, 200, 40, 50), CHIP_LANDMARKS / 2 + 200, 0.95)
    faces = Predictor(FixedDetector(first, second)).predict(hopper)
    assert [face.box for face in faces] == [first.box, second.box]
    assert [face.confidence for face in faces] == [0.99, 0.95]
    np.testing.assert_allclose(faces[1].landmarks, second.landmarks)


def test_chips_come_with_the_faces(predictor: Predictor, hopper: np.ndarray) -> None:
    faces, chips = predictor.predict_with_chips(hopper)
    assert faces == predictor.predict(hopper)
    np.testing.assert_array_equal(chips, [align(hopper, np.array(face.landmarks)) for face in faces])
    (again,) = predictor.predict_aligned(chips)
    assert again.age == pytest.approx(faces[0].age)


def test_face_carries_the_warnings_of_its_picture(hopper: np.ndarray) -> None:
    (found,) = MtcnnDetector(upright_only=True).detect(hopper)
    sure, unsure = (dataclasses.replace(found, confidence=confidence) for confidence in (0.99, 0.91))
    faces = Predictor(FixedDetector(sure, unsure)).predict(hopper)
    assert [face.warnings for face in faces] == [(), ("unsure detection",)]


def test_weak_find_whose_age_could_be_any_is_left_out_with_its_chip(hopper: np.ndarray) -> None:
    class FixedEstimator(Estimator):
        def estimate(self, chips: np.ndarray) -> Estimates:
            low, high = np.array([20.0, 5, 5]), np.array([40.0, 90, 90])
            return Estimates((low + high) / 2, low, high, ["female"] * 3, np.full(3, 0.9))

    finds = [Detection((10, 10, 80, 90), CHIP_LANDMARKS + 20 + 9 * i, c) for i, c in enumerate((0.9, 0.9, 0.99))]
    predictor = Predictor(FixedDetector(*finds), FixedEstimator())
    faces, chips = predictor.predict_with_chips(hopper)
    assert [(face.confidence, face.age_low, face.warnings) for face in faces] == [
        (0.9, 20, ("unsure detection",)),
        (0.99, 5, ("unsure detection",)),
    ]
    np.testing.assert_array_equal(chips, [align(hopper, finds[i].landmarks) for i in (0, 2)])
    assert list(predictor.predict_many([hopper])) == [faces]


def test_photo_without_a_face_gives_an_empty_list(hopper: np.ndarray) -> None:
    assert Predictor(FixedDetector()).predict(hopper) == []


def test_each_aligned_chip_gets_a_face(predictor: Predictor) -> None:
    chips = np.random.default_rng(0).integers(0, 256, (3, 200, 200, 3), dtype=np.uint8)
    faces = predictor.predict_aligned(chips)
    assert [face.box for face in faces] == [(0, 0, 200, 200)] * 3
    assert predictor.predict_aligned(chips[:0]) == []


WRONG_PIXELS: dict[str, Any] = {
    "grey": np.zeros((9, 9), np.uint8),
    "with opacity": np.zeros((9, 9, 4), np.uint8),
    "channels first": np.zeros((3, 9, 9), np.uint8),
    "floats": np.zeros((9, 9, 3), np.float32),
    "not a number": np.full((9, 9, 3), np.nan),
    "16 bits": np.zeros((9, 9, 3), np.uint16),
    "signed": np.zeros((9, 9, 3), np.int8),
    "truth values": np.zeros((9, 9, 3), bool),
    "words": np.full((9, 9, 3), "pixel"),
    "objects": np.full((9, 9, 3), None),
    "no dimension": np.array(3, np.uint8),
    "five dimensions": np.zeros((1, 1, 9, 9, 3), np.uint8),
    "no height": np.zeros((0, 9, 3), np.uint8),
    "no width": np.zeros((9, 0, 3), np.uint8),
}


@pytest.mark.parametrize("name", WRONG_PIXELS)
def test_wrong_pixels_are_refused_and_described(predictor: Predictor, name: str) -> None:
    for predict in (predictor.predict, predictor.predict_aligned, lambda image: list(predictor.predict_many([image]))):
        with pytest.raises(ValueError, match=r"uint8 RGB\. Received: shape=.*, dtype="):
            predict(WRONG_PIXELS[name])


@pytest.mark.parametrize("image", [None, "photo.jpg", b"bytes", [[[0, 0, 0]]], Image.new("RGB", (9, 9))])
def test_other_types_than_arrays_are_refused_and_named(predictor: Predictor, image: Any) -> None:
    for predict in (predictor.predict, predictor.predict_aligned):
        with pytest.raises(ValueError, match=rf"uint8 RGB\. Received: {type(image).__name__}"):
            predict(image)


def test_chips_of_another_size_are_refused(predictor: Predictor) -> None:
    with pytest.raises(ValueError, match="200 x 200"):
        predictor.predict_aligned(np.zeros((1, 100, 100, 3), np.uint8))


def test_face_cannot_be_changed(predictor: Predictor) -> None:
    (face,) = predictor.predict_aligned(np.zeros((1, 200, 200, 3), np.uint8))
    with pytest.raises(dataclasses.FrozenInstanceError):
        face.age = 20  # type: ignore[misc]


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
@pytest.mark.parametrize("scale", [0.6, 2.0])
def test_turned_and_scaled_portrait_keeps_its_age(
    predictor: Predictor, hopper: np.ndarray, degrees: float, scale: float
) -> None:
    (upright,) = predictor.predict(hopper)
    height, width = hopper.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += scale * 200
    size = round(width * scale * 1.6), round(height * scale * 1.6)
    photo = cv2.warpAffine(hopper, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    turned = predictor.predict(photo)[0]
    assert turned.age == pytest.approx(upright.age, abs=8)
    assert turned.female_probability == pytest.approx(upright.female_probability, abs=0.2)


@pytest.fixture(scope="module")
def test_adults(utkface: Path) -> Dataset:
    """Every 20th adult of the test split."""
    test = load_dataset(utkface, progress=False).select("test")
    rows = np.flatnonzero(test.photos["age"].between(18, 80))[::20]
    return dataclasses.replace(test, photos=test.photos.iloc[rows].reset_index(drop=True), chips=test.chips[rows])


@pytest.mark.utkface
def test_shipped_model_reproduces_the_report(predictor: Predictor, test_adults: Dataset) -> None:
    published = pd.read_parquet(RESULTS / "test_predictions.parquet").set_index("photo")
    faces = predictor.predict_aligned(test_adults.chips[:])
    expected = published.loc[test_adults.photos["photo"], "predicted_age"]
    np.testing.assert_allclose([face.age for face in faces], expected, atol=0.1)
