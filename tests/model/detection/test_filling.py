import cv2
import numpy as np
import pytest

from model.detection.cascade import Cascade
from model.detection.detector import MIN_CONFIDENCE, MtcnnDetector
from model.detection.filling import find_filling_face
from model.detection.orientation import turned


@pytest.fixture(scope="module")
def detector() -> MtcnnDetector:
    return MtcnnDetector()


def cut(photo: np.ndarray, box: tuple[int, int, int, int], margin: float) -> np.ndarray:
    x, y, w, h = box
    return photo[int(y - margin * h) : int(y + h + margin * h), int(x - margin * w) : int(x + w + margin * w)].copy()


@pytest.mark.parametrize("margin", [0, -0.05, -0.1])
def test_face_that_fills_the_picture_is_found(
    detector: MtcnnDetector, hopper: np.ndarray, collins: np.ndarray, margin: float
) -> None:
    for photo in (hopper, collins):
        picture = cut(photo, detector.detect(photo)[0].box, margin)
        (face,) = detector.detect(picture)
        _, _, width, height = face.box
        assert width * height > 0.5 * picture.shape[0] * picture.shape[1]
        left_eye, right_eye, nose, left_mouth, _ = face.landmarks
        assert left_eye[0] < nose[0] < right_eye[0]
        assert left_eye[1] < nose[1] < left_mouth[1]


def test_box_of_the_known_case_cut_by_a_twentieth_is_found(detector: MtcnnDetector, hopper: np.ndarray) -> None:
    assert len(detector.detect(cut(hopper, (181, 113, 168, 217), -0.05))) == 1


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_it_is_found_whichever_way_it_lies(detector: MtcnnDetector, hopper: np.ndarray, turns: int) -> None:
    picture = turned(cut(hopper, detector.detect(hopper)[0].box, -0.05), turns)
    (face,) = detector.detect(picture)
    down = face.landmarks[3:].mean(0) - face.landmarks[:2].mean(0)
    expected = {1: (1, 0), 2: (0, -1), 3: (-1, 0)}[turns]
    assert down @ expected > 0.7 * np.linalg.norm(down)


def test_it_is_found_where_pictures_are_known_to_be_upright(hopper: np.ndarray) -> None:
    detector = MtcnnDetector(upright_only=True)
    picture = cut(hopper, detector.detect(hopper)[0].box, -0.05)
    assert len(detector.detect(picture)) == 1


@pytest.mark.parametrize("shape", [(1, 1), (3, 300), (300, 300), (200, 20)])
def test_plain_picture_gives_none(shape: tuple[int, int]) -> None:
    assert len(find_filling_face(Cascade(), np.full((*shape, 3), 120, np.uint8), MIN_CONFIDENCE)) == 0


def test_small_face_in_a_large_picture_is_left_to_the_usual_search(hopper: np.ndarray) -> None:
    photo = np.full((1000, 1000, 3), 120, np.uint8)
    photo[:120, :100] = cv2.resize(hopper, (100, 120), interpolation=cv2.INTER_AREA)
    assert len(find_filling_face(Cascade(), photo, MIN_CONFIDENCE)) == 0
