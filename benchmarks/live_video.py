"""How many frames of a live video with one face are analysed and shown per second: python -m benchmarks.live_video

Does what the server does with a camera's frames, including encoding them for the way back, but without a network.
"""

import argparse
import fractions
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import av
import cv2
import numpy as np
from aiortc.codecs.vpx import Vp8Encoder
from numpy.typing import NDArray

from components.webcam.live import LiveVideo
from model import Face, Predictor, read_image
from model.video.analyser import VideoAnalyser, video_predictor
from reports.benchmarks import Row

PORTRAIT = Path(__file__).resolve().parent.parent / "samples" / "grace-hopper.jpg"
WIDTH, HEIGHT, FRAMES_PER_SECOND = 640, 480, 30
SECONDS, SHORT_SECONDS = 15, 3
GROUP = "Live video, 640 × 480, one face, 30 frames per second sent"


def measure(short: bool) -> list[Row]:
    """Frames analysed and shown per second."""
    analysed, shown = frame_rates(SHORT_SECONDS if short else SECONDS)
    return [
        Row(GROUP, "frames analysed per second", "time", analysed, "", at_least=12),
        Row(GROUP, "frames shown per second", "time", shown, "", at_least=25),
    ]


def frame_rates(seconds: float) -> tuple[float, float]:
    """How many frames are analysed and how many are shown per second while a camera sends 30."""
    analysed = 0
    predictor = video_predictor(Predictor().estimator)

    def predict(image: NDArray[np.uint8]) -> list[Face]:
        nonlocal analysed
        faces = predictor.predict(image)
        analysed += 1
        return faces

    film = [av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p") for image in _film()]
    video, encoder = LiveVideo(VideoAnalyser(predict)), Vp8Encoder()
    start, shown = time.monotonic(), 0
    while (elapsed := time.monotonic() - start) < seconds:
        frame = video.recv(film[shown % len(film)])
        frame.pts, frame.time_base = round(elapsed * 90_000), fractions.Fraction(1, 90_000)
        encoder.encode(frame)
        shown += 1
        time.sleep(max(0.0, start + shown / FRAMES_PER_SECOND - time.monotonic()))
    video.analyser.close(timeout=10)
    return analysed / elapsed, shown / elapsed


def _film() -> list[NDArray[np.uint8]]:
    """Three seconds in which the portrait sways."""
    portrait = read_image(PORTRAIT)
    height, width = 420, round(portrait.shape[1] * 420 / portrait.shape[0])
    image = np.full((HEIGHT, WIDTH, 3), (100, 110, 90), np.uint8)
    image[-height:, 140 : 140 + width] = cv2.resize(portrait, (width, height), interpolation=cv2.INTER_AREA)
    angles = np.linspace(0, 2 * np.pi, 3 * FRAMES_PER_SECOND, endpoint=False)
    return [np.roll(image, round(30 * float(np.sin(angle))), axis=1) for angle in angles]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live_video", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"how long to measure (default: {SECONDS})")
    analysed_rate, shown_rate = frame_rates(parser.parse_args().seconds)
    print(f"{analysed_rate:.1f} frames analysed and {shown_rate:.1f} shown per second")
