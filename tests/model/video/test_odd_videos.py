"""Odd and bad videos through the command line and the page: each gives its people, or one clear sentence."""

import csv
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.videos import SquarePredictor, passing, scene, write_av1, write_bad, write_video

from components.video.job import VideoJob
from model import __main__ as command_line
from model import estimator
from model.face import Face
from model.video import analyser

Write = Callable[[Path], None]
Command = Callable[[Path], tuple[int, int, str]]

STILL = [scene((40, 20))] * 5
EIGHT_K = (7680, 4320)
REDUCED = 16  # times, before squares are looked for in 8K


def predict(image: np.ndarray) -> tuple[list[Face], np.ndarray]:
    """Squares, also in frames that are so large that they are looked at reduced."""
    step = REDUCED if max(image.shape) >= max(EIGHT_K) else 1
    return SquarePredictor()(image[::step, ::step])


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `python -m model video`; gives the exit status, how many people were found, and what it said."""
    monkeypatch.setattr(estimator, "Estimator", lambda: None)
    monkeypatch.setattr(analyser, "video_predictor", lambda *_: SimpleNamespace(predict_with_chips=predict))

    def run(path: Path) -> tuple[int, int, str]:
        output = tmp_path / "people.csv"
        status = command_line.main(
            ["video", str(path), "--output", str(output), "--annotated", str(tmp_path / "marked.mp4")]
        )
        people = 0
        if output.exists():
            with output.open(newline="") as file:
                people = len(list(csv.DictReader(file)))
        return status, people, capsys.readouterr().err

    return run


def on_page(path: Path) -> VideoJob:
    """The Video page's analysis, once it has ended."""
    job = VideoJob(path.name, path.read_bytes(), predict)
    assert job.join(60)
    return job


def truncated(path: Path) -> None:
    write_video(path, passing(8.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


GOOD: dict[str, Write] = {
    "h264.mp4": lambda path: write_video(path, STILL, sound=True),
    "hevc-10-bit.mov": lambda path: write_video(path, STILL, codec="libx265", pixels="yuv420p10le"),
    "h264-10-bit.mkv": lambda path: write_video(path, STILL, pixels="yuv422p10le"),
    "vp9.webm": lambda path: write_video(path, STILL, codec="libvpx-vp9"),
    "av1-10-bit.mp4": lambda path: write_av1(path, STILL),
    "mpeg4.avi": lambda path: write_video(path, STILL, codec="mpeg4"),
    "full-range.mov": lambda path: write_video(path, STILL, codec="mjpeg", pixels="yuvj420p"),
    "portrait.mp4": lambda path: write_video(path, STILL, rotation=90),
    "variable-rate.mkv": lambda path: write_video(path, [scene((40, 20))] * 4, times=(0.0, 0.04, 0.5, 2.0)),
    "one-frame.mp4": lambda path: write_video(path, [scene((40, 20))]),
    "odd-sides.mkv": lambda path: write_video(path, [scene((40, 20), size=(95, 63))] * 3, pixels="yuv444p"),
    "no-times.h264": lambda path: write_video(path, STILL),
}


@pytest.mark.parametrize("name", GOOD)
def test_odd_video_gives_its_person_at_both_interfaces(tmp_path: Path, command: Command, name: str) -> None:
    path = tmp_path / name
    GOOD[name](path)
    assert command(path)[:2] == (0, 1)
    job = on_page(path)
    assert job.error == ""
    assert job.result is not None
    assert (len(job.result.people), job.result.note) == (1, "")


def test_what_is_there_of_a_truncated_video_is_analysed_at_both_interfaces(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "clip.mkv"
    truncated(path)
    status, people, said = command(path)
    assert (status, people) == (1, 1)
    assert "incomplete" in said or "Damaged" in said
    job = on_page(path)
    assert job.result is not None
    assert len(job.result.people) == 1
    assert "incomplete" in job.result.note or "Damaged" in job.result.note


def test_8k_is_analysed_by_the_command_and_refused_by_the_page(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "clip.avi"
    picture = scene((1000, 1000), size=EIGHT_K, side=24 * REDUCED)
    write_video(path, [picture], codec="mjpeg", pixels="yuvj420p")
    assert command(path)[:2] == (0, 1)
    assert "too large: 7680 × 4320 pixels" in on_page(path).error


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("empty", "The file is empty."),
        ("text", "not a video"),
        ("noise", "not a video"),
        ("sound", "no moving picture"),
        ("truncated", "damaged or incomplete"),
        ("playlist", "not a video"),
    ],
)
def test_bad_video_gives_the_same_sentence_at_both_interfaces(
    tmp_path: Path, command: Command, kind: str, words: str
) -> None:
    path = tmp_path / "clip.mp4"
    write_bad(path, kind)
    status, people, said = command(path)
    assert (status, people) == (2, 0)
    error = on_page(path).error
    assert words in error
    assert "\n" not in error
    assert f"{path}: {error}\n" in said
    assert [found.name for found in tmp_path.iterdir()] == ["clip.mp4"]
