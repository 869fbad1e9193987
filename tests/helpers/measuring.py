"""What reading a file costs: seconds and megabytes of a fresh process and its worker together.

python -m helpers.measuring    (in the folder tests) prints the table of SECURITY.md
"""

import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from model.image import ImageError, read_image
from model.reading.process import decode_apart

MB = 1_000_000


@dataclass
class Cost:
    """What something took.

    seconds: on the clock; processor_seconds: of the worker.
    megabytes: the most that this process and its worker had beyond what they had at first, shared memory once.
    """

    seconds: float = 0
    processor_seconds: float = 0
    megabytes: float = 0
    _start: list[float] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._first = memory()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._start = [time.monotonic(), worker_seconds()]
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._start[0]
        self.processor_seconds = worker_seconds() - self._start[1]
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(0.02):
            self.megabytes = max(self.megabytes, (memory() - self._first) / MB)


def warm_up() -> None:
    """Starts the worker, so that its start is not measured."""
    read_image(Path(__file__).resolve().parents[2] / "samples" / "grace-hopper.jpg")


def worker() -> int | None:
    """The process that decodes for this one."""
    return decode_apart.process_id


def worker_seconds() -> float:
    """Processor time of the worker so far."""
    try:
        fields = Path(f"/proc/{worker()}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory() -> float:
    """Bytes of this process and its worker, shared memory counted once."""
    total = 0
    for process in (os.getpid(), worker()):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) * 1024
    return total


def main(files: list[str]) -> None:
    """Prints a row for each file."""
    warm_up()
    for name in files:
        with Cost() as cost:
            try:
                height, width, _ = read_image(name).shape
                outcome = f"read, {width} × {height}"
            except ImageError as error:
                outcome = str(error).partition(".")[0]
        size = Path(name).stat().st_size / MB
        print(
            f"| {Path(name).stem} | {size:.2f} MB | {cost.processor_seconds:.2f} s | {cost.seconds:.1f} s "
            f"| {cost.megabytes:.0f} MB | {outcome} |",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
