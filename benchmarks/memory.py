"""Resident memory of the process that holds the app and the model, over photos of mixed sizes. Linux only."""

import re
from pathlib import Path

import psutil
from streamlit.testing.v1 import AppTest

from benchmarks.photos import compose_jpeg
from components.photo.predictions import analyse
from model.predictor import shared_predictor
from reports.benchmarks import Row

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("webcam", "dataset", "performance", "about", "photo")
PHOTOS, SHORT_PHOTOS = 200, 120  # memory settles over the first forty or so, in steps of up to 30 MB
SIZES = ((640, 480), (4000, 3000), (1280, 960), (6000, 4000), (800, 1200), (3000, 4000), (1920, 1080), (2400, 1800))
GROUP = "Memory of app and model"


def measure(short: bool) -> list[Row]:
    """Megabytes at rest, at the peak, and how much the second half of the photos raised it."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120).run()
    for page in PAGES:
        app.switch_page(f"pages/{page}.py").run()
    predictor = shared_predictor()
    photos = [compose_jpeg(*size, [min(size) // 8] * 3, seed=i) for i, size in enumerate(SIZES)]
    analyse(predictor, "first.jpg", photos[0])
    rest, count = _resident(), SHORT_PHOTOS if short else PHOTOS
    after: list[float] = []
    for i in range(count):
        result = analyse(predictor, f"{i}.jpg", photos[i * 5 % len(photos)])
        assert len(result.faces) == 3, f"{len(result.faces)} faces found in photo {i}"
        after.append(_resident())
    half = count // 2
    # Peaks, since the memory of a large photo is released in steps, some of them later.
    growth = max(after[half:]) - max(after[:half])
    return [
        Row(GROUP, "at rest, all pages opened", "memory", rest, "MB", at_most=900),
        Row(GROUP, f"peak over {count} photos up to 24 megapixels", "memory", peak_memory(), "MB", at_most=1000),
        Row(GROUP, f"growth over the last {count - half} photos", "memory", growth, "MB", at_most=20),
    ]


def _resident() -> float:
    return psutil.Process().memory_info().rss / 1e6


def peak_memory() -> float:
    """Most resident memory this process has had so far, MB."""
    # Not getrusage: its peak is that of the process that started this one, if that was larger.
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024 / 1e6  # type: ignore[index]  # Linux always has it
