"""Decoding in a process of its own, which is kept for the next picture and killed if a picture takes too long.

A decoder that hangs or crashes, or a picture that takes all memory, then costs one picture and not the service. Where
no process can be started, pictures are decoded in this one, with the same bounds on what a file may declare.
"""

import atexit
import contextlib
import io
import os
import threading
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from model.reading.channel import Worker, WorkerUnavailableError, read_content
from model.reading.decoding import decode
from model.reading.watching import Cancelled
from model.reading.worker import Private


class Decoding:
    """Decodes one picture at a time, in a worker that is started for the first one; safe to share between threads.

    One at a time, so that the memory for one is all that is ever needed; processes each have their own worker.
    """

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._possible, self._proven = True, False
        self._lock = threading.Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)
        atexit.register(self.close)

    def __call__(self, file: BinaryIO, max_pixels: int, cancelled: Cancelled) -> NDArray[np.uint8]:
        """The picture in a file, (height, width, 3), RGB, 0-255.

        Raises:
            ImageError: if it cannot be read, or not within the limits.
        """
        with self._lock:
            if self._possible:
                with contextlib.suppress(WorkerUnavailableError):
                    pixels = self._apart(file, max_pixels, cancelled)
                    self._proven = True
                    return pixels
                self._possible = self._proven  # where one has started, another will when there is memory again
            return self._here(file, max_pixels)

    @property
    def process_id(self) -> int | None:
        """The worker's, or None while there is none."""
        return self._worker.process_id if self._worker else None

    def close(self) -> None:
        """Ends the worker; the next picture starts another one."""
        with self._lock:
            if self._worker:
                self._worker.close()
                self._worker = None

    def _apart(self, file: BinaryIO, max_pixels: int, cancelled: Cancelled) -> NDArray[np.uint8]:
        if self._worker and not self._worker.alive:
            self._worker.close()
            self._worker = None
        self._worker = self._worker or Worker()
        try:
            return self._worker.decode(file, max_pixels, cancelled)
        except WorkerUnavailableError:
            self._worker.close()
            self._worker = None
            raise
        finally:
            if self._worker and not self._worker.alive:  # the next one loads meanwhile
                self._worker.close()
                self._worker = None
                with contextlib.suppress(WorkerUnavailableError):
                    self._worker = Worker()

    def _here(self, file: BinaryIO, max_pixels: int) -> NDArray[np.uint8]:
        content = read_content(file)
        canvas = Private()
        height, width = decode(io.BytesIO(content), content, max_pixels, canvas)
        return canvas(3 * height * width).reshape(height, width, 3)

    def _after_fork(self) -> None:
        """The worker and the lock are the parent's: this process starts its own."""
        worker, self._worker, self._lock = self._worker, None, threading.Lock()
        if worker:
            worker.forget()


decode_apart = Decoding()
"""The one worker of this process."""
