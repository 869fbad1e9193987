"""The app, started for the tests of a file, and pages that fail their test on errors in the console."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from benchmarks.serving import FAKE_CAMERA, open_chromium, serve_app

USUAL = (
    "/_stcore/",  # Streamlit looks for its server under the page's own address first, and is told that it is not there
    r"404.*/media/.*\.csv",  # the page is left while Streamlit still checks that its download is there
    "Download Button source error",
)
"""Errors that come with Streamlit."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve_app() as address:
        yield address


@pytest.fixture(scope="module")
def browser_flags() -> list[str]:
    """More flags for Chromium; a file of tests may have its own."""
    return []


@pytest.fixture(scope="module")
def browser(browser_flags: list[str]) -> Iterator[Browser]:
    """A Chromium with a camera."""
    with open_chromium(*FAKE_CAMERA, *browser_flags) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        problem = f"{message.text} {message.location['url']}"
        if message.type == "error" and not any(re.search(usual, problem) for usual in USUAL):
            problems.append(problem)

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    page.close()
    assert not problems
