"""Every page, light and dark, checked by axe-core: no serious fault, headings in order, a title of its own."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.paths import SAMPLES
from playwright.sync_api import Browser, Page, ViewportSize, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 800}
LOADING = 120_000  # milliseconds
PAGES = ("", "webcam", "video", "compare", "what_if?blur=2", "demographics", "dataset",
         "performance?tour=3", "evaluate", "about")  # fmt: skip
GRAVE = {"serious", "critical"}
OPTIONS = {"resultTypes": ["violations"]}  # what is right on a page full of charts takes minutes to hand over


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [LAPTOP, PHONE])
def test_no_page_has_a_serious_fault(browser: Browser, address: str, scheme: str, window: ViewportSize) -> None:
    titles, faults = set(), []
    for path in (*PAGES, "with a photo"):
        page = browser.new_page(viewport=window, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{address}/{path if path in PAGES else ''}")
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=LOADING)
        if path not in PAGES:
            page.locator("input[type=file]").first.set_input_files(SAMPLES / "grace-hopper.jpg")
            expect(page.get_by_test_id("stMetric")).to_be_visible(timeout=LOADING)
        faults += [(path, *fault) for fault in _faults(page)]
        titles.add(page.title())
        page.close()
    assert not faults
    assert len(titles) == len(PAGES)


def _faults(page: Page) -> list[tuple[str, str]]:
    """What axe calls serious once the page has come to rest: the rule, and the first element that breaks it."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("document.getAnimations().every(animation => animation.playState !== 'running')")
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        (fault["id"], fault["nodes"][0]["html"])
        for fault in found
        if fault["impact"] in GRAVE or fault["id"] == "heading-order"
    ]
