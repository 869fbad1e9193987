"""A worker process seen from its parent: gives it a file, takes the pixels, and says why it ended if it did.

On Linux both go through anonymous shared memory, elsewhere through the pipes to the worker; never through the disk.
"""

import contextlib
import io
import json
import mmap
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from model.reading import errors
from model.reading.decoding import MAX_PIXELS
from model.reading.errors import (
    DAMAGED,
    INTERRUPTED,
    NO_MEMORY,
    TOO_SLOW,
    ImageError,
    ImageTooLargeError,
    OutOfMemoryError,
    ReadingInterruptedError,
)
from model.reading.watching import Cancelled, Watch

MAX_BYTES = 300_000_000
"""Of one file: an uncompressed TIFF of 48 megapixels with 16 bits per colour has 288 MB."""
IDLE_SECONDS = 5.0
START_SECONDS = 60.0
KEPT = 64 << 20
"""Bytes of shared memory kept for the next picture: enough for 21 megapixels, and much faster than fresh memory."""
BLOCK = 8 << 20
PILLOW = {"PILLOW_BLOCKS_MAX": "4"}
"""Makes the worker keep 64 MB of Pillow's memory for the next picture, likewise: fresh memory costs a JPEG a third of
its time."""

ROOT = str(Path(__file__).resolve().parents[2])
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from model.reading.worker import main; main(*map(int, sys.argv[2:]))"
)


class WorkerUnavailableError(Exception):
    """No process can be started here."""


