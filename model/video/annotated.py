"""Writes the annotated video: frames with their faces marked, encoded in parts, then merged with the sound."""

import heapq
import io
import itertools
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from model.video.frame import Frame
from model.video.marking import mark_planes
from model.video.people import Marks
from model.video.source import Source

MAX_SIDE = 1920
"""Longest side of the annotated video, pixels: larger ones take long to encode, and few screens show more."""

TIME_BASE = Fraction(1, 90_000)
"""Seconds in a unit of time: a common multiple of most frame rates."""

AHEAD = 8
"""Frames that wait to be encoded."""

ENCODER = {"preset": "superfast", "bf": "0"}
"""Without frames that refer to later ones, parts can be put one behind the other."""

RGB = 0  # colour space of pictures that are not YUV, which the annotated video always is

SOUND = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"})
"""Codecs that an MP4 file takes as they are; other sound is encoded anew as AAC."""

if TYPE_CHECKING:
    Packet = av.Packet[Any]
else:
    Packet = av.Packet

PRIMING = 0.25
"""Seconds before the beginning in which sound is kept: decoders need some to start with, which is not played."""

Target = Path | io.BytesIO
Packets = Iterator[tuple[float, Packet]]
"""Packets with their times, seconds."""


class AnnotatedPart:
    """Encodes marked frames on a thread of its own: a part of an annotated video, in FFmpeg's format NUT.

    Args:
        target: where it goes.
        rate: frames per second, roughly: times are exact whatever it is.
        size: width and height of the parts before, pixels; without it, those of the first frame.
        max_side: longest side, pixels; larger frames are reduced.
        crf: H.264's constant rate factor; higher ones give smaller files.
    """

    def __init__(
        self,
        target: Target,
        rate: Fraction,
        size: tuple[int, int] | None = None,
        max_side: int = MAX_SIDE,
        crf: int = 22,
    ) -> None:
        self.size = size
        self._max_side = max_side
        self._options = ENCODER | {"crf": str(crf)}
        self._container = av.open(_as_file(target), "w", format="nut")
        self._rate = min(rate, Fraction(120)).limit_denominator(1001)
        self._stream: VideoStream | None = None
        self._worker = ThreadPoolExecutor(1, "video encoder")
        self._waiting: deque[Future[None]] = deque()
        self._last = -1

    def mark(self, frame: Frame, marks: Marks) -> None:
        """Takes a frame with the people in it; waits if the encoder is behind.

        Raises:
            OSError: if the file cannot be written.
        """
        self._waiting.append(self._worker.submit(self._encode, frame, marks))
        if len(self._waiting) > AHEAD:
            self._waiting.popleft().result()

    def close(self) -> None:
        """Finishes the file.

        Raises:
            OSError: if it cannot be written.
        """
        try:
            while self._waiting:
                self._waiting.popleft().result()
            if self._stream:
                self._container.mux(self._stream.encode(None))
        finally:
            self._worker.shutdown(cancel_futures=True)
            self._container.close()

    def _encode(self, frame: Frame, marks: Marks) -> None:
        planes = frame.planes(self._max_side)
        height, width = len(planes) * 2 // 3, planes.shape[1]
        mark_planes(planes, marks, max(width, height) / max(frame.shown_size))
        if self.size is None:
            self.size = width, height
        if self._stream is None:
            self._stream = self._add_stream(*self.size, frame.coded)
        coded = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        if (width, height) != self.size:
            coded = coded.reformat(*self.size)
        self._last = max(self._last + 1, round(frame.time / TIME_BASE))
        coded.pts, coded.time_base = self._last, TIME_BASE
        self._container.mux(self._stream.encode(coded))

    def _add_stream(self, width: int, height: int, like: av.VideoFrame) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=self._rate, options=self._options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.time_base = TIME_BASE
        if like.colorspace != RGB:  # so that players show the colours of the original
            context.colorspace, context.color_primaries, context.color_trc = (
                like.colorspace, like.color_primaries, like.color_trc
            )  # fmt: skip
        return stream


def merge(parts: Sequence[Target], sound: Source | None, target: Target, until: float = math.inf) -> None:
    """Puts the parts one behind the other into an MP4, without encoding them again, with the sound of the original.

    Args:
        parts: as `AnnotatedPart` wrote them.
        sound: the original.
        target: where the MP4 goes.
        until: seconds; the sound ends there.

    Raises:
        OSError: if the file cannot be written.
    """
    with av.open(_as_file(target), "w", format="mp4") as output:
        with av.open(_as_file(parts[0]), "r") as first:
            video = output.add_stream_from_template(first.streams.video[0])
        packets = [_video_packets(parts, video)]
        if sound is None:
            _mux(output, packets)
            return
        with av.open(_as_file(sound), "r") as original:
            if original.streams.audio:
                start = original.streams.video[0]
                origin = float(start.start_time * start.time_base) if start.start_time and start.time_base else 0.0
                sounds = _sound_packets(original, output, origin)
                packets.append(itertools.takewhile(lambda timed: timed[0] <= until, sounds))
            _mux(output, packets)


def _mux(output: OutputContainer, packets: Sequence[Packets]) -> None:
    for _, packet in heapq.merge(*packets, key=lambda timed: timed[0]):
        output.mux(packet)


def _video_packets(parts: Sequence[Target], stream: VideoStream) -> Packets:
    for part in parts:
        with av.open(_as_file(part), "r") as container:
            for packet in container.demux(container.streams.video[0]):
                if packet.pts is not None:
                    packet.dts = packet.pts
                    packet.stream = stream
                    yield float(packet.pts * packet.time_base), packet


def _sound_packets(original: InputContainer, output: OutputContainer, origin: float) -> Packets:
    """The sound from `origin`, seconds, which becomes 0."""
    source = original.streams.audio[0]
    copied = source.codec_context.name.removesuffix("float") in SOUND
    stream = output.add_stream_from_template(source) if copied else output.add_stream("aac", rate=source.rate)
    for packet in _copied(original, source) if copied else _encoded(original, source, stream):
        if packet.pts is None or packet.dts is None:
            continue
        offset = round(origin / packet.time_base)
        packet.pts, packet.dts = packet.pts - offset, packet.dts - offset
        if packet.dts * packet.time_base > -PRIMING:
            packet.stream = stream
            yield float(packet.dts * packet.time_base), packet


def _readable(read: Callable[[], Iterator[Packet]]) -> Iterator[Packet]:
    """Sound up to where it is damaged."""
    try:
        yield from read()
    except av.InvalidDataError:
        return


def _copied(container: InputContainer, source: AudioStream) -> Iterator[Packet]:
    return _readable(lambda: container.demux(source))


def _encoded(container: InputContainer, source: AudioStream, stream: AudioStream) -> Iterator[Packet]:
    def read() -> Iterator[Packet]:
        for packet in container.demux(source):
            for frame in packet.decode():
                yield from stream.encode(frame)

    yield from _readable(read)
    yield from stream.encode(None)


def _as_file(place: Source) -> str | BinaryIO:
    if isinstance(place, Path):
        return str(place)
    if not isinstance(place, str):
        place.seek(0)
    return place
