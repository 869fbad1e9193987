import cv2
import numpy as np
import pytest

from model.alignment import CHIP_LANDMARKS
from model.detection.detector import Detection, MtcnnDetector
from model.detection.faces import Faces, joined
from model.detection.orientation import settle, turned, turned_back

GREY = 128


@pytest.fixture(scope="module")
def detector() -> MtcnnDetector:
    return MtcnnDetector()


def shrunk(photo: np.ndarray, scale: float) -> np.ndarray:
    return cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def group_photo(collins: np.ndarray, hopper: np.ndarray) -> np.ndarray:
    """Six faces in two rows."""
    canvas = np.full((800, 1240, 3), GREY, np.uint8)
    for portrait, scales, top in ((collins, (0.75, 0.7, 0.65), 20), (hopper, (0.6, 0.5, 0.55), 420)):
        left = 20
        for scale in scales:
            small = shrunk(portrait, scale)
            canvas[top : top + len(small), left : left + small.shape[1]] = small[: 800 - top]
            left += small.shape[1] + 20
    return canvas


def quarter_turns(face: Detection) -> int:
    """That put the face upright, to the left."""
    eyes, mouth = face.landmarks[:2].mean(0), face.landmarks[3:].mean(0)
    x, y = mouth - eyes
    return round(np.degrees(np.arctan2(x, y)) / -90) % 4


def make(*rows: tuple[tuple[int, int, int, int], float, int]) -> Faces:
    boxes, confidence, turns = zip(*rows, strict=True)
    landmarks = np.array([_in_turned(CHIP_LANDMARKS, -way % 4, (200, 200)) for way in turns])
    return Faces(np.array(boxes, np.float32), landmarks, np.array(confidence), np.array(turns))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("scale", [0.75, 0.5])
def test_turned_portrait_gives_its_one_face_the_right_way_up(
    detector: MtcnnDetector, collins: np.ndarray, turns: int, scale: float
) -> None:
    photo = shrunk(collins, scale)
    (expected,) = detector.detect(photo)
    (face,) = detector.detect(turned(photo, turns))
    assert quarter_turns(face) == -turns % 4
    assert face.confidence > 0.95
    # Turning the turned photo on until it is upright brings the landmarks back to their places.
    upright = _in_turned(face.landmarks, -turns % 4, turned(photo, turns).shape)
    np.testing.assert_allclose(upright, expected.landmarks, atol=2)


def _in_turned(points: np.ndarray, turns: int, shape: tuple[int, ...]) -> np.ndarray:
    height, width = shape[:2]
    x, y = points.T
    ways = {0: (x, y), 1: (y, width - 1 - x), 2: (width - 1 - x, height - 1 - y), 3: (height - 1 - y, x)}
    return np.stack(ways[turns], axis=1)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_turned_group_gives_all_its_faces(
    detector: MtcnnDetector, collins: np.ndarray, hopper: np.ndarray, turns: int
) -> None:
    faces = detector.detect(turned(group_photo(collins, hopper), turns))
    assert [quarter_turns(face) for face in faces] == [-turns % 4] * 6


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_collage_gives_the_upright_and_the_turned_face(
    detector: MtcnnDetector, collins: np.ndarray, hopper: np.ndarray, turns: int
) -> None:
    other = turned(shrunk(hopper, 0.8), turns)
    collage = np.full((max(len(collins), len(other)), collins.shape[1] + other.shape[1], 3), GREY, np.uint8)
    collage[: len(collins), : collins.shape[1]] = collins
    collage[: len(other), collins.shape[1] :] = other
    faces = sorted(detector.detect(collage), key=lambda face: face.box[0])
    assert [quarter_turns(face) for face in faces] == [0, -turns % 4]


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_collage_of_faces_that_fill_their_halves_gives_both(
    detector: MtcnnDetector, collins: np.ndarray, hopper: np.ndarray, turns: int
) -> None:
    left, right = close_up(collins), turned(close_up(hopper), turns)
    faces = sorted(detector.detect(np.concatenate([left, right], axis=1)), key=lambda face: face.box[0])
    assert [quarter_turns(face) for face in faces] == [0, -turns % 4]


