"""Videos of all kinds are read, and bad ones are named in one sentence."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from helpers.videos import SIZE, passing, scene, write_av1, write_bad, write_video

from model.video.source import Video, VideoError


def read(source: Path | io.BytesIO, after: float = -1.0) -> list[tuple[float, np.ndarray]]:
    with Video(source) as video:
        return [(frame.time, frame.picture()) for frame in video.frames(after)]


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("clip.mp4", "libx264", "yuv420p"),
        ("clip.mov", "libx265", "yuv420p10le"),
        ("clip.mkv", "libx264", "yuv444p10le"),
        ("clip.webm", "libvpx-vp9", "yuv420p"),
        ("clip.mp4", "libsvtav1", "yuv420p10le"),
        ("clip.avi", "mpeg4", "yuv420p"),
    ],
)
def test_every_usual_format_is_read(tmp_path: Path, name: str, codec: str, pixels: str) -> None:
    still = [scene((40, 20))] * 5
    if codec == "libsvtav1":
        write_av1(tmp_path / name, still)
    else:
        write_video(tmp_path / name, still, codec=codec, pixels=pixels)
    frames = read(tmp_path / name)
    assert [round(time, 1) for time, _ in frames] == [0.0, 0.1, 0.2, 0.3, 0.4]
    picture = frames[2][1]
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    assert picture[32, 52].min() > 180
    assert picture[10, 10].max() < 60


@pytest.mark.parametrize(("rotation", "corner"), [(90, (-1, 0)), (-90, (0, -1)), (180, (-1, -1))])
def test_rotated_video_is_shown_upright(tmp_path: Path, rotation: int, corner: tuple[int, int]) -> None:
    """The square in the upper left corner goes where the rotation takes it."""
    write_video(tmp_path / "clip.mp4", [scene((0, 0))] * 3, rotation=rotation)
    picture = read(tmp_path / "clip.mp4")[0][1]
    assert picture.shape[:2] == (SIZE if abs(rotation) == 90 else SIZE[::-1])
    assert picture[corner].min() > 180
    assert picture[0, 0].max() < 60


def test_times_of_a_variable_frame_rate_are_kept(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.5, 0.54, 2.0]
    write_video(tmp_path / "clip.mkv", [scene()] * 5, times=times)
    assert [time for time, _ in read(tmp_path / "clip.mkv")] == pytest.approx(times, abs=0.002)


def test_reading_resumes_after_a_time(tmp_path: Path) -> None:
    write_video(tmp_path / "clip.mp4", passing(5.0))
    everything, rest = read(tmp_path / "clip.mp4"), read(tmp_path / "clip.mp4", after=3.0)
    assert [time for time, _ in rest] == [time for time, _ in everything if time > 3.0]
    np.testing.assert_array_equal(rest[0][1], everything[31][1])


def test_video_in_memory_is_read() -> None:
    memory = io.BytesIO()
    write_video(memory, passing(0.5), kind="mp4")
    assert len(read(memory)) == 5


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    write_video(tmp_path / "clip.mp4", [scene()])
    assert len(read(tmp_path / "clip.mp4")) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("empty", "The file is empty"),
        ("text", "not a video"),
        ("noise", "not a video|damaged"),
        ("sound", "no moving picture"),
        ("truncated", "damaged or incomplete"),
        ("playlist", "not a video"),
        ("folder", "Is a directory"),
        ("missing", "No such file"),
    ],
)
def test_bad_file_gives_one_sentence(tmp_path: Path, kind: str, words: str) -> None:
    path = tmp_path / "clip.mp4"
    write_bad(path, kind)
    with pytest.raises(VideoError) as raised:
        read(path)
    assert re.search(words, str(raised.value))
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


def test_frames_beyond_the_limit_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    write_video(tmp_path / "clip.mp4", [scene()])
    with pytest.raises(VideoError, match="too large: 96 × 64 pixels"):
        Video(tmp_path / "clip.mp4", max_pixels=5000)


def test_what_is_there_of_a_broken_file_is_read(tmp_path: Path) -> None:
    write_video(tmp_path / "clip.mkv", passing(5.0))
    whole = (tmp_path / "clip.mkv").read_bytes()
    (tmp_path / "clip.mkv").write_bytes(whole[: len(whole) // 2])
    assert 0 < len(read(tmp_path / "clip.mkv")) < 50
