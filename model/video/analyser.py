"""Analyses live video: the newest frame, on a separate thread from the one that shows the frames."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.alignment import CHIP_SIZE
from model.detection.detector import MtcnnDetector
from model.estimator import Estimator
from model.face import Face, rescaled
from model.predictor import Predictor
from model.video.tracking import Tracker

DETECTION_SIDE = 320
"""Longest side of the copy of a frame that is searched for faces, pixels: the smallest found are a sixteenth of it."""

RECORDED_SIDE = 640
"""The same for recorded video, which may take its time."""

UNIT = 10_000
"""Side of the square on which faces are followed, whatever the size of the frames, pixels."""

RATE_WINDOW = 3.0
"""Time over which rates are averaged, seconds."""


def video_predictor(estimator: Estimator, max_side: int = DETECTION_SIDE) -> Predictor:
    """A predictor that is fast rather than thorough: it misses small faces and faces that lie on their side.

    It is warmed up, since the first prediction takes seconds, during which a video would freeze.

    Args:
        estimator: of ages and genders.
        max_side: longest side of the copy of a frame that is searched for faces, pixels.
    """
    detector = MtcnnDetector(max_side=max_side, upright_only=True)
    detector.detect(np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8))
    estimator.estimate(np.zeros((1, CHIP_SIZE, CHIP_SIZE, 3), np.uint8))
    return Predictor(detector, estimator)


class Rate:
    """How often something happens; safe to share between threads."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def count(self) -> None:
        """Records that it has happened."""
        with self._lock:
            self._times.append(time.monotonic())
            self._forget()

    def per_second(self) -> float:
        """Mean over the last `RATE_WINDOW` seconds; 0 if it happened less than twice in them."""
        with self._lock:
            self._forget()
            if len(self._times) < 2:
                return 0.0
            return (len(self._times) - 1) / (time.monotonic() - self._times[0])

    def _forget(self) -> None:
        while self._times and self._times[0] < time.monotonic() - RATE_WINDOW:
            self._times.popleft()


@dataclass(frozen=True)
class _Frame:
    """A picture, (height, width, 3) RGB 0-255, and when it was taken, seconds."""

    image: NDArray[np.uint8]
    taken: float


class VideoAnalyser:
    """Follows the faces of one video.

    Frames are accepted without waiting. A thread analyses the newest one, again and again; frames that arrive while it
    is busy are dropped, so that it never falls behind.

    Args:
        predict: finds the faces of an RGB picture with their estimates, as `Predictor.predict` does.
    """

    def __init__(self, predict: Callable[[NDArray[np.uint8]], list[Face]]) -> None:
        self._predict = predict
        self._tracker = Tracker()
        self._faces: list[Face] = []  # on a frame of `UNIT` by `UNIT` pixels
        self._size = UNIT, UNIT  # width and height of the newest frame, pixels
        self._rate = Rate()
        self._failed = False
        self._newest: _Frame | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="video analyser", daemon=True)

    def submit(self, image: NDArray[np.uint8], taken: float | None = None) -> None:
        """Passes on the newest frame.

        Args:
            image: (height, width, 3), RGB, 0-255; must not be modified afterwards.
            taken: when it was taken, seconds on any clock that all frames of the video share; by default now.
                Delayed frames arrive all at once; by the wall clock, a face would seem to jump.
        """
        with self._changed:
            if self._closed:
                return
            # Started with the first frame, so that a video that never starts leaves no thread behind.
            if self._thread.ident is None:
                self._thread.start()
            self._size = image.shape[1], image.shape[0]
            self._newest = _Frame(image, time.monotonic() if taken is None else taken)
            self._changed.notify()

    @property
    def faces(self) -> list[Face]:
        """The last known faces with steady ages, those seen for the longest time first, placed on the newest frame.

        A camera changes the size of its frames when the network is slow or a phone is turned.
        """
        width, height = self._size
        return [rescaled(face, width / UNIT, height / UNIT) for face in self._faces]

    @property
    def failed(self) -> bool:
        """Whether an error, which is logged, has ended the analysis."""
        return self._failed

    def analysed_per_second(self) -> float:
        """Frames analysed per second, on average over the last seconds."""
        return self._rate.per_second()

    def close(self, timeout: float = 0.0) -> bool:
        """Ends the analysis and forgets the frames.

        Args:
            timeout: how long to wait for the frame being analysed, seconds.

        Returns:
            Whether the thread has ended.
        """
        with self._changed:
            self._closed = True
            self._newest = None
            self._changed.notify()
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while (frame := self._take()) is not None:
                height, width = frame.image.shape[:2]
                found = [rescaled(face, UNIT / width, UNIT / height) for face in self._predict(frame.image)]
                tracks = self._tracker.update(found, frame.taken)
                self._faces = [track.face for track in tracks]
                self._rate.count()
        except Exception:
            logging.getLogger(__name__).exception("The analysis of a video has ended")
            self._failed = True
        self._faces = []

    def _take(self) -> _Frame | None:
        """Waits for the newest frame; None once the analysis is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._closed)
            frame, self._newest = self._newest, None
            return frame
