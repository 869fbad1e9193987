"""The app in a real Chromium: started, used, and its pages and console looked over."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
PAGES = {
    "webcam": "Try it on yourself",
    "what_if": "What if the photo were worse?",
    "dataset": "The data set",
    "performance": "Model performance",
    "about": "About",
}
LOADING = 120_000  # milliseconds: the first prediction loads TensorFlow


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless=true"]
    server = subprocess.Popen([*command, f"--server.port={port}", "--server.address=127.0.0.1"], cwd=ROOT)
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        # Without a system Chromium, the one that `playwright install chromium` fetched is taken.
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"{message.text} {message.location['url']}")

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    page.close()
    assert not problems


def test_uploaded_photo_shows_its_age(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("input[type=file]").set_input_files(SAMPLES / "grace-hopper.jpg")
    card = page.get_by_test_id("stMetric")
    expect(card).to_be_visible(timeout=LOADING)
    low, high = map(int, card.get_by_test_id("stMetricValue").inner_text().split("–"))
    assert 60 <= (low + high) / 2 <= 90
    expect(page.get_by_text(re.compile("Female: .* probable|Gender uncertain"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert "grace-hopper.jpg,1," in Path(download.value.path()).read_text()


def test_sample_needs_one_click(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Eileen Collins", exact=True).click()
    expect(page.get_by_test_id("stMetricValue")).to_be_visible(timeout=LOADING)


@pytest.mark.parametrize("path", PAGES)
def test_page_opens_and_fits_a_phone(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(PAGES[path])
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_webcam_snapshot_is_judged(page: Page, address: str) -> None:
    page.goto(f"{address}/webcam")
    page.get_by_role("button", name="Take Photo").click(timeout=30_000)
    # The fake camera shows no face, which the page has to say.
    expect(page.get_by_text(re.compile("No face found"))).to_be_visible(timeout=LOADING)


def test_face_is_explained_and_then_changed(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Grace Hopper", exact=True).click()
    page.get_by_role("button", name="Explain this face").click(timeout=LOADING)
    expect(page.get_by_text(re.compile("^Covering "))).to_be_visible(timeout=LOADING)
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=LOADING)
    page.get_by_role("link", name="What if the photo were").click()
    figures = page.get_by_test_id("stMetricValue")
    expect(figures).to_have_count(2, timeout=LOADING)
    before, after = figures.all()
    expect(after).to_have_text(before.inner_text())
    page.get_by_role("slider", name="Blur").focus()
    for _ in range(24):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Blur moves this age")).to_be_visible(timeout=LOADING)
    expect(after).not_to_have_text(before.inner_text())
    assert "blur=6" in page.url


def test_card_leads_to_the_errors_of_its_age_bracket(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Grace Hopper", exact=True).click()
    page.get_by_role("link", name="Errors measured at").click(timeout=LOADING)
    expect(page.get_by_role("heading", level=1)).to_have_text("Model performance")
    assert "bracket=" in page.url


def _wait_until_healthy(url: str, server: subprocess.Popen) -> None:
    for _ in range(120):
        assert server.poll() is None, "the app ended as soon as it was started"
        try:
            if urllib.request.urlopen(url, timeout=1).status == 200:
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"{url} did not answer within a minute")
