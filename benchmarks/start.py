"""From the start of the app to its first page and prediction, and from page to page, as a browser sees them."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from reports.benchmarks import Row

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120  # seconds
REST = 1000  # milliseconds that the browser is given to draw the charts of a page
GROUP = "Cold start of the app"
WARM = "Warm app"
PAGES = {
    "Webcam": "Try it on yourself",
    "Demographics": "Demographics",
    "What if": "What if the photo were worse?",
    "Data set": "The data set",
    "Model performance": "Model performance",
    "About": "About",
    "Photo": "How old does this face look?",
}
"""The title of each page, by its name in the menu."""


def measure(short: bool) -> list[Row]:
    """Seconds from the command to the page's title, and on to the first age. The short form is the same."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1"]
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        start = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server)
            page.goto(f"http://127.0.0.1:{port}")
            page.get_by_role("heading", level=1).wait_for(timeout=PATIENCE * 1000)
            first_page = time.perf_counter() - start
            page.get_by_role("button", name="Grace Hopper", exact=True).click()
            page.get_by_test_id("stMetricValue").first.wait_for(timeout=PATIENCE * 1000)
            first_prediction = time.perf_counter() - start
            for _ in range(2):  # the first round warms up
                paints = {name: _first_paint(page, name) for name in PAGES}
        finally:
            server.terminate()
            server.wait(20)
            browser.close()
    slowest = max(paints, key=lambda name: paints[name])
    return [
        Row(GROUP, "to the first page", "time", first_page, "s", at_most=3),
        Row(GROUP, "to the first prediction, requested at once", "time", first_prediction, "s", at_most=10),
        Row(WARM, f"first paint of the slowest page ({slowest})", "time", paints[slowest], "s", at_most=1.5),
    ]


def _first_paint(page: Page, name: str) -> float:
    """Seconds from a click, on a page that has finished loading, to the title of the page called `name`."""
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=PATIENCE * 1000)
    page.wait_for_timeout(REST)
    start = time.perf_counter()
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", level=1, name=PAGES[name], exact=True).wait_for(timeout=PATIENCE * 1000)
    return time.perf_counter() - start


def _wait_until_healthy(url: str, server: subprocess.Popen) -> None:
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        if server.poll() is not None:
            raise RuntimeError("The app ended as soon as it was started. Try: streamlit run streamlit_app.py")
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer within {PATIENCE} seconds")
