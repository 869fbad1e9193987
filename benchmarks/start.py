"""From the start of the app to its first page and prediction, and from page to page, as a browser sees them."""

import time

from playwright.sync_api import Page

from benchmarks.serving import open_chromium, serve_app
from reports.benchmarks import Row

PATIENCE = 120_000  # milliseconds
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


def measure(short: bool) -> list[Row]:  # noqa: ARG001
    """Seconds from the command to the page's title, and on to the first age. The short form is the same."""
    with open_chromium() as browser:
        page = browser.new_page()
        start = time.perf_counter()
        with serve_app() as address:
            page.goto(address)
            page.get_by_role("heading", level=1).wait_for(timeout=PATIENCE)
            first_page = time.perf_counter() - start
            page.get_by_role("button", name="Grace Hopper", exact=True).click()
            page.get_by_test_id("stMetricValue").first.wait_for(timeout=PATIENCE)
            first_prediction = time.perf_counter() - start
            for _ in range(2):  # the first round warms up
                paints = {name: _first_paint(page, name) for name in PAGES}
    slowest = max(paints, key=lambda name: paints[name])
    return [
        Row(GROUP, "to the first page", "time", first_page, "s", at_most=3),
        Row(GROUP, "to the first prediction, requested at once", "time", first_prediction, "s", at_most=10),
        Row(WARM, f"first paint of the slowest page ({slowest})", "time", paints[slowest], "s", at_most=1.5),
    ]


def _first_paint(page: Page, name: str) -> float:
    """Seconds from a click, on a page that has finished loading, to the title of the page called `name`."""
    page.locator("[data-test-script-state=notRunning]").wait_for(timeout=PATIENCE)
    page.wait_for_timeout(REST)
    start = time.perf_counter()
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", level=1, name=PAGES[name], exact=True).wait_for(timeout=PATIENCE)
    return time.perf_counter() - start
