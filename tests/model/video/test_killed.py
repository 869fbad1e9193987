"""The command killed by SIGKILL, again and again: the end is as if it never was."""

import csv
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from helpers.paths import ROOT
from helpers.videos import write_video

pytestmark = pytest.mark.slow

SECONDS, RATE = 34, 5
PATIENCE = 120  # seconds


def start(clip: Path, folder: Path) -> subprocess.Popen[str]:
    """The command as people run it."""
    command = [sys.executable, "-m", "model", "video", str(clip), "--output", str(folder / "people.csv")]
    command += ["--annotated", str(folder / "marked.mp4"), "--faces", str(folder / "faces.parquet"), "--every", "0.4"]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> None:
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said


def wait_for_change(path: Path, process: subprocess.Popen[str]) -> None:
    """Until the file has been written anew, or the command has ended."""
    before, latest = _written(path), time.monotonic() + PATIENCE
    while _written(path) == before and process.poll() is None:
        assert time.monotonic() < latest
        time.sleep(0.01)


def _written(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def times(video: Path) -> list[float]:
    with av.open(str(video)) as container:
        return [round(float(frame.time), 3) for frame in container.decode(video=0)]


def test_command_killed_again_and_again_ends_as_if_it_never_was(tmp_path: Path, portrait_frame: np.ndarray) -> None:
    clip, whole, killed = tmp_path / "clip.mp4", tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    write_video(clip, [np.roll(portrait_frame, 2 * (i % 40), axis=1) for i in range(SECONDS * RATE)], rate=RATE)
    finish(start(clip, whole))
    chance = random.Random(0)
    # In turn before the first part, and some time after a new one.
    for waiting in (Path("run.json"), *[Path("0/state.pickle")] * 3):
        process = start(clip, killed)
        wait_for_change(killed / "people.csv.parts" / waiting, process)
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert names(killed) == ["people.csv.parts"], "results come whole or not at all"
    finish(start(clip, killed))

    assert names(killed) == names(whole) == ["faces.parquet", "marked.mp4", "people.csv"]
    with (killed / "people.csv").open(newline="") as one, (whole / "people.csv").open(newline="") as other:
        assert list(csv.DictReader(one)) == list(csv.DictReader(other))
    faces = pq.read_table(killed / "faces.parquet")
    assert faces.equals(pq.read_table(whole / "faces.parquet"))
    assert len(set(faces["second"].to_pylist())) == len(faces) > SECONDS
    assert times(killed / "marked.mp4") == times(whole / "marked.mp4")
