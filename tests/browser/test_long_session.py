"""A visit of 200 photos, one after the other, on the server as people start it: its memory stays flat.

It takes some minutes and has a command of its own: pytest -m load tests/browser/test_long_session.py
"""

import io
import random
from pathlib import Path

import psutil
import pytest
from helpers.paths import SAMPLES
from helpers.served import serve
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.load, pytest.mark.timeout(2400)]

PHOTOS = 200
MEGABYTES = 2  # of each file
MOST_GROWTH = 60  # MB over the second hundred: room for noise, but a third of what files that are kept would take
LOADING = 120_000  # milliseconds


@pytest.fixture(scope="module")
def browser_flags() -> list[str]:
    return ["--blink-settings=imagesEnabled=false"]  # the browser is not what is measured


def test_memory_stays_flat_over_200_photos(page: Page, tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        page.goto(server.url)
        expect(page.get_by_alt_text("Portrait of Grace Hopper")).to_be_visible(timeout=LOADING)
        after = []
        for number in range(PHOTOS):
            page.locator(".st-key-uploader input[type=file]").last.set_input_files(photo(number))
            expect(page.get_by_alt_text(f"{number}.png with faces marked")).to_be_visible(timeout=LOADING)
            app = page.get_by_test_id("stApp")
            expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
            after.append(memory(server.process))
        page.close()  # before the server, whose end it would note as an error
    half = PHOTOS // 2
    growth = max(after[half:]) - max(after[:half])
    assert growth < MOST_GROWTH, [round(megabytes) for megabytes in after[::10]]


def photo(number: int) -> FilePayload:
    """A small portrait that differs from the others by one pixel, in a file that is large for it."""
    portrait = Image.open(SAMPLES / "grace-hopper.jpg").reduce(2)
    portrait.putpixel((0, 0), (number, 0, 0))
    buffer = io.BytesIO()
    portrait.save(buffer, "PNG", compress_level=1)
    padding = random.Random(number).randbytes(MEGABYTES * 1_000_000 - buffer.tell())
    return {"name": f"{number}.png", "mimeType": "image/png", "buffer": buffer.getvalue() + padding}


def memory(process: psutil.Process) -> float:
    """Resident memory of a server and its workers, MB."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue  # a worker that has ended
    return total / 1e6
