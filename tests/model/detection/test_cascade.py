"""The cascade against the package whose weights it takes."""

import cv2
import numpy as np
import pytest
from mtcnn import MTCNN

from model.detection.boxes import box_iou
from model.detection.cascade import MIN_FACE, Cascade, crop
from model.detection.orientation import turned, turned_back


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


def test_faces_are_those_of_the_package(
    cascade: Cascade, package: MTCNN, hopper: np.ndarray, collins: np.ndarray
) -> None:
    for photo, count in ((hopper, 1), (collins, 1), (group_photo(hopper, collins), 12)):
        expected = package.detect_faces(photo, output_type="numpy", box_format="xyxy")
        found = cascade.find(photo, 0.85)
        assert len(found) == len(expected) == count
        overlap = box_iou(expected[:, 1:5], found.boxes)
        pairs = overlap.argmax(1)
        assert sorted(pairs) == list(range(count))
        assert overlap.max(1).min() > 0.75
        landmarks = expected[:, 6:].reshape(-1, 2, 5).transpose(0, 2, 1)
        apart = np.linalg.norm(found.landmarks[pairs] - landmarks, axis=2).mean(1)
        assert (apart / found.sizes[pairs]).max() < 0.05


def test_networks_are_those_of_the_package(cascade: Cascade, package: MTCNN) -> None:
    stages = (cascade._proposal, cascade._refinement, cascade._output)
    for side, stage, theirs in zip((30, 24, 48), stages, package.stages, strict=True):
        pictures = np.random.default_rng(side).uniform(-1, 1, (1, side, side, 3)).astype(np.float32)
        expected = [np.moveaxis(np.asarray(output), -1, 1) for output in theirs._model(pictures)]
        for output, wanted in zip(stage.run(pictures), expected, strict=True):
            np.testing.assert_allclose(output, wanted, atol=1e-5)


def test_strips_change_nothing(cascade: Cascade, hopper: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = cascade.find(hopper)
    monkeypatch.setattr("model.detection.cascade.STRIP", 20)
    found = cascade.find(hopper)
    np.testing.assert_allclose(found.boxes, expected.boxes, atol=1e-3)
    np.testing.assert_allclose(found.landmarks, expected.landmarks, atol=1e-3)


def test_second_look_steadies_landmarks(cascade: Cascade, hopper: np.ndarray) -> None:
    (expected,) = cascade.find(hopper).landmarks
    for scale in (0.4, 0.55, 0.7, 0.85):
        small = cv2.resize(hopper, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        (found,) = cascade.find(small).landmarks / scale
        assert np.linalg.norm(found - expected, axis=1).mean() < 0.05 * np.linalg.norm(expected[1] - expected[0])


@pytest.mark.parametrize("shape", [(MIN_FACE - 1, 300), (1, 1), (64, 64), (41, 1024)])
def test_picture_without_a_face_gives_empty_arrays(cascade: Cascade, shape: tuple[int, int]) -> None:
    found = cascade.find(np.full((*shape, 3), 90, np.uint8))
    assert found.boxes.shape == (0, 4)
    assert found.landmarks.shape == (0, 5, 2)
    assert found.confidence.shape == (0,)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_face_looks_most_like_one_the_right_way_up(cascade: Cascade, hopper: np.ndarray, turns: int) -> None:
    photo = turned(hopper, -turns % 4)
    found = turned_back(cascade.find(hopper), turns, photo.shape)
    (evidence,) = cascade.weigh_ways(photo, found.boxes.astype(np.float32))
    assert evidence.argmax() == turns


def test_crop_takes_the_box_and_nothing_beyond_the_picture() -> None:
    picture = np.random.default_rng(0).random((40, 50, 3), dtype=np.float32)
    inside, outside = crop(picture, np.array([[0, 0, 50, 40], [60, 10, 80, 30]], np.float32), 24)
    np.testing.assert_allclose(inside[0, 0], picture[0, 0], atol=1e-3)
    np.testing.assert_allclose(inside[-1, -1], picture[-1, -1], atol=1e-3)
    assert not outside.any()
