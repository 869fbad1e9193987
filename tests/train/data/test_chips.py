from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.small_data import random_chip, write_jpeg

from model.alignment import CHIP_LANDMARKS
from model.detection.detector import Detection, MtcnnDetector
from train.data.chips import NO_FACE, Chips, cut_chips, find_face


class FacesAt:
    """Finds faces of a chip's geometry whose landmarks have their middle at the points given, in the photo's pixels."""

    def __init__(self, *middles: tuple[float, float], border: int = 50) -> None:
        around_zero = CHIP_LANDMARKS - CHIP_LANDMARKS.mean(0)
        self.faces = [Detection((0, 0, 9, 9), around_zero + middle + border, 1.0) for middle in middles]
        self.calls = 0

    def detect(self, image: np.ndarray) -> list[Detection]:
        self.calls += 1
        return self.faces


def test_chip_has_its_landmarks_where_utkface_has_them(collins: np.ndarray, tmp_path: Path) -> None:
    small = cv2.resize(collins, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    detector = MtcnnDetector()
    x, y, width, height = detector.detect(small)[0].box
    write_jpeg(tmp_path / "tight.jpg", small[y : y + height, x : x + width])
    assert cut_chips([tmp_path / "tight.jpg"], [tmp_path / "chip.jpg"], detector, progress=False) == [None]
    chip = Chips([tmp_path / "chip.jpg"])[:][0]
    landmarks = find_face(chip, detector)
    assert landmarks is not None
    assert np.abs(landmarks - CHIP_LANDMARKS).max() < 12


def test_face_in_the_middle_is_taken_and_not_a_bystander() -> None:
    photo = np.zeros((200, 200, 3), np.uint8)
    landmarks = find_face(photo, FacesAt((20, 20), (110, 95), (190, 100)))
    assert landmarks is not None
    assert landmarks.mean(0) == pytest.approx((110, 95))
    assert find_face(photo, FacesAt((20, 20), (190, 100))) is None


def test_face_is_cut_once_and_the_chip_is_the_same_afterwards(tmp_path: Path) -> None:
    photo, chip = tmp_path / "photo.jpg", tmp_path / "deep" / "chip.jpg"
    write_jpeg(photo, random_chip(np.random.default_rng(0)))
    detector = FacesAt((99, 99))
    for _ in range(2):
        assert cut_chips([photo], [chip], detector, progress=False) == [None]
    assert detector.calls == 1
    assert [path.name for path in chip.parent.iterdir()] == ["chip.jpg"]
    assert Chips([chip])[:].shape == (1, 200, 200, 3)


def test_photos_without_a_face_are_remembered_and_unreadable_ones_named(tmp_path: Path) -> None:
    write_jpeg(tmp_path / "wall.jpg", random_chip(np.random.default_rng(0)))
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    photos = [tmp_path / name for name in ("wall.jpg", "broken.jpg", "missing.jpg")]
    chips = [tmp_path / "chips" / photo.name for photo in photos]
    detector = FacesAt()
    for _ in range(2):
        wall, broken, missing = cut_chips(photos, chips, detector, progress=False)
        assert wall == NO_FACE
        assert broken is not None
        assert "not a picture" in broken
        assert missing == "The file does not exist."
    assert detector.calls == 1


def test_chips_in_memory_and_in_files_are_indexed_like_an_array(tmp_path: Path) -> None:
    pixels = np.stack([np.full((200, 200, 3), value, np.uint8) for value in (10, 20, 30, 40)])
    write_jpeg(tmp_path / "third.jpg", pixels[2])
    chips = Chips([pixels[0], pixels[1], tmp_path / "third.jpg", pixels[3]])
    np.testing.assert_array_equal(chips[:], pixels)
    np.testing.assert_array_equal(chips[np.array([2, 0])], pixels[[2, 0]])
    chosen = chips.select(np.array([False, True, True, False]))
    assert len(chosen) == 2
    np.testing.assert_array_equal(chosen[:], pixels[1:3])
