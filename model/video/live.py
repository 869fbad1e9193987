"""Streams and cameras: frames as they come, with a new connection whenever one is lost."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from model.video.frame import Frame
from model.video.source import Video, VideoError

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Between two attempts to connect, seconds; each one takes twice as long as the one before."""


def live_frames(
    address: str,
    begun: float,
    report: Callable[[str], object],
    connect: Callable[[str], Video] = Video,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[Frame]:
    """Frames until whoever takes them stops.

    Args:
        address: of the stream or camera.
        begun: when the run began, seconds since 1970: times of frames are counted from it, so that a gap stays a gap.
        report: told in a sentence when the connection is lost.
        connect: opens the address.
        sleep: waits, seconds.
    """
    wait = FIRST_WAIT
    while True:
        try:
            with connect(address) as video:
                for frame in video.frames():
                    wait = FIRST_WAIT
                    yield replace(frame, time=time.time() - begun)
            reason = "The stream ended."
        except VideoError as error:
            reason = str(error)
        report(f"{reason} Connecting again in {wait:.0f} s. Press Ctrl-C to stop.")
        sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)
