"""Marks on coded frames are those on pictures, and leave the rest as it was."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from model.drawing import mark, reach
from model.face import Face
from model.video.annotated import AnnotatedPart
from model.video.frame import Frame, split_planes
from model.video.marking import mark_people, mark_planes

WIDTH, HEIGHT = 320, 240


def face(x: int, y: int, side: int = 60) -> Face:
    return Face((x, y, side, side), ((0, 0),) * 5, 0.99, 30.0, 25.0, 35.0, "female", 0.9)


@pytest.fixture
def picture() -> np.ndarray:
    small = np.random.default_rng(0).integers(40, 200, (6, 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)


def test_marks_are_those_of_a_picture(picture: np.ndarray) -> None:
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)
    marks = [(1, face(40, 90)), (2, face(200, 110))]
    mark_planes(planes, marks, 1.0)
    mark_people(picture, marks, 1.0)
    shown = cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420)
    assert np.abs(shown.astype(int) - picture)[..., 1].mean() < 3
    assert np.abs(shown.astype(int) - picture)[95:145, 45:95].mean() < 4


def test_rows_without_marks_stay_as_they_were(picture: np.ndarray) -> None:
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)
    before = planes.copy()
    mark_planes(planes, [], 1.0)
    assert np.array_equal(planes, before)
    mark_planes(planes, [(1, face(40, 180, side=20))], 1.0)
    changed = [np.flatnonzero((a != b).any(1)) for a, b in zip(split_planes(planes), split_planes(before), strict=True)]
    assert all(len(rows) for rows in changed)
    assert min(changed[0]) >= 180 - reach((WIDTH, HEIGHT))


@pytest.mark.parametrize("size", [(96, 64), (640, 480), (1920, 1080), (720, 1280)])
@pytest.mark.parametrize("place", [(0.0, 0.0), (0.5, 0.5), (0.9, 0.95), (0.3, -0.1), (0.3, 1.2)])
@pytest.mark.parametrize("share", [0.02, 0.2, 0.6])
def test_no_mark_goes_further_than_it_may(size: tuple[int, int], place: tuple[float, float], share: float) -> None:
    width, height = size
    one = face(round(place[0] * width), round(place[1] * height), max(1, round(share * height)))
    image = np.zeros((height, width, 3), np.uint8)
    mark(image, [one], numbers=[123])
    rows = np.flatnonzero(image.any((1, 2)))
    if len(rows):
        assert min(rows) >= one.box[1] - reach(size)
        assert max(rows) <= max(0, one.box[1] + one.box[3]) + reach(size)


def test_decoded_frame_is_left_alone(picture: np.ndarray) -> None:
    coded = av.VideoFrame.from_ndarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), format="yuv420p")
    before = coded.to_ndarray().copy()
    mark_planes(Frame(0.0, coded).planes(), [(1, face(40, 90))], 1.0)
    assert np.array_equal(coded.to_ndarray(), before)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_planes_show_the_same_picture_as_the_pixels(picture: np.ndarray, rotation: int) -> None:
    coded = av.VideoFrame.from_ndarray(picture, format="rgb24")
    frame = Turned(0.0, coded, turns=rotation // 90)
    shown = cv2.cvtColor(frame.planes(), cv2.COLOR_YUV2RGB_I420)
    assert shown.shape == frame.picture().shape
    assert np.abs(shown.astype(int) - frame.picture()).mean() < 4


class Turned(Frame):
    """A frame with metadata that turns it."""

    def __init__(self, time: float, coded: av.VideoFrame, turns: int) -> None:
        super().__init__(time, coded)
        object.__setattr__(self, "turns", turns)

    @property
    def _turns(self) -> int:
        return self.turns  # type: ignore[attr-defined]


def test_full_range_of_brightness_is_reduced_to_that_of_video(tmp_path: Path) -> None:
    white = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 255, np.uint8), format="rgb24")
    full = white.reformat(format="yuvj420p", dst_color_range="JPEG")
    assert full.to_ndarray().max() == 255
    part = AnnotatedPart(tmp_path / "part.nut", Fraction(25))
    part.mark(Frame(0.0, full), [])
    part.close()
    with av.open(str(tmp_path / "part.nut")) as container:
        (frame,) = container.decode(video=0)
    assert frame.to_ndarray(format="rgb24")[32, 32].min() > 250


def test_colours_are_described_as_in_the_original(tmp_path: Path) -> None:
    coded = av.VideoFrame.from_ndarray(np.full((96, 64), 120, np.uint8), format="yuv420p")
    coded.colorspace = 1  # BT.709
    part = AnnotatedPart(tmp_path / "part.nut", Fraction(25))
    part.mark(Frame(0.0, coded), [])
    part.close()
    with av.open(str(tmp_path / "part.nut")) as container:
        (frame,) = container.decode(video=0)
    assert frame.colorspace == 1
