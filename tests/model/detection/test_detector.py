from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from benchmarks.photos import compose
from model.detection.detector import SMALL_FACES_SIDE, SURE_CONFIDENCE, MtcnnDetector


@pytest.fixture(scope="module")
def detector() -> MtcnnDetector:
    return MtcnnDetector()


def test_face_is_found_with_landmarks_in_their_places(
    detector: MtcnnDetector, hopper: np.ndarray, collins: np.ndarray
) -> None:
    for photo in (hopper, collins):
        (face,) = detector.detect(photo)
        x, y, width, height = face.box
        assert x >= 0
        assert y >= 0
        assert x + width <= photo.shape[1]
        assert y + height <= photo.shape[0]
        left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
        assert left_eye[0] < nose[0] < right_eye[0]
        assert left_eye[1] < nose[1] < left_mouth[1]
        assert left_mouth[0] < right_mouth[0]
        assert 0.9 <= face.confidence <= 1


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_photo_on_its_side_gives_landmarks_of_the_photo_as_it_lies(
    detector: MtcnnDetector, hopper: np.ndarray, turns: int
) -> None:
    upright = detector.detect(hopper)[0].landmarks
    (face,) = detector.detect(np.ascontiguousarray(np.rot90(hopper, turns)))
    height, width = hopper.shape[:2]
    x, y = upright.T
    expected = {1: (y, width - 1 - x), 2: (width - 1 - x, height - 1 - y), 3: (height - 1 - y, x)}[turns]
    np.testing.assert_allclose(face.landmarks, np.stack(expected, 1), atol=1)
    box_x, box_y, box_width, box_height = face.box
    centre = face.landmarks.mean(0)
    assert box_x < centre[0] < box_x + box_width
    assert box_y < centre[1] < box_y + box_height


def test_landmarks_of_a_large_photo_are_in_its_own_pixels(detector: MtcnnDetector, hopper: np.ndarray) -> None:
    large = cv2.resize(hopper, None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC)
    expected = (detector.detect(hopper)[0].landmarks + 0.5) * 6 - 0.5
    np.testing.assert_allclose(detector.detect(large)[0].landmarks, expected, atol=30)


@pytest.mark.parametrize("shape", [(1, 1), (20, 20), (5, 2000), (300, 300), (2500, 90)])
def test_picture_without_a_face_gives_none(detector: MtcnnDetector, shape: tuple[int, int]) -> None:
    assert detector.detect(np.full((*shape, 3), 120, np.uint8)) == []


def test_largest_face_comes_first(detector: MtcnnDetector, hopper: np.ndarray, collins: np.ndarray) -> None:
    small = cv2.resize(hopper, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    photo = np.zeros((512, 512 + small.shape[1], 3), np.uint8)
    photo[:, : small.shape[1]][: small.shape[0]] = small
    photo[:, small.shape[1] :] = collins
    faces = detector.detect(photo)
    assert len(faces) == 2
    assert faces[0].box[0] > small.shape[1] > faces[1].box[0]


def test_unsure_faces_are_left_out(hopper: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    detector = MtcnnDetector(upright_only=True)
    assert detector.detect(hopper)[0].confidence < 0.9999
    monkeypatch.setattr("model.detection.detector.MIN_CONFIDENCE", 0.9999)
    assert detector.detect(hopper) == []


def test_small_faces_are_found_with_the_larger_copy(detector: MtcnnDetector, hopper: np.ndarray) -> None:
    face = cv2.resize(hopper, None, fx=0.07, fy=0.07, interpolation=cv2.INTER_AREA)  # about 12 pixels wide at 1024
    photo = np.full((1500, 2000, 3), 120, np.uint8)
    photo[700 : 700 + face.shape[0], 900 : 900 + face.shape[1]] = face
    assert detector.detect(photo) == []
    (found,) = MtcnnDetector(max_side=SMALL_FACES_SIDE).detect(photo)
    assert abs(found.landmarks[2] - (900 + 268 * 0.07, 700 + 237 * 0.07)).max() < 3


def test_faces_of_20_pixels_are_found(detector: MtcnnDetector) -> None:
    assert len(detector.detect(compose(1024, 768, [20] * 12))) == 12


def test_upright_only_leaves_photos_on_their_side_alone(hopper: np.ndarray) -> None:
    on_its_side = np.ascontiguousarray(np.rot90(hopper))
    detector = MtcnnDetector(upright_only=True)
    assert len(detector.detect(hopper)) == 1
    assert detector.detect(on_its_side) == []


def test_threads_share_one_detector(detector: MtcnnDetector, hopper: np.ndarray, collins: np.ndarray) -> None:
    expected = [detector.detect(photo)[0].box for photo in (hopper, collins)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(detector.detect, [hopper, collins] * 4))
    assert [faces[0].box for faces in found] == expected * 4


@pytest.mark.parametrize("cells", [4, 12, 40, 200])
def test_texture_gives_no_face_whichever_way_it_lies(detector: MtcnnDetector, cells: int) -> None:
    grain = np.random.default_rng(cells).integers(40, 220, (cells, cells, 3), dtype=np.uint8)
    texture = cv2.resize(grain, (640, 480), interpolation=cv2.INTER_CUBIC)
    for turns in range(4):
        assert detector.detect(np.ascontiguousarray(np.rot90(texture, turns))) == []


def test_faces_of_500_pixels_are_all_found_and_sure(detector: MtcnnDetector) -> None:
    faces = detector.detect(compose(4000, 3000, [500] * 8))
    assert len(faces) == 8
    assert min(face.confidence for face in faces) >= SURE_CONFIDENCE
