"""Short videos, and a predictor that takes bright squares for faces."""

import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import av
import cv2
import numpy as np

from model.alignment import CHIP_SIZE
from model.face import Face
from model.video.frame import Frame
from model.video.source import VideoError

SIZE = (96, 64)  # width and height, pixels
SIDE = 24  # of a square, pixels
SOUND_RATE = 8000


def scene(*places: tuple[float, float], size: tuple[int, int] = SIZE, side: int = SIDE) -> np.ndarray:
    """A dark picture with a bright square at each place (left, top)."""
    picture = np.full((size[1], size[0], 3), 20, np.uint8)
    for x, y in places:
        cv2.rectangle(picture, (round(x), round(y)), (round(x) + side - 1, round(y) + side - 1), (220, 220, 220), -1)
    return picture


def passing(seconds: float, rate: int = 10, leaves: float = 1.0) -> list[np.ndarray]:
    """A square that moves to the right and disappears after a share of the time."""
    count = round(seconds * rate)
    return [scene((4 + 60 * i / count, 20)) if i < leaves * count else scene() for i in range(count)]


def write_video(
    place: Path | io.BytesIO,
    pictures: Iterable[np.ndarray],
    rate: int = 10,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    rotation: int = 0,
    sound: bool = False,
    times: Iterable[float] | None = None,
    kind: str | None = None,
) -> None:
    """Writes a video; `times` (seconds) gives it a variable frame rate."""
    pictures = list(pictures)
    times = [i / rate for i in range(len(pictures))] if times is None else list(times)
    name = str(place) if isinstance(place, Path) else place
    with av.open(name, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        stream.codec_context.time_base = Fraction(1, 1000)
        if rotation:
            stream.set_display_rotation(rotation)
        audio = container.add_stream("aac", rate=SOUND_RATE) if sound else None
        for picture, time in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if audio:
            write_sound(container, audio, len(pictures) / rate)


def write_sound(container: av.container.OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    """A tone."""
    tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE)
    frame = av.AudioFrame.from_ndarray(tone.astype(np.float32)[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = SOUND_RATE, 0
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def write_audio(path: Path) -> None:
    """A file with sound alone."""
    with av.open(str(path), "w") as container:
        write_sound(container, container.add_stream("aac", rate=SOUND_RATE), 1.0)


def write_av1(path: Path, pictures: list[np.ndarray]) -> None:
    """A video in AV1 with 10 bits, by a process of its own: SVT-AV1 takes real-time priority for the whole process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        other.submit(write_video, path, pictures, codec="libsvtav1", pixels="yuv420p10le").result()


def write_bad(path: Path, kind: str) -> None:
    """A file that is no video, or not a whole one; nothing for the kind "missing"."""
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("no video at all\n" * 100)
    elif kind == "noise":
        path.write_bytes(np.random.default_rng(0).bytes(20_000))
    elif kind == "sound":
        write_audio(path)
    elif kind == "truncated":  # an MP4 has its index at the end
        write_video(path, passing(2.0))
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    elif kind == "playlist":
        path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n")
    elif kind == "folder":
        path.mkdir()


class SquarePredictor:
    """Takes bright squares for faces; the brighter, the older. Counts the pictures that it has seen."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, image: np.ndarray) -> tuple[list[Face], np.ndarray]:
        self.seen += 1
        bright = (image.mean(axis=2) > 120).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        boxes = [(int(x), int(y), int(w), int(h)) for x, y, w, h, area in stats[1:] if area > 100]
        chips = np.zeros((len(boxes), CHIP_SIZE, CHIP_SIZE, 3), np.uint8)
        return [_face(box, float(image[box[1] + box[3] // 2, box[0] + box[2] // 2].mean())) for box in boxes], chips


def _face(box: tuple[int, int, int, int], brightness: float) -> Face:
    x, y, width, height = box
    parts = ((0.3, 0.3), (0.7, 0.3), (0.5, 0.5), (0.3, 0.8), (0.7, 0.8))
    landmarks = tuple((x + dx * width, y + dy * height) for dx, dy in parts)
    age = brightness / 5
    return Face(box, landmarks, 0.99, age, age - 6, age + 6, "male", 0.9)  # type: ignore[arg-type]


class Stream:
    """A stream that breaks off, in place of a connection."""

    opened = 0
    live, duration, broken = True, None, 0

    def __init__(self, address: str) -> None:
        Stream.opened += 1
        if Stream.opened == 3:
            raise VideoError("The connection was refused.")

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def frames(self, after: float = 0) -> Iterator[Frame]:
        for i in range(5):
            picture = np.ascontiguousarray(scene((20 + i, 20)))
            yield Frame(i / 10, av.VideoFrame.from_ndarray(picture, format="rgb24"))
