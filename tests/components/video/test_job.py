"""A visitor's video is analysed in memory, and the analysis ends with the visit."""

import gc
import io
import re
import threading
from collections.abc import Callable

import av
import numpy as np
import pytest
from helpers.videos import SquarePredictor, passing, scene, write_video

from components.video.job import VideoJob
from model.face import Face


def clip(pictures: list[np.ndarray], sound: bool = False) -> bytes:
    memory = io.BytesIO()
    write_video(memory, pictures, kind="mp4", sound=sound)
    return memory.getvalue()


def test_people_and_annotated_video_are_found() -> None:
    job = VideoJob("clip.mp4", clip(passing(3.0), sound=True), SquarePredictor())
    assert job.join(60)
    assert job.done
    assert job.error == ""
    assert job.result is not None
    assert [person.number for person in job.result.people] == [1]
    assert job.result.duration == pytest.approx(2.9, abs=0.2)
    assert job.preview.startswith(b"\xff\xd8")
    assert job.share == pytest.approx(1.0, abs=0.1)
    with av.open(io.BytesIO(job.result.annotated), "r") as container:
        assert len(list(container.decode(video=0))) == 30
        assert container.streams.audio


def test_bad_file_gives_a_sentence() -> None:
    job = VideoJob("clip.mp4", b"no video", SquarePredictor())
    assert job.join(60)
    assert job.done
    assert "not a video" in job.error


def test_frames_beyond_4k_are_refused() -> None:
    job = VideoJob("clip.mp4", clip([scene(size=(4200, 2400))]), SquarePredictor())
    assert job.join(60)
    assert "too large" in job.error


def test_long_and_damaged_video_says_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.video.job.MAX_SECONDS", 4.0)
    data = bytearray(clip(passing(6.0)))
    for place in range(len(data) // 4, len(data) * 28 // 100):
        data[place] = (7 * data[place] + 13) % 256
    job = VideoJob("clip.mp4", bytes(data), SquarePredictor())
    assert job.join(60)
    assert job.result
    assert job.result.duration == pytest.approx(4.0, abs=0.3)
    assert re.match("Only the first ten minutes .* Damaged parts of the video were skipped", job.result.note)


def test_unexpected_error_is_logged_and_said_in_plain_words(caplog: pytest.LogCaptureFixture) -> None:
    def fail(image: np.ndarray) -> tuple[list[Face], np.ndarray]:
        raise RuntimeError("out of order")

    job = VideoJob("clip.mp4", clip(passing(0.5)), fail)
    assert job.join(60)
    assert job.error == "The analysis of the video failed. Try another video."
    assert "out of order" in caplog.text


class Held(SquarePredictor):
    """Waits at each frame until it may continue."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.may_go_on = threading.Event(), threading.Semaphore(0)

    def __call__(self, image: np.ndarray) -> tuple[list[Face], np.ndarray]:
        self.began.set()
        assert self.may_go_on.acquire(timeout=60)
        return super().__call__(image)


@pytest.mark.parametrize("end", [VideoJob.cancel, None], ids=["cancelled", "forgotten"])
def test_analysis_ends_when_cancelled_or_forgotten(end: Callable[[VideoJob], None] | None) -> None:
    held = Held()
    job = VideoJob("clip.mp4", clip(passing(3.0)), held)
    thread = job._thread
    assert held.began.wait(60)
    if end:
        end(job)
    else:
        del job
        gc.collect()
    held.may_go_on.release(100)
    thread.join(60)
    assert not thread.is_alive()
    assert held.seen < 5


def test_second_video_waits_for_the_first() -> None:
    held = Held()
    first = VideoJob("first.mp4", clip(passing(0.4)), held)
    assert held.began.wait(60)
    second = VideoJob("second.mp4", clip(passing(0.4)), SquarePredictor())
    assert not second.join(0.5)
    assert second.waiting
    held.may_go_on.release(100)
    assert first.join(60)
    assert second.join(60)
    assert second.result
