"""The process that decodes pictures, one after another, for the process that started it.

It reads a line of JSON for each picture from standard input and answers with one on standard output; the content and
the pixels go through shared memory where the system has it, and through the same pipes elsewhere. It ends when its
parent does, and the system ends it when a picture takes more processor time than is allowed.
"""

import contextlib
import io
import json
import math
import mmap
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from model.reading.decoding import decode
from model.reading.errors import ImageError
from model.reading.jpeg import Buffer

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

CPU_SECONDS = 5
"""Processor time for one picture, of all threads; the slowest within the limits takes two seconds."""
MEMORY = 700_000_000
"""Bytes that decoding may take in this process, beside what it has when it starts."""


def main(inbox: int | None = None, outbox: int | None = None) -> None:
    """Decodes until standard input ends.

    Args:
        inbox: descriptor of the shared memory with the content of the file.
        outbox: of the shared memory for the pixels.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, at whose end this one ends
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    shared = Shared(outbox) if outbox is not None else None
    _limit_memory()
    _answer(answers, {"ready": True})
    for line in requests:
        request = json.loads(line)
        _limit_time()
        if inbox is not None:
            file: BinaryIO = os.fdopen(os.dup(inbox), "rb")
            size = request["size"]
            content: Buffer = mmap.mmap(inbox, size, access=mmap.ACCESS_READ) if size else b""
        else:
            content = requests.read(request["size"])
            file = io.BytesIO(content)
        canvas = shared or Private()
        _answer(answers, _outcome(file, content, request["max_pixels"], canvas))
        if isinstance(canvas, Private):
            canvas.send(answers)
        file.close()


class Shared:
    """Pixels in memory that the parent sees, too."""

    def __init__(self, descriptor: int) -> None:
        self._pixels = np.frombuffer(mmap.mmap(descriptor, os.fstat(descriptor).st_size), np.uint8)

    def __call__(self, size: int) -> NDArray[np.uint8]:
        """Room for so many bytes."""
        return self._pixels[:size]


class Private:
    """Pixels in memory of this process, sent through the pipe."""

    def __init__(self) -> None:
        self._pixels = np.empty(0, np.uint8)

    def __call__(self, size: int) -> NDArray[np.uint8]:
        """Room for so many bytes; asked again for less, the same room."""
        if size > self._pixels.size:
            self._pixels = np.empty(size, np.uint8)
        else:
            self._pixels = self._pixels[:size]
        return self._pixels

    def send(self, answers: BinaryIO) -> None:
        """Writes the pixels, none after an error."""
        answers.write(self._pixels.data)
        answers.flush()


def _outcome(file: BinaryIO, content: Buffer, max_pixels: int, canvas: Any) -> dict[str, Any]:
    try:
        height, width = decode(file, content, max_pixels, canvas)
    except ImageError as error:
        canvas(0)
        return {"error": type(error).__name__, "message": str(error)}
    return {"height": height, "width": width}


def _answer(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def _limit_time() -> None:
    """Allows this process `CPU_SECONDS` from now on, after which the system ends it."""
    if resource:
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        with contextlib.suppress(ValueError, OSError):  # there is a lower limit already
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used) + CPU_SECONDS, resource.RLIM_INFINITY))


def _limit_memory() -> None:
    """Bounds what decoders may allocate; shared memory does not count. On other systems than Linux nothing happens."""
    if not resource or not sys.platform.startswith("linux"):
        return
    lines = Path("/proc/self/status").read_text().splitlines()
    now = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))
    for limit, most in ((resource.RLIMIT_DATA, now + MEMORY), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