def close_up(portrait: np.ndarray) -> np.ndarray:
    """(300, 300, 3): the face with a fifth of its size around it."""
    x, y, w, h = MtcnnDetector().detect(portrait)[0].box
    middle, half = (x + w // 2, y + h // 2), round(0.7 * h)
    cut = portrait[middle[1] - half : middle[1] + half, middle[0] - half : middle[0] + half]
    return cv2.resize(cut, (300, 300), interpolation=cv2.INTER_AREA)


def test_photo_of_one_large_upright_face_is_not_searched_turned(
    detector: MtcnnDetector, collins: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = close_up(collins)
    searched: list[int] = []
    find_turned = MtcnnDetector._find_turned

    def record(self: MtcnnDetector, picture: np.ndarray, turns: int) -> Faces:
        searched.append(turns)
        return find_turned(self, picture, turns)

    monkeypatch.setattr(MtcnnDetector, "_find_turned", record)
    (upright,) = detector.detect(photo)
    assert searched == []
    (upside_down,) = detector.detect(turned(photo, 2))
    assert searched
    assert (quarter_turns(upright), quarter_turns(upside_down)) == (0, 2)


def test_surest_of_the_faces_at_one_place_stays() -> None:
    faces = settle(make(((0, 0, 99, 99), 0.95, 0), ((5, 5, 100, 100), 0.999, 3)))
    assert faces.turns.tolist() == [3]


def test_small_find_does_not_outweigh_the_face_around_it() -> None:
    faces = settle(make(((40, 40, 60, 60), 0.97, 0), ((0, 0, 400, 400), 0.96, 1)))
    assert faces.turns.tolist() == [1]


def test_unsure_find_lying_otherwise_than_the_photo_is_left_out() -> None:
    most = [((100 * i, 0, 100 * i + 80, 80), 0.99, 2) for i in range(3)]
    assert settle(make(*most, ((0, 500, 40, 540), 0.95, 0))).turns.tolist() == [2, 2, 2]
    assert sorted(settle(make(*most, ((0, 500, 40, 540), 0.99, 0))).turns) == [0, 2, 2, 2]


def test_nothing_found_stays_nothing() -> None:
    empty = Faces(np.empty((0, 4), np.float32), np.empty((0, 5, 2)), np.empty(0), np.empty(0, int))
    assert len(settle(empty)) == 0


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_boxes_and_landmarks_turn_with_the_photo(turns: int) -> None:
    photo = np.zeros((30, 50), np.uint8)
    photo[10:16, 20:29] = 1  # a box, whose corners' pixels are its landmarks
    rows, columns = np.nonzero(turned(photo, turns))
    box = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    landmarks = np.array([[(columns[i], rows[i]) for i in (0, -1, 0, -1, 0)]], float)
    found = Faces(np.array([box], np.float32), landmarks, np.ones(1), np.zeros(1, int))
    back = turned_back(found, turns, photo.shape)
    assert back.boxes.tolist() == [[20, 10, 29, 16]]
    assert back.turns.tolist() == [turns]
    assert sorted(map(tuple, back.landmarks[0, :2])) in ([(20, 10), (28, 15)], [(20, 15), (28, 10)])


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_tilt_is_what_the_quarter_turns_leave(turns: int) -> None:
    (upright,) = make(((0, 0, 99, 99), 0.9, turns)).tilts
    assert upright < 2
    box, landmarks = np.zeros((1, 4), np.float32), CHIP_LANDMARKS[None]
    (tilt,) = Faces(box, landmarks, np.ones(1), np.array([turns])).tilts
    assert abs(tilt - (0, 90, 180, 90)[turns]) < 2


def test_of_two_equally_sure_the_straight_one_stays() -> None:
    straight, tilted = make(((0, 0, 99, 99), 0.97, 0)), make(((0, 0, 99, 99), 0.98, 1))
    lean = cv2.getRotationMatrix2D((100, 100), 40, 1)
    leaning = Faces(tilted.boxes, cv2.transform(tilted.landmarks, lean), tilted.confidence, tilted.turns)
    assert settle(joined(straight, leaning)).turns.tolist() == [0]
