"""Guess first, the hill and the result card, in one visit on a projector and on a phone."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1920, 1080)])
def test_guess_is_compared_with_the_answer_which_can_be_shared(
    browser: Browser, address: str, width: int, height: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.get_by_text("Guess first").click(timeout=LOADING)
    expect(page.get_by_text(re.compile("probable"))).to_have_count(0, timeout=LOADING)
    page.get_by_role("button", name="Grace Hopper", exact=True).click()
    reveal = page.get_by_role("button", name="Reveal")
    expect(reveal).to_be_visible(timeout=LOADING)
    expect(page.get_by_text("All faces")).to_have_count(0, timeout=LOADING)
    expect(page.get_by_test_id("stMetric")).to_have_count(0)
    page.get_by_label("You", exact=True).fill("76")
    reveal.click()
    expect(page.get_by_text(re.compile("true age: 77"))).to_be_visible(timeout=LOADING)
    expect(page.get_by_text("Closest: You")).to_be_visible()
    expect(page.get_by_text("Rounds won after 1 round")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Probability of each year. The range is"))).to_be_visible()
    expect(page.get_by_test_id("stMetricValue")).to_be_visible(timeout=LOADING)
    _expect_card(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def _expect_card(page: Page) -> None:
    page.get_by_role("button", name="Result card").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_alt_text(re.compile(r"Result card, Square: \d+–\d+"))).to_be_visible(timeout=LOADING)
    expect(dialog.get_by_role("button", name="Copy")).to_be_visible(timeout=LOADING)
    dialog.get_by_role("radio", name="Story (9:16)").click()
    expect(dialog.get_by_alt_text("Result card, Story (9:16)")).to_be_visible(timeout=LOADING)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
    with page.expect_download() as event:
        dialog.get_by_role("button", name="Download").click()
    card = Image.open(io.BytesIO(Path(event.value.path()).read_bytes()))
    assert card.size == (1080, 1920)
    assert not card.getexif()
