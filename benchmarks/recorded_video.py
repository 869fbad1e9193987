"""How long a minute of video with three faces takes: python -m benchmarks.recorded_video [--output FILE]

The video is composed from the portraits in `samples/`, as if a hand-held camera swayed over them. What is timed is the
whole command `python -m model video`, from its start to its files, once with the annotated video and once without.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.alone import run
from benchmarks.photos import compose
from benchmarks.serving import ROOT
from reports.benchmarks import Row

OUTPUT = ROOT / "model" / "results" / "video_speed.json"
WIDTH, HEIGHT, FRAMES_PER_SECOND = 1280, 720, 30
SECONDS, SHORT_SECONDS = 60, 4
FACES = 120, 160, 220  # widths, pixels
SWAY, SWAY_SECONDS = 60, 7.0  # pixels either way, and how long there and back takes
GROUP = f"Recorded video, {WIDTH} × {HEIGHT}, {FRAMES_PER_SECOND} frames per second, three faces"


@dataclass(frozen=True)
class Timed:
    """A run of the command: seconds on the clock, seconds of all cores together, and how many people it found."""

    seconds: float
    cpu_seconds: float
    people: int


def measure(short: bool) -> list[Row]:
    """Seconds for a minute of video, with the annotated video and without; the short form takes four seconds of it."""
    length = SHORT_SECONDS if short else SECONDS
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        write_clip(clip, length)
        marked, plain = (time_command(clip, annotated) for annotated in (True, False))
    limits = {"marked": None, "plain": None} if short else {"marked": 20.0, "plain": 12.0}
    what = f"{length} s of video"
    return [
        Row(GROUP, f"{what} to table and annotated video", "time", marked.seconds, "s", at_most=limits["marked"]),
        Row(GROUP, f"{what} to table", "time", plain.seconds, "s", at_most=limits["plain"]),
        Row(GROUP, "processor time, with annotated video", "time", marked.cpu_seconds, "s"),
        Row(GROUP, "processor time, table alone", "time", plain.cpu_seconds, "s"),
        Row(GROUP, "people found", "faces", min(marked.people, plain.people), "", at_least=len(FACES)),
        Row(GROUP, "people counted", "faces", max(marked.people, plain.people), "", at_most=len(FACES)),
    ]


def write_clip(path: Path, seconds: float) -> None:
    """The video, in H.264 as most programs write it."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options={"preset": "veryfast", "crf": "21"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for i, picture in enumerate(_film(round(seconds * FRAMES_PER_SECOND))):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def time_command(clip: Path, annotated: bool) -> Timed:
    """Analyses the clip as people do.

    Raises:
        RuntimeError: if the command fails, with what it said.
    """
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "people.csv"
        command = [sys.executable, "-m", "model", "video", str(clip), "--output", str(table)]
        command += ["--annotated", str(Path(folder) / "marked.mp4")] if annotated else []
        start = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            said = process.stderr.read() if process.stderr else ""
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if process.returncode:
            raise RuntimeError(said)
        with table.open(newline="") as file:
            people = sum(1 for _ in csv.DictReader(file))
    return Timed(seconds, usage.ru_utime + usage.ru_stime, people)


def _film(frames: int) -> Iterator[NDArray[np.uint8]]:
    """A camera that sways over a photo that is larger than its picture."""
    photo = compose(WIDTH + 4 * SWAY, HEIGHT + 4 * SWAY, FACES)
    photo = np.roll(photo, (2 * SWAY, 2 * SWAY), axis=(0, 1))  # away from the edge, so that no face is ever cut
    for i in range(frames):
        angle = 2 * np.pi * i / FRAMES_PER_SECOND / SWAY_SECONDS
        left, top = SWAY * (1 + np.sin(angle)), SWAY * (0.5 + 0.5 * np.cos(1.7 * angle))
        size = 1 + 0.04 * np.sin(0.6 * angle)
        view = np.array([[size, 0, -left * size], [0, size, -top * size]])
        yield np.asarray(cv2.warpAffine(photo, view, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE), np.uint8)


if __name__ == "__main__":
    sys.exit(run("recorded_video", __doc__, "four seconds of video", OUTPUT, measure))
