"""The cascade against the package whose weights it takes."""

import cv2
import numpy as np
import pytest
from mtcnn import MTCNN

from model.detection.boxes import box_iou
from model.detection.cascade import MIN_FACE, Cascade, crop


@pytest.fixture(scope="module")
def cascade() -> Cascade:
    return Cascade()


@pytest.fixture(scope="module")
def package() -> MTCNN:
    return MTCNN()


def group_photo(*portraits: np.ndarray) -> np.ndarray:
    """Twelve portraits of different sizes, some mirrored, on a colourful ground; (500, 711) pixels, odd on purpose."""
    rng = np.random.default_rng(3)
    ground = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    photo = cv2.resize(ground, (711, 500), interpolation=cv2.INTER_CUBIC)
    for row in range(3):
        for column in range(4):
            width = int(rng.integers(80, 150))
            portrait = portraits[(row + column) % len(portraits)]
            small = cv2.resize(portrait, (width, width * 7 // 6), interpolation=cv2.INTER_AREA)[:160]
            photo[row * 165 :, column * 175 :][: len(small), :width] = small[:, :: 1 if column % 2 else -1]
    return photo


def test_boxes_and_landmarks_are_those_of_the_package(cascade: Cascade, package: MTCNN, hopper, collins) -> None:
    for photo, count in ((hopper, 1), (collins, 1), (group_photo(hopper, collins), 12)):
        expected = package.detect_faces(photo, output_type="numpy", box_format="xyxy")
        found = cascade.find(photo)
        assert len(found.boxes) == len(expected) == count
        pairs = box_iou(expected[:, 1:5], found.boxes).argmax(1)
        assert sorted(pairs) == list(range(count))
        np.testing.assert_allclose(found.boxes[pairs], expected[:, 1:5], atol=0.5)
        landmarks = expected[:, 6:].reshape(-1, 2, 5).transpose(0, 2, 1)
        np.testing.assert_allclose(found.landmarks[pairs], landmarks, atol=0.5)
        np.testing.assert_allclose(found.scores[pairs], expected[:, 5], atol=0.01)


@pytest.mark.parametrize("shape", [(MIN_FACE - 1, 300), (1, 1), (64, 64), (41, 1024)])
def test_picture_without_a_face_gives_empty_arrays(cascade: Cascade, shape: tuple[int, int]) -> None:
    found = cascade.find(np.full((*shape, 3), 90, np.uint8))
    assert found.boxes.shape == (0, 4)
    assert found.landmarks.shape == (0, 5, 2)
    assert found.scores.shape == (0,)


def test_crop_takes_the_box_and_nothing_beyond_the_picture() -> None:
    picture = np.random.default_rng(0).random((40, 50, 3), dtype=np.float32)
    inside, outside = crop(picture, np.array([[0, 0, 50, 40], [60, 10, 80, 30]], np.float32), 24)
    np.testing.assert_allclose(inside[0, 0], picture[0, 0], atol=1e-3)
    np.testing.assert_allclose(inside[-1, -1], picture[-1, -1], atol=1e-3)
    assert not outside.any()
