"""From frames to people: which frames are analysed, and where the faces are in those between them."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.face import Face
from model.video.frame import Frame
from model.video.people import Marks, People, Predict

AHEAD = 8
"""Frames that are decoded ahead."""

MAX_WAITING = 48
"""Frames that wait for the next analysed one, so that boxes can move smoothly; beyond, they show the last boxes."""


@dataclass(frozen=True)
class Step:
    """A frame that was analysed.

    time: seconds from the beginning.
    image: (height, width, 3), RGB, 0-255.
    marks: the people in it.
    """

    time: float
    image: NDArray[np.uint8]
    marks: Marks


def follow(
    frames: Iterable[Frame],
    people: People,
    predict: Predict,
    file: str = "",
    mark: Callable[[Frame, Marks], object] | None = None,
) -> Iterator[Step]:
    """Analyses the frames that are due; after each step, all frames up to it have been passed to `mark`.

    Args:
        frames: of a video, in order.
        people: takes in what is seen.
        predict: finds the faces of a picture.
        file: name of the video, for the rows of the faces.
        mark: called with every frame and the people in it; between two analysed frames, their boxes are interpolated.
    """
    waiting: list[Frame] = []
    for frame in frames:
        if people.is_due(frame.time):
            image, before = frame.picture(), people.last
            marks = people.add(frame.time, image, predict, file)
            if mark:
                for earlier in waiting:
                    share = (earlier.time - before.time) / (frame.time - before.time)
                    mark(earlier, between(before.marks, marks, share))
                mark(frame, marks)
            waiting.clear()
            yield Step(frame.time, image, marks)
        elif mark:
            waiting.append(frame)
            if len(waiting) > MAX_WAITING:
                mark(waiting.pop(0), people.last.marks)
    if mark:
        for frame in waiting:
            mark(frame, people.last.marks)


def between(before: Marks, after: Marks, share: float) -> Marks:
    """The people in a frame between two analysed ones, `share` (0-1) of the way from one to the other."""
    faces = dict(after)
    near = before if share < 0.5 else after
    return [(number, face) for number, face in near if number not in faces or number not in dict(before)] + [
        (number, _moved(face, faces[number], share)) for number, face in before if number in faces
    ]


def _moved(start: Face, end: Face, share: float) -> Face:
    x, y, width, height = (round(a + (b - a) * share) for a, b in zip(start.box, end.box, strict=True))
    return replace(start, box=(x, y, max(1, width), max(1, height)))


@contextmanager
def prefetched(frames: Iterator[Frame], drop: bool = False) -> Iterator[Iterator[Frame]]:
    """The same frames, decoded ahead on a thread, which ends with the context.

    Args:
        frames: of a video.
        drop: whether to drop frames that come faster than they are taken, as those of a live stream, whose thread is
            not waited for, since it may be waiting for the network.
    """
    places: queue.Queue[Frame | BaseException | None] = queue.Queue(AHEAD)
    ended = threading.Event()

    def put(item: Frame | BaseException | None) -> None:
        while not ended.is_set():
            try:
                places.put(item, timeout=0.1)
            except queue.Full:
                if drop and isinstance(item, Frame):
                    return
            else:
                return

    def decode() -> None:
        try:
            for frame in frames:
                put(frame)
                if ended.is_set():
                    return
            put(None)
        except BaseException as error:  # raised again where the frames are taken
            put(error)

    def taken() -> Iterator[Frame]:
        while (item := places.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    thread = threading.Thread(target=decode, name="video decoder", daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        ended.set()
        thread.join(1.0 if drop else None)
