"""How long the page that runs in the browser keeps people waiting: python -m benchmarks.private_page [--output FILE]

The page is served from this machine, so its download takes no time; the camera is a film of a portrait that sways.
"""

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import cv2
from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.alone import run
from benchmarks.browser import serve_folder
from benchmarks.serving import FAKE_CAMERA, ROOT, open_chromium
from edge.build import build
from model.image import read_image
from reports.benchmarks import Row

OUTPUT = ROOT / "model" / "results" / "private_page.json"
PORTRAIT = ROOT / "samples" / "grace-hopper.jpg"
GROUP = "Page in the browser, headless Chromium"
WIDTH, HEIGHT, FRAMES = 640, 480, 60  # of the film
SWAY = 40  # pixels
VISITS, SHORT_VISITS = 5, 1
SECONDS, SHORT_SECONDS = 10, 4  # with the camera; its rate is the mean of the last three
PATIENCE = 120_000  # milliseconds


def measure(short: bool) -> list[Row]:
    """Seconds from opening the page to an answer, on the first and on later visits, and frames per second.

    Raises:
        BuildError: if the page cannot be built.
    """
    visits = SHORT_VISITS if short else VISITS
    with tempfile.TemporaryDirectory() as folder:
        page = build(Path(folder) / "page").folder
        film = Path(folder) / "film.mjpeg"
        write_film(film)
        film_flag = f"--use-file-for-fake-video-capture={film}"
        with serve_folder(page) as address, open_chromium(*FAKE_CAMERA, film_flag) as browser:
            waits = [visit_twice(browser, address) for _ in range(visits)]
            rate = frames_per_second(browser, address, SHORT_SECONDS if short else SECONDS)
    first, later = (statistics.median(times) for times in zip(*waits, strict=True))
    limit, least = (None, None) if short else (3.0, 15.0)
    return [
        Row(GROUP, "first visit: opened to the answer for a photo", "time", first, "s", at_most=limit),
        Row(GROUP, "later visits: opened to the answer for a photo", "time", later, "s", at_most=limit),
        Row(GROUP, f"camera, {WIDTH} × {HEIGHT}, one face: frames per second", "time", rate, "", at_least=least),
    ]


def write_film(path: Path) -> None:
    """A portrait that moves to and fro, as Motion JPEG."""
    portrait = cv2.cvtColor(read_image(PORTRAIT), cv2.COLOR_RGB2BGR)
    wide = cv2.resize(portrait, (WIDTH + 2 * SWAY, (WIDTH + 2 * SWAY) * portrait.shape[0] // portrait.shape[1]))
    steps = [abs(2 * i - FRAMES) * 2 * SWAY // FRAMES for i in range(FRAMES)]
    frames = [cv2.imencode(".jpg", wide[:HEIGHT, left : left + WIDTH])[1].tobytes() for left in steps]
    path.write_bytes(b"".join(frames))


def visit_twice(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds to the answer in the first visit and in the next one, for which the browser has kept the page."""
    context = browser.new_context()
    first = _wait_for_answer(context, address)
    later = _wait_for_answer(context, address)
    context.close()
    return first, later


def frames_per_second(browser: Browser, address: str, seconds: float) -> float:
    """The rate that the page shows once the camera has been on for so long, in a later visit."""
    context = browser.new_context()
    _wait_for_answer(context, address)
    page = _open(context, address)
    page.get_by_role("button", name="Use the camera").click()
    page.locator("#rate", has_text=re.compile(r"\d")).wait_for(timeout=PATIENCE)
    page.wait_for_timeout(1000 * seconds)
    (rate,) = re.findall(r"\d+", page.locator("#rate").inner_text())
    context.close()
    return float(rate)


def _wait_for_answer(context: BrowserContext, address: str) -> float:
    started = time.perf_counter()
    page = _open(context, address)
    page.get_by_role("button", name="Eileen Collins").click()
    page.locator("#status", has_text="face in").wait_for(timeout=PATIENCE)
    waited = time.perf_counter() - started
    page.locator("#about", has_text="offline").wait_for(timeout=PATIENCE)
    page.close()
    return waited


def _open(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


if __name__ == "__main__":
    sys.exit(run("private_page", __doc__, "a single visit", OUTPUT, measure))
