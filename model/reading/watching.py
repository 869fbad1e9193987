"""Ends a process that takes too long over a picture, or whose picture nobody wants any more."""

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

Cancelled = Callable[[], bool]
"""Says whether the picture is not wanted any more."""

POLL_SECONDS = 0.1
WALL_SECONDS = 30.0
"""The longest that a picture may take on the clock, if other programs leave the process little processor time."""


class Watch:
    """While it is entered, kills the process if it makes no progress, or takes too long, or is not needed any more.

    Args:
        process: what may be killed.
        idle_seconds: for how long the process may use no processor time; where the system does not say how much it
            uses, this is all the time that it has.
        cancelled: asked ten times a second.

    Attributes:
        reason: why the process was killed, or None.
    """

    def __init__(self, process: subprocess.Popen[bytes], idle_seconds: float, cancelled: Cancelled) -> None:
        self.reason: Literal["slow", "cancelled"] | None = None
        self._process = process
        self._idle_seconds = idle_seconds
        self._cancelled = cancelled
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch over decoding", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
        if self.reason:
            self._process.wait()  # or the next picture could take it for alive

    def _watch(self) -> None:
        started = progress = time.monotonic()
        used = processor_ticks(self._process.pid)
        while not self._done.wait(POLL_SECONDS):
            now, before, used = time.monotonic(), used, processor_ticks(self._process.pid)
            progress = now if used > before else progress
            if self._cancelled():
                self.reason = "cancelled"
            elif now - progress > self._idle_seconds or now - started > max(WALL_SECONDS, self._idle_seconds):
                self.reason = "slow"
            if self.reason:
                self._process.kill()
                return


def processor_ticks(process: int) -> int:
    """Processor time that a process has used, in the system's units; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except (OSError, IndexError, ValueError):
        return 0
