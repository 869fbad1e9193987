"""The video processor, fed with frames as the browser's camera sends them."""

import threading
import time
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from components.webcam.live import LiveVideo
from model import Face, Predictor
from model.palette import GENDER_COLORS
from model.video.analyser import VideoAnalyser, video_predictor

FACE = Face((20, 60, 60, 70), ((0, 0),) * 5, 0.99, 40.0, 35.0, 45.0, "male", 0.9)
BLUE = np.array([int(GENDER_COLORS["male"][i : i + 2], 16) for i in (1, 3, 5)])


class FixedAnalyser:
    """Knows one face from the beginning and keeps what it is given."""

    def __init__(self) -> None:
        self.faces = [FACE]
        self.submitted: list[np.ndarray] = []
        self.closed = False

    def submit(self, image: np.ndarray, taken: float | None = None) -> None:
        self.submitted.append(image)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def analyser() -> FixedAnalyser:
    return FixedAnalyser()


@pytest.fixture
def video(analyser: FixedAnalyser) -> LiveVideo:
    return LiveVideo(analyser)  # type: ignore[arg-type]


def grey(value: int = 100) -> av.VideoFrame:
    image = np.full((240, 320, 3), value, np.uint8)
    image[:, :10] = 0  # the left edge, to tell it from the right
    return av.VideoFrame.from_ndarray(image, format="rgb24")


def pixels(frame: av.VideoFrame) -> np.ndarray:
    return frame.to_ndarray(format="rgb24").astype(int)


def is_blue(pixel: np.ndarray) -> bool:
    return bool(np.abs(pixel - BLUE).max() < 10)


def test_frame_comes_back_with_the_last_known_face(video: LiveVideo) -> None:
    video.mirror = False
    shown = pixels(video.recv(grey()))
    assert shown.shape == (240, 320, 3)
    assert is_blue(shown[129, 50])
    assert not is_blue(shown[100, 50])


def test_mirror_flips_picture_and_box_but_not_what_is_analysed(video: LiveVideo, analyser: FixedAnalyser) -> None:
    shown = pixels(video.recv(grey()))
    assert shown[5, -5].max() < 10
    assert is_blue(shown[129, 319 - 50])
    assert not is_blue(shown[129, 50])
    assert analyser.submitted[0][5, 5].max() < 10


def test_label_is_readable_in_the_mirror(video: LiveVideo) -> None:
    in_mirror = pixels(video.recv(grey()))[:60, 240:300]
    video.mirror = False
    straight = pixels(video.recv(grey()))[:60, 20:80]
    np.testing.assert_array_equal(in_mirror, straight)


def test_pause_freezes_the_picture_and_stops_the_analysis(video: LiveVideo, analyser: FixedAnalyser) -> None:
    first = pixels(video.recv(grey(100)))
    video.paused = True
    held = [pixels(video.recv(grey(value))) for value in (150, 200)]
    assert all((frame == first).all() for frame in held)
    assert len(analyser.submitted) == 1
    video.paused = False
    assert pixels(video.recv(grey(200)))[200, 200].min() > 190


def test_video_paused_from_the_start_shows_its_first_picture(video: LiveVideo) -> None:
    video.paused = True
    assert pixels(video.recv(grey(100)))[200, 200].min() > 90


def test_end_of_the_video_ends_the_analysis(video: LiveVideo, analyser: FixedAnalyser) -> None:
    video.on_ended()
    assert analyser.closed


def test_every_frame_is_shown_while_the_analysis_is_busy() -> None:
    started, release = threading.Event(), threading.Event()

    def blocked(image: np.ndarray) -> list[Face]:
        started.set()
        assert release.wait(60)
        return [FACE]

    video = LiveVideo(VideoAnalyser(blocked))
    video.recv(grey())
    assert started.wait(60)
    for value in range(60, 200, 20):
        assert pixels(video.recv(grey(value)))[200, 200] == pytest.approx(value, abs=2)
    assert not video.analyser.faces  # so none of these frames has waited for the first analysis
    release.set()
    assert video.analyser.close(timeout=60)


def test_camera_picture_of_a_face_is_marked(predictor: Predictor, portrait_frame: np.ndarray) -> None:
    camera = av.VideoFrame.from_ndarray(portrait_frame, format="rgb24").reformat(format="yuv420p")
    video = LiveVideo(VideoAnalyser(video_predictor(predictor.estimator).predict))
    end = time.monotonic() + 60
    while not video.analyser.faces and time.monotonic() < end:
        video.recv(camera)
        time.sleep(0.05)
    (face,) = video.analyser.faces
    assert 50 <= face.age <= 100
    shown = pixels(video.recv(camera))
    # The face may be analysed again between the two calls, and its colour may change.
    colors = [np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) for color in GENDER_COLORS.values()]
    assert max((np.abs(shown - color).max(-1) < 10).sum() for color in colors) > 4 * face.box[2]
    video.on_ended()
    assert video.analyser.close(timeout=10)


def test_box_stays_on_the_face_and_the_person_stays_the_same_when_the_frame_size_changes() -> None:
    """A face in the middle of every frame, whatever its size; wide frames, then small ones, then upright ones."""

    def predict(image: np.ndarray) -> list[Face]:
        height, width = image.shape[:2]
        return [replace(FACE, box=(width // 4, height // 4, width // 2, height // 2))]

    analyser = VideoAnalyser(predict)
    video = LiveVideo(analyser)
    video.mirror = False
    for height, width in ((480, 640), (360, 480), (640, 480)):
        end = time.monotonic() + 0.3
        while time.monotonic() < end or not analyser.faces:
            video.recv(av.VideoFrame.from_ndarray(np.full((height, width, 3), 90, np.uint8), format="rgb24"))
            assert len(analyser.faces) <= 1
            time.sleep(0.02)
        (face,) = analyser.faces
        np.testing.assert_allclose(face.box, (width // 4, height // 4, width // 2, height // 2), atol=2)
    video.on_ended()


def test_face_stays_one_while_frames_that_were_held_up_arrive_in_pairs() -> None:
    """A face that walks to the right, by almost half its width every third of a second."""
    analysed = 0

    def predict(image: np.ndarray) -> list[Face]:
        nonlocal analysed
        analysed += 1
        x = int(image[0, 0, 0])
        return [replace(FACE, box=(x, 60, 60, 70), landmarks=((x + 30, 90),) * 5)]

    analyser = VideoAnalyser(predict)
    video = LiveVideo(analyser)
    counts = set()
    for number in range(8):
        frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 25 * number, np.uint8), format="rgb24")
        frame.pts, frame.time_base = 30_000 * number, Fraction(1, 90_000)
        video.recv(frame)
        while analysed <= number:  # so that none is left out
            time.sleep(0.001)
        time.sleep(0.25 if number % 2 else 0)
        counts.add(len(analyser.faces))
    assert counts - {0} == {1}
    video.on_ended()


def test_labels_are_large_enough_to_read(video: LiveVideo) -> None:
    video.mirror = False
    empty = np.full((480, 640, 3), 100, np.uint8)
    shown = pixels(video.recv(av.VideoFrame.from_ndarray(empty, format="rgb24")))
    label = [y for y in range(480) if is_blue(shown[y, 22])]  # one column through the padding of the label
    assert max(label) - min(label) + 1 >= 0.035 * 480
