import cv2
import numpy as np
import pytest

from model import Predictor
from model.alignment import CHIP_LANDMARKS
from model.detection.detector import SURE_CONFIDENCE
from model.inspection.quality import (
    MAX_INTERVAL,
    MIN_EYE_DISTANCE,
    WARNINGS,
    eye_distance,
    find_warnings,
    may_be_face,
    sharpness,
    tilt,
    turn,
)

SHARP = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
FLAT = np.full((200, 200, 3), 128, np.uint8)


def codes(
    landmarks: np.ndarray, chip: np.ndarray = SHARP, confidence: float = 1.0, interval: float = 20.0
) -> list[str]:
    return list(find_warnings(landmarks, confidence, interval, chip))


def turned_by(degrees: float) -> np.ndarray:
    """`CHIP_LANDMARKS` about a centre, turned in the picture's plane."""
    radians = np.radians(degrees)
    matrix = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    return (CHIP_LANDMARKS - 100) @ matrix.T + 100


def looking_aside(degrees: float) -> np.ndarray:
    """Landmarks of a head with that yaw: eyes and mouth in one plane, the nose half an eye distance in front of it."""
    depth = np.array([0, 0, 0.5 * 77, 0, 0])
    x = CHIP_LANDMARKS[:, 0] - 98.5
    yaw = np.radians(degrees)
    return np.stack([98.5 + x * np.cos(yaw) + depth * np.sin(yaw), CHIP_LANDMARKS[:, 1]], axis=1)


def test_good_picture_has_no_warning() -> None:
    assert codes(CHIP_LANDMARKS) == []


def test_face_with_few_pixels_is_small() -> None:
    scale = (MIN_EYE_DISTANCE - 1) / eye_distance(CHIP_LANDMARKS)
    assert codes(CHIP_LANDMARKS * scale) == ["small"]
    assert codes(CHIP_LANDMARKS * scale * 1.1) == []


def test_soft_chip_is_blurred_but_a_small_face_gets_one_warning() -> None:
    assert codes(CHIP_LANDMARKS, FLAT) == ["blurred"]
    assert codes(CHIP_LANDMARKS * 0.1, FLAT) == ["small"]


@pytest.mark.parametrize(("degrees", "found"), [(0, []), (15, []), (-15, []), (40, ["turned"]), (-40, ["turned"])])
def test_head_that_looks_to_the_side_is_turned(degrees: float, found: list[str]) -> None:
    assert codes(looking_aside(degrees)) == found


def test_turn_is_half_the_tangent_of_the_yaw() -> None:
    for degrees in (10, 27, 45):
        assert turn(looking_aside(degrees)) == pytest.approx(np.tan(np.radians(degrees)) / 2, abs=0.01)


@pytest.mark.parametrize(("degrees", "tilted"), [(0, 0), (20, 20), (-20, 20), (90, 90), (180, 180), (-100, 100)])
def test_tilt_is_measured_over_the_full_circle(degrees: float, tilted: float) -> None:
    assert tilt(turned_by(degrees)) == pytest.approx(tilted, abs=1e-6)
    assert turn(turned_by(degrees)) == pytest.approx(turn(CHIP_LANDMARKS))


def test_head_tilted_by_more_than_30_degrees_is_tilted() -> None:
    assert codes(turned_by(28)) == []
    assert codes(turned_by(32)) == ["tilted"]


def test_weak_detection_is_unsure() -> None:
    assert codes(CHIP_LANDMARKS, confidence=SURE_CONFIDENCE) == []
    assert codes(CHIP_LANDMARKS, confidence=SURE_CONFIDENCE - 0.01) == ["unsure detection"]


def test_age_that_could_be_almost_any_is_an_unsure_detection() -> None:
    assert codes(CHIP_LANDMARKS, interval=MAX_INTERVAL) == []
    assert codes(CHIP_LANDMARKS, interval=MAX_INTERVAL + 1) == ["unsure detection"]


def test_find_counts_as_a_face_where_the_detector_or_the_age_is_sure() -> None:
    assert may_be_face(SURE_CONFIDENCE, MAX_INTERVAL + 1)
    assert may_be_face(SURE_CONFIDENCE - 0.01, MAX_INTERVAL)
    assert not may_be_face(SURE_CONFIDENCE - 0.01, MAX_INTERVAL + 1)


def test_several_warnings_come_in_the_order_of_the_table() -> None:
    found = codes(turned_by(40) * 0.1, FLAT, confidence=0.5)
    assert found == ["unsure detection", "small", "tilted"] == [code for code in WARNINGS if code in found]


def test_landmarks_at_one_spot_do_no_harm() -> None:
    assert turn(np.zeros((5, 2))) == 0
    assert codes(np.zeros((5, 2))) == ["small"]


def test_sharpness_falls_with_blur() -> None:
    values = [sharpness(cv2.GaussianBlur(SHARP, (0, 0), sigma)) for sigma in (0.5, 1, 2, 4)]
    assert values == sorted(values, reverse=True)
    assert sharpness(FLAT) == 0


def test_portrait_has_no_warnings_unless_it_is_blurred_or_shrunk(predictor: Predictor, hopper: np.ndarray) -> None:
    def found(photo: np.ndarray) -> list[str]:
        return list(predictor.predict(photo)[0].warnings)

    assert found(hopper) == []
    eyes = eye_distance(np.array(predictor.predict(hopper)[0].landmarks))
    assert found(cv2.GaussianBlur(hopper, (0, 0), eyes / 12)) == ["blurred"]
    small = cv2.resize(hopper, None, fx=15 / eyes, fy=15 / eyes, interpolation=cv2.INTER_AREA)
    assert found(small) == ["small"]
