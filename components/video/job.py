"""The analysis of a visitor's video: in memory, on a thread of its own, frame by frame in the queue of all visitors."""

import io
import logging
import math
import threading
import time
import weakref
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from components.memory import trim_heap
from model.admission import shared_queue
from model.drawing import encode_jpeg
from model.errors import UserError
from model.predictor import Predictor
from model.video.annotated import AnnotatedPart, merge
from model.video.following import Step, follow, prefetched
from model.video.marking import mark_people
from model.video.people import People, Person, Predict
from model.video.pooling import load_pooling
from model.video.source import Video, VideoError

EVERY = 0.2  # seconds between frames analysed
MAX_SECONDS = 600.0  # of a video
MAX_PIXELS = 4096 * 2304  # of a frame: a decoder keeps up to 17 of them in memory
ANNOTATED_SIDE, ANNOTATED_CRF = 1280, 26  # small files, since they are kept in memory
PREVIEW_SIDE, PREVIEW_SECONDS = 640, 0.7

LONG = "Only the first ten minutes were analysed. The command line takes videos of any length."
FAILED = "The analysis of the video failed. Try another video."

_one_video = threading.Semaphore()  # several at once would take as long in total, and memory for each


@dataclass(frozen=True)
class VideoResult:
    """What was found in a video.

    name: of the file.
    duration: of what was analysed, seconds.
    frames: number of frames analysed.
    people: in the order in which they appeared.
    annotated: an MP4 with the people marked.
    note: what else there is to say about the file, in a sentence.
    """

    name: str
    duration: float
    frames: int
    people: list[Person]
    annotated: bytes
    note: str = ""


@dataclass
class _Progress:
    """What the thread and the page share; it is all the thread knows of the page."""

    stop: threading.Event = field(default_factory=threading.Event)
    waiting: bool = True
    began: float = 0.0
    time: float = 0.0
    duration: float | None = None
    people: int = 0
    preview: bytes = b""
    result: VideoResult | None = None
    error: str = ""


class VideoJob:
    """An analysis that has begun. It ends if nobody holds this object any more, as when a visitor has left.

    Args:
        name: of the file.
        data: its contents.
        predict: finds the faces of a picture.
    """

    def __init__(self, name: str, data: bytes, predict: Predict) -> None:
        self.name = name
        self._progress = _Progress()
        weakref.finalize(self, self._progress.stop.set)
        arguments = self._progress, name, io.BytesIO(data), predict
        self._thread = threading.Thread(target=_run, args=arguments, name="video", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether there is a result or an error."""
        return bool(self._progress.result or self._progress.error)

    @property
    def result(self) -> VideoResult | None:
        """What was found."""
        return self._progress.result

    @property
    def error(self) -> str:
        """Why nothing was found out, in one sentence."""
        return self._progress.error

    @property
    def waiting(self) -> bool:
        """Whether the video of another visitor comes first."""
        return self._progress.waiting

    @property
    def people(self) -> int:
        """People seen so far."""
        return self._progress.people

    @property
    def preview(self) -> bytes:
        """The frame last analysed as a JPEG file; empty before the first."""
        return self._progress.preview

    @property
    def share(self) -> float:
        """How much of the video is analysed, 0-1; 0 if its length is unknown."""
        duration = self._progress.duration
        return min(1.0, self._progress.time / duration) if duration else 0.0

    @property
    def seconds(self) -> tuple[float, float | None]:
        """Seconds of the video that are analysed, and seconds that the rest will take, if known."""
        spent = time.monotonic() - self._progress.began
        return self._progress.time, spent * (1 / self.share - 1) if self.share > 0.02 else None

    def cancel(self) -> None:
        """Ends the analysis after the frame that is being analysed."""
        self._progress.stop.set()

    def join(self, timeout: float) -> bool:
        """Waits for the end, at most so many seconds; returns whether it has come."""
        self._thread.join(timeout)
        return not self._thread.is_alive()


def queued(predictor: Predictor) -> Predict:
    """Finds faces once it is its turn: a photo of another visitor waits for one frame at most."""
    return lambda image: shared_queue.run(predictor.predict_with_chips, image)


def _run(progress: _Progress, name: str, data: io.BytesIO, predict: Predict) -> None:
    try:
        while not _one_video.acquire(timeout=0.2):
            if progress.stop.is_set():
                return
        try:
            progress.waiting, progress.began = False, time.monotonic()
            progress.result = _analyse(progress, name, data, predict)
        finally:
            _one_video.release()
    except UserError as error:
        progress.error = str(error)
    except Exception:
        logging.getLogger(__name__).exception("The analysis of a video has ended")
        progress.error = FAILED
    data.close()
    trim_heap()


def _analyse(progress: _Progress, name: str, data: io.BytesIO, predict: Predict) -> VideoResult | None:
    """None if it was stopped."""
    people = People(EVERY, load_pooling())
    finished: list[Person] = []
    memory, note, shown = io.BytesIO(), "", 0.0
    with Video(data, MAX_PIXELS) as video:
        progress.duration = min(video.duration, MAX_SECONDS) if video.duration else None
        part = AnnotatedPart(memory, video.rate, max_side=ANNOTATED_SIDE, crf=ANNOTATED_CRF)
        try:
            with prefetched(video.frames()) as frames:
                for step in follow(frames, people, predict, mark=part.mark):
                    if progress.stop.is_set():
                        return None
                    finished += people.take_finished()
                    progress.time, progress.people = step.time, people.numbered
                    if time.monotonic() - shown > PREVIEW_SECONDS:
                        progress.preview, shown = _preview(step), time.monotonic()
                    if step.time >= MAX_SECONDS:
                        note = LONG
                        break
            fault = video.fault_after(math.inf if note else people.last.time)
            note = " ".join(filter(None, (note, fault)))
        except VideoError as error:
            if not people.frames:
                raise
            note = str(error)
        finally:
            part.close()
    duration = people.last.time
    people.end()
    finished += people.take_finished()
    annotated = io.BytesIO()
    merge([memory], data, annotated, until=duration)
    finished.sort(key=lambda person: person.number)
    return VideoResult(name, duration, people.frames, finished, annotated.getvalue(), note)


def _preview(step: Step) -> bytes:
    scale = min(1.0, PREVIEW_SIDE / max(step.image.shape[:2]))
    small: NDArray[np.uint8] = np.asarray(
        cv2.resize(step.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
    mark_people(small, step.marks, scale)
    return encode_jpeg(small, quality=80)