def read_content(file: BinaryIO) -> bytes:
    """All of a file, unless it is larger than any picture within the limits.

    Raises:
        ImageTooLargeError: if it is.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise too_many_bytes()
    return content


def too_many_bytes() -> ImageTooLargeError:
    """The error for a file that is larger than any picture within the limits."""
    return ImageTooLargeError(f"The file is too large. The limit is {MAX_BYTES / 1e6:g} MB.")


class Worker:
    """One process that decodes, and the memory shared with it.

    Raises:
        WorkerUnavailableError: if it cannot be started.
    """

    def __init__(self) -> None:
        self._shared: Shared | None = None
        try:
            self._shared = Shared() if hasattr(os, "memfd_create") else None
            descriptors = [self._shared.inbox, self._shared.outbox] if self._shared else []
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", START, ROOT, *map(str, descriptors)],  # -P: no modules from this folder
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | PILLOW,
                pass_fds=descriptors,
            )
        except (OSError, ValueError, TypeError) as error:  # no memory, no processes, no interpreter to start
            if self._shared:
                self._shared.close()
            raise WorkerUnavailableError(str(error)) from error
        self._requests = cast(io.BufferedWriter, self._process.stdin)
        self._answers = cast(io.BufferedReader, self._process.stdout)
        self._started = False

    @property
    def process_id(self) -> int:
        """As the system numbers it."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can take another picture."""
        return self._process.poll() is None

    def decode(self, file: BinaryIO, max_pixels: int, cancelled: Cancelled) -> NDArray[np.uint8]:
        """The picture in a file, (height, width, 3), RGB, 0-255; afterwards, `alive` may be false.

        Raises:
            ImageError: if the picture cannot be read, or not within the limits.
            OSError: if the file cannot be read.
            WorkerUnavailableError: if the process does not come up.
        """
        self._wait_for_start()
        content = None if self._shared else read_content(file)
        size = self._shared.put(file) if self._shared else len(content or b"")
        try:
            return self._exchange(content, size, max_pixels, cancelled)
        except ImageError:
            raise
        except BaseException:  # Ctrl-C: an answer that nobody has read would be taken for that to the next picture
            self._process.kill()
            self._process.wait()
            raise

    def _exchange(self, content: bytes | None, size: int, max_pixels: int, cancelled: Cancelled) -> NDArray[np.uint8]:
        answer: dict[str, Any] = {}
        pixels = None
        with Watch(self._process, IDLE_SECONDS, cancelled) as watch, contextlib.suppress(OSError, ValueError):
            request = json.dumps({"size": size, "max_pixels": max_pixels}).encode() + b"\n"
            self._requests.write(request + content if content else request)
            self._requests.flush()
            answer = json.loads(self._answers.readline() or "{}")
            if "width" in answer and not self._shared:
                pixels = self._receive(3 * answer["height"] * answer["width"])
        if self._shared:
            pixels = self._shared.take(3 * answer["height"] * answer["width"]) if "width" in answer else None
            self._shared.tidy()
        if "error" in answer:
            raise getattr(errors, answer["error"])(answer["message"])
        if pixels is None:
            raise self._epitaph(watch)
        return pixels.reshape(answer["height"], answer["width"], 3)

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Releases what this process holds of it, without ending it: after a fork it belongs to the parent.

        Nothing here waits for a lock: a thread that held one while it read a picture is not in the fork.
        """
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                pipe.raw.close()
        if self._shared:
            self._shared.close()

    def _wait_for_start(self) -> None:
        if self._started:
            return
        with Watch(self._process, START_SECONDS, lambda: False):
            self._started = bool(self._answers.readline())
        if not self._started:
            raise WorkerUnavailableError("The process that decodes pictures does not start.")

    def _receive(self, size: int) -> NDArray[np.uint8] | None:
        """The pixels from the pipe; None if the process has ended before they were there."""
        pixels = np.empty(size, np.uint8)
        return pixels if self._answers.readinto(pixels.data) == size else None

    def _epitaph(self, watch: Watch) -> ImageError:
        """Why the process has ended."""
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:  # it answers nonsense
            self._process.kill()
            self._process.wait()
            code = 1
        if watch.reason == "cancelled":
            return ReadingInterruptedError(INTERRUPTED)
        if watch.reason == "slow" or code == -getattr(signal, "SIGXCPU", 0):
            return ImageTooLargeError(TOO_SLOW)
        if code == -getattr(signal, "SIGKILL", 0):  # by the system, which has run out of memory
            return OutOfMemoryError(NO_MEMORY)
        return ImageError(DAMAGED)


class Shared:
    """Anonymous memory for one file and its pixels, which the worker sees, too; large parts are returned at once.

    inbox, outbox: its descriptors.
    """

    def __init__(self) -> None:
        self.inbox, self.outbox = os.memfd_create("picture"), os.memfd_create("pixels")
        os.ftruncate(self.outbox, 4 * MAX_PIXELS)  # takes memory only where it is written to
        self._memory = mmap.mmap(self.outbox, 4 * MAX_PIXELS)

    def put(self, file: BinaryIO) -> int:
        """Copies a file, unless it is too large, and returns its size in bytes.

        Raises:
            ImageTooLargeError: if it is.
        """
        size = 0
        while block := file.read(BLOCK):
            if size + len(block) > MAX_BYTES:
                os.ftruncate(self.inbox, 0)
                raise too_many_bytes()
            os.pwrite(self.inbox, block, size)
            size += len(block)
        os.ftruncate(self.inbox, size)
        return size

    def take(self, size: int) -> NDArray[np.uint8]:
        """A copy of the first bytes, made while what is copied is returned to the system, so that it is never twice."""
        self.tidy(size)
        pixels = np.empty(size, np.uint8)
        with memoryview(self._memory) as memory:
            for start in range(0, size, BLOCK):
                end = min(start + BLOCK, size)
                pixels[start:end] = np.frombuffer(memory[start:end], np.uint8)
                if end > KEPT:
                    self._memory.madvise(mmap.MADV_REMOVE, max(start, KEPT), BLOCK)
        return pixels

    def tidy(self, size: int = 0) -> None:
        """Returns what lies behind the first bytes, and the file."""
        os.ftruncate(self.inbox, 0)
        used = max(KEPT, -(-size // BLOCK) * BLOCK)
        if used < len(self._memory):
            self._memory.madvise(mmap.MADV_REMOVE, used)

    def close(self) -> None:
        """Returns all of it."""
        with contextlib.suppress(BufferError):  # in a fork: its parent is just copying pixels
            self._memory.close()
        os.close(self.inbox)
        os.close(self.outbox)
