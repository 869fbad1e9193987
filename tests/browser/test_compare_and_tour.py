"""Comparing two faces, and the tour, on a phone and on a projector."""

import re

import pytest
from helpers.paths import SAMPLES
from playwright.sync_api import Browser, Page, expect

from components.tour.views import VIEWS

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds
SIZES = [(390, 844), (1920, 1080)]


def settle(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=LOADING)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
    page.wait_for_timeout(500)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_two_faces_and_their_difference_are_on_one_screen(
    browser: Browser, address: str, width: int, height: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.locator("input[type=file]").first.set_input_files(SAMPLES / "grace-hopper.jpg")
    page.get_by_role("link", name="Compare faces").click(timeout=LOADING)
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare two faces", timeout=LOADING)
    settle(page)
    page.locator("input[type=file]").first.set_input_files(SAMPLES / "eileen-collins.jpg")
    answer = page.get_by_test_id("stMetricValue")
    expect(page.get_by_text(re.compile("^Best guess: the left face is"))).to_be_visible(timeout=LOADING)
    settle(page)
    for part in (page.get_by_alt_text("Left face"), page.get_by_alt_text("Right face"), answer):
        box = part.bounding_box()
        assert box
        assert box["y"] + box["height"] <= height
        assert box["x"] + box["width"] <= width
    expect(page.get_by_role("img", name=re.compile("^80% interval: "))).to_be_visible()
    expect(page.get_by_text(re.compile("Checked with 20,000 random pairs"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize(
    ("width", "height", "way"),
    [pytest.param(390, 844, (1, 2, 3, 4, 5, 4), marks=pytest.mark.slow), (1920, 1080, (1, 2, 3, 2))],
)
def test_tour_goes_through_its_views_and_back(
    browser: Browser, address: str, width: int, height: int, way: tuple[int, ...]
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{address}/about")
    page.get_by_role("link", name="Start the tour").click(timeout=LOADING)
    for number, after in zip(way, (*way[1:], 0), strict=True):
        expect_view(page, number)
        if after:
            page.get_by_role("link", name="Next" if after > number else "Back").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def expect_view(page: Page, number: int) -> None:
    view = VIEWS[number - 1]
    expect(page.get_by_text(f"{number} of {len(VIEWS)}.")).to_be_visible(timeout=LOADING)
    expect(page).to_have_url(re.compile(rf"{view.page[6:-3]}\?.*tour={number}"), timeout=LOADING)
    settle(page)
    chart = page.locator(f".{view.chart}").first
    expect(chart).to_be_in_viewport(timeout=LOADING)
    page.wait_for_timeout(1500)  # until what stands above the chart has its height
    expect(chart).to_be_in_viewport(timeout=LOADING)
    bar, chart_box = page.locator(".st-key-tour").bounding_box(), chart.bounding_box()
    assert bar
    assert chart_box
    assert chart_box["y"] < bar["y"]
