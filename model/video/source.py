"""Reads video with PyAV: files, files in memory, streams and cameras, as frames with their times."""

import contextlib
import errno
import math
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from model.errors import UserError
from model.video.frame import Frame

FORMATS = (
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,h264,hevc,obu,ivf,m4v,mjpeg,gif,webm_dash_manifest,wtv,dv"
)
"""FFmpeg's names of the formats that are read from files. Playlists are not among them: a file could have the program
open other files and addresses."""

MAX_PIXELS = 8192 * 4320
"""Of a frame, for the command line: a decoder keeps up to 17 of them in memory."""

TIMEOUT = 10.0
"""Seconds without data after which a stream counts as lost."""

USE = "Use an MP4, MOV, MKV, WebM or AVI file."

DAMAGED = f"This is not a video, or it is damaged or incomplete. {USE}"

Source = Path | str | BinaryIO
"""A file, the address of a stream or camera, or a file in memory."""

CAMERA = "camera:"
CAMERA_FORMATS = {"linux": ("video4linux2", "/dev/video{}"), "darwin": ("avfoundation", "{}"), "win32": ("dshow", "{}")}
"""For each system, FFmpeg's name of its cameras, and what a number stands for."""


class VideoError(UserError):
    """A video cannot be read; the message is one sentence for people."""


class Video:
    """A video that is open, as a context manager.

    Args:
        source: a file, the address of a stream (`rtsp://…`), or a camera (`camera:0`).
        max_pixels: of a frame; larger ones are refused.

    Raises:
        VideoError: if it cannot be opened or has no picture.
    """

    def __init__(self, source: Source, max_pixels: int = MAX_PIXELS) -> None:
        self._max_pixels = max_pixels
        self.live = isinstance(source, str)
        self._container = _open(source)
        try:
            self._stream = self._find_stream()
        except BaseException:
            self._container.close()
            raise
        if isinstance(source, str) and not source.startswith(CAMERA):
            self.live = not self._container.duration  # an address may also be that of a file
        self.broken = 0

    def __enter__(self) -> "Video":
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    @property
    def duration(self) -> float | None:
        """Seconds, if the file says so."""
        if self._container.duration:
            return float(self._container.duration) / av.time_base
        return None

    @property
    def rate(self) -> Fraction:
        """Frames per second on average, as far as known."""
        return self._stream.average_rate or self._stream.guessed_rate or Fraction(25)

    def fault_after(self, reached: float) -> str:
        """What is wrong with a file that has been read to its end, in a sentence; empty if nothing.

        Args:
            reached: time of its last frame, seconds.
        """
        if self.broken:
            return f"Damaged parts of the video were skipped: {self.broken}. The rest was analysed."
        if self.duration and reached < 0.9 * self.duration - 1:
            return (
                f"The video is incomplete: it ends after {reached:.0f} of {self.duration:.0f} seconds. "
                "Everything up to there was analysed."
            )
        return ""

    def frames(self, after: float = -math.inf) -> Iterator[Frame]:
        """The frames, in the order of their times.

        Args:
            after: skips frames until this time, seconds.

        Raises:
            VideoError: if no frame can be decoded, or if frames are too large.
        """
        if after > 1 and not self.live:
            with contextlib.suppress(av.FFmpegError):  # without an index, it is read from the beginning
                self._container.seek(int((after - 1 + self._origin) * av.time_base))
        last, aspect = after, float(self._stream.sample_aspect_ratio or 1)
        decoded = 0
        for frame in self._decoded():
            self._check_size(frame.width, frame.height)
            decoded += 1
            # Raw streams have no times.
            time = float(decoded / self.rate) if frame.time is None else frame.time - self._origin
            if time > last:
                last = time
                yield Frame(time, frame, aspect)
        if not decoded and self.live:
            raise VideoError("The stream ended before its first whole picture.")
        if not decoded:
            raise VideoError(f"No picture of this video can be decoded: it is damaged or incomplete. {USE}")

    @property
    def _origin(self) -> float:
        start = self._stream.start_time
        return float(start * self._stream.time_base) if start is not None and self._stream.time_base else 0.0

    def _find_stream(self) -> VideoStream:
        streams = [stream for stream in self._container.streams.video if not _is_cover(stream)]
        if not streams and not self._container.streams.audio:
            raise VideoError(DAMAGED)
        if not streams:
            raise VideoError(f"This file has no moving picture, only sound or a cover. {USE}")
        stream = streams[0]
        if stream.codec_context is None:
            raise VideoError(f"This video uses a codec that is not supported. {USE}")
        self._check_size(stream.codec_context.width, stream.codec_context.height)
        stream.thread_type = "AUTO"
        stream.codec_context.options = {"max_pixels": str(self._max_pixels)}
        return stream

    def _check_size(self, width: int, height: int) -> None:
        if width * height > self._max_pixels:
            raise VideoError(
                f"The frames of this video are too large: {width} × {height} pixels. The limit is "
                f"{self._max_pixels / 1e6:.0f} megapixels. Reduce its size first."
            )

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """All frames; what cannot be decoded is counted in `broken` and left out."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
                yield from packet.decode()
            except StopIteration:
                return
            except av.InvalidDataError:
                self.broken += 1
            except av.EOFError:
                return
            except av.FFmpegError as error:
                if self.live and error.errno == errno.EIO:  # the end of an HTTP stream of unknown length
                    return
                advice = "" if self.live else " Try again, or convert the video to MP4."
                raise VideoError(f"Reading the video failed: {error.strerror}.{advice}") from error


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _open(source: Source) -> InputContainer:
    try:
        if isinstance(source, str):
            return _open_address(source)
        size = source.stat().st_size if isinstance(source, Path) else source.seek(0, 2)
        if size == 0:
            raise VideoError("The file is empty.")
        if not isinstance(source, Path):
            source.seek(0)
        file = source if not isinstance(source, Path) else str(source)
        return av.open(file, "r", options={"format_whitelist": FORMATS})
    except (av.InvalidDataError, av.ArgumentError) as error:
        raise VideoError(DAMAGED) from error
    except av.FFmpegError as error:
        raise VideoError(f"The video cannot be opened: {error.strerror}.") from error
    except OSError as error:
        raise VideoError(f"The video cannot be opened: {error.strerror}.") from error


def _open_address(address: str) -> InputContainer:
    if not address.startswith(CAMERA):
        options = {"rtsp_flags": "prefer_tcp"} if address.startswith("rtsp") else {}
        return av.open(address, "r", timeout=TIMEOUT, options=options)
    name, path = CAMERA_FORMATS.get(sys.platform, CAMERA_FORMATS["linux"])
    number = address.removeprefix(CAMERA)
    return av.open(path.format(number) if number.isdecimal() else number, "r", format=name, timeout=TIMEOUT)
