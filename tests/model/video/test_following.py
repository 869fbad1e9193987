"""Frames between two analysed ones, and decoding ahead."""

from collections.abc import Iterator

import av
import pytest
from helpers.videos import SquarePredictor, scene

from model.face import Face
from model.video.following import between, follow, prefetched
from model.video.frame import Frame
from model.video.people import Marks, People
from model.video.pooling import load_pooling


def face(x: int) -> Face:
    return Face((x, 10, 20, 20), ((0, 0),) * 5, 0.99, 30.0, 25.0, 35.0, "male", 0.9)


def frames(count: int, rate: float = 10) -> Iterator[Frame]:
    for i in range(count):
        yield Frame(i / rate, av.VideoFrame.from_ndarray(scene((10 + 2 * i % 60, 20)), format="rgb24"))


def test_boxes_move_smoothly_between_analysed_frames() -> None:
    marks = between([(1, face(0))], [(1, face(100))], 0.25)
    assert [(number, one.box[0]) for number, one in marks] == [(1, 25)]


def test_who_appears_or_leaves_does_so_half_way() -> None:
    before, after = [(1, face(0)), (2, face(50))], [(2, face(60)), (3, face(90))]
    assert sorted(number for number, _ in between(before, after, 0.3)) == [1, 2]
    assert sorted(number for number, _ in between(before, after, 0.7)) == [2, 3]


def test_every_frame_is_marked_once_and_in_order() -> None:
    marked: list[tuple[float, Marks]] = []
    people = People(0.3, load_pooling())
    steps = list(
        follow(frames(20), people, SquarePredictor(), mark=lambda frame, marks: marked.append((frame.time, marks)))
    )
    assert [time for time, _ in marked] == [frame.time for frame in frames(20)]
    assert len(steps) == people.frames == 7
    assert all(len(marks) == 1 for time, marks in marked if time >= 0.3)


def test_error_while_decoding_ahead_reaches_who_takes_the_frames() -> None:
    def broken() -> Iterator[Frame]:
        yield from frames(3)
        raise ValueError("broken")

    with prefetched(broken()) as ahead:
        assert [next(ahead).time for _ in range(3)] == [0.0, 0.1, 0.2]
        with pytest.raises(ValueError, match="broken"):
            next(ahead)


def test_decoding_ends_when_nobody_takes_frames_any_more() -> None:
    given = 0

    def endless() -> Iterator[Frame]:
        nonlocal given
        for frame in frames(100_000):
            given += 1
            yield frame

    with prefetched(endless()) as ahead:
        next(ahead)
    assert given < 50
