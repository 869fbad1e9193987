import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model import Face, Predictor
from model.video.analyser import Rate, VideoAnalyser, video_predictor

FACE = Face((10, 10, 20, 20), ((0, 0),) * 5, 0.99, 40.0, 35.0, 45.0, "male", 0.9)


class SlowPredictor:
    """Sees the number that a frame is filled with, and takes as long over it as the test wants."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.may_finish = threading.Semaphore(0)

    def __call__(self, image: np.ndarray) -> list[Face]:
        self.seen.append(int(image[0, 0, 0]))
        assert self.may_finish.acquire(timeout=10)
        return [FACE]


@pytest.fixture
def slow() -> SlowPredictor:
    return SlowPredictor()


@pytest.fixture
def analyser(slow: SlowPredictor) -> Iterator[VideoAnalyser]:
    analyser = VideoAnalyser(slow)
    yield analyser
    slow.may_finish.release(100)
    assert analyser.close(timeout=10)


def frame(number: int) -> np.ndarray:
    return np.full((48, 64, 3), number, np.uint8)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen within 10 seconds"
        time.sleep(0.005)


def test_newest_frame_is_analysed_and_those_in_between_are_dropped(
    analyser: VideoAnalyser, slow: SlowPredictor
) -> None:
    analyser.submit(frame(0))
    wait_until(lambda: slow.seen == [0])
    for number in range(1, 10):
        analyser.submit(frame(number))
    slow.may_finish.release()
    wait_until(lambda: len(slow.seen) == 2)
    slow.may_finish.release()
    wait_until(lambda: analyser.analysed_per_second() > 0)
    time.sleep(0.05)
    assert slow.seen == [0, 9]


def test_frames_are_taken_in_without_waiting(analyser: VideoAnalyser, slow: SlowPredictor) -> None:
    analyser.submit(frame(0))
    wait_until(lambda: slow.seen == [0])
    start = time.monotonic()
    for number in range(100):
        analyser.submit(frame(number))
    assert time.monotonic() - start < 1
    assert slow.seen == [0]


def test_faces_stay_known_while_the_next_frame_is_analysed(analyser: VideoAnalyser, slow: SlowPredictor) -> None:
    assert analyser.faces == []
    slow.may_finish.release(2)
    for number in range(3):
        analyser.submit(frame(number))
        wait_until(lambda expected=number + 1: len(slow.seen) == expected)  # type: ignore[misc]
    assert [face.age for face in analyser.faces] == [40.0]


def test_thread_ends_when_the_video_does(slow: SlowPredictor) -> None:
    analyser = VideoAnalyser(slow)
    analyser.submit(frame(0))
    wait_until(lambda: slow.seen == [0])
    assert "video analyser" in _threads()
    assert not analyser.close(), "it cannot have ended in the middle of a frame"
    slow.may_finish.release()
    assert analyser.close(timeout=10)
    assert "video analyser" not in _threads()
    analyser.submit(frame(1))
    assert slow.seen == [0]


def test_idle_thread_ends_too(slow: SlowPredictor) -> None:
    analyser = VideoAnalyser(slow)
    slow.may_finish.release()
    analyser.submit(frame(0))
    wait_until(lambda: slow.seen == [0])
    assert analyser.close(timeout=10)


def test_video_without_a_frame_needs_no_thread(slow: SlowPredictor) -> None:
    analyser = VideoAnalyser(slow)
    assert "video analyser" not in _threads()
    assert analyser.close()


def test_error_ends_the_analysis_and_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    def fail(image: np.ndarray) -> list[Face]:
        raise RuntimeError("out of memory")

    analyser = VideoAnalyser(fail)
    assert not analyser.failed
    analyser.submit(frame(0))
    wait_until(lambda: analyser.failed)
    assert analyser.faces == []
    assert "out of memory" in caplog.text
    assert analyser.close(timeout=10)


def test_rate_is_a_mean_over_the_last_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    rate = Rate()
    assert rate.per_second() == 0
    for i in range(101):
        now = i / 20
        rate.count()
    assert rate.per_second() == pytest.approx(20)
    now += 60
    assert rate.per_second() == 0


@pytest.fixture(scope="module")
def quick(predictor: Predictor) -> Predictor:
    return video_predictor(predictor.estimator)


def test_quick_predictor_agrees_with_the_thorough_one(
    quick: Predictor, predictor: Predictor, portrait_frame: np.ndarray
) -> None:
    (fast,), (thorough,) = quick.predict(portrait_frame), predictor.predict(portrait_frame)
    np.testing.assert_allclose(fast.box, thorough.box, atol=12)
    np.testing.assert_allclose(fast.landmarks, thorough.landmarks, atol=5)
    assert fast.age == pytest.approx(thorough.age, abs=6)


def test_quick_predictor_finds_only_upright_faces(quick: Predictor, portrait_frame: np.ndarray) -> None:
    assert quick.predict(np.ascontiguousarray(np.rot90(portrait_frame, 2))) == []


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate()]
