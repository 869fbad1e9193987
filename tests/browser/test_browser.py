"""The app in a real Chromium: started, used, and its pages and console looked over."""

import re
from pathlib import Path

import pytest
from helpers.paths import ROOT
from helpers.pictures import wait_for_pictures
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SAMPLES = ROOT / "samples"
PAGES = {
    "webcam": "Try it on yourself",
    "compare": "Compare two faces",
    "demographics": "Demographics",
    "what_if": "What if the photo were worse?",
    "dataset": "The data set",
    "performance": "Model performance",
    "evaluate": "Test it on your own photos",
    "about": "About",
}
LOADING = 120_000  # milliseconds


def test_uploaded_photo_shows_its_age(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("input[type=file]").set_input_files(SAMPLES / "grace-hopper.jpg")
    expect(page.get_by_test_id("stMetric")).to_be_visible(timeout=LOADING)
    (age,) = re.findall(r"Best guess (\d+)", page.get_by_text(re.compile("Best guess")).inner_text())
    assert 60 <= int(age) <= 90
    expect(
        page.get_by_text(re.compile(r"^(Female|Male): \d+% probable|^Gender uncertain: \d+% female"))
    ).to_be_visible()
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").filter(has_text="CSV").get_by_role("button").click()
    assert "grace-hopper.jpg,1," in Path(download.value.path()).read_text()


def choose_sample(page: Page, name: str) -> None:
    """Clicks a portrait of the first screen when both have come."""
    expect(page.get_by_alt_text(f"Portrait of {name}")).to_be_visible(timeout=LOADING)
    wait_for_pictures(page)
    page.get_by_role("button", name=name, exact=True).click()


def test_sample_needs_one_click(page: Page, address: str) -> None:
    page.goto(address)
    choose_sample(page, "Eileen Collins")
    expect(page.get_by_test_id("stMetricValue")).to_be_visible(timeout=LOADING)


@pytest.mark.parametrize("path", PAGES)
def test_page_opens_and_fits_a_phone(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(PAGES[path])
    page.wait_for_load_state("networkidle")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert width_of_content(page) <= 390


def width_of_content(page: Page) -> int:
    """Pixels; more than the window is wide if the page can be moved sideways."""
    widths: int = page.evaluate(
        "Math.max(document.documentElement.scrollWidth, document.querySelector('.stMain').scrollWidth)"
    )
    return widths


def test_menu_of_a_phone_closes_behind_the_chosen_page(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    choose_sample(page, "Eileen Collins")
    expect(page.get_by_test_id("stMetricValue")).to_be_visible(timeout=LOADING)
    assert width_of_content(page) <= 390
    for name, title in (("What if", PAGES["what_if"]), ("Compare", PAGES["compare"])):
        page.get_by_test_id("stExpandSidebarButton").click()
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible(timeout=LOADING)


def test_clicked_bar_selects_its_bracket_also_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}/performance")
    pill = page.locator("button", has_text="20–29").first
    for pressed, url in (("true", "bracket=20%E2%80%9329$"), ("false", "performance$")):  # a second click clears it
        bar = page.locator(".js-plotly-plot").first.locator(".point path").nth(3)
        expect(bar).to_be_visible(timeout=LOADING)
        bar.click(force=True)  # Plotly covers its bars with a transparent layer, which receives the click
        expect(pill).to_have_attribute("aria-pressed", pressed, timeout=LOADING)
        expect(page).to_have_url(re.compile(url))
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
        page.wait_for_timeout(1000)  # the chart is drawn again


def test_chart_is_saved_as_picture_and_as_table(page: Page, address: str) -> None:
    page.goto(f"{address}/dataset")
    with page.expect_download(timeout=LOADING) as picture:
        page.locator(".modebar-btn").first.click(timeout=LOADING)
    assert picture.value.suggested_filename == "ages.png"
    with page.expect_download() as table:
        page.get_by_role("button", name="CSV").first.click()
    assert table.value.suggested_filename == "ages.csv"
    assert Path(table.value.path()).read_text().startswith("age,part,photos,share\n")


CAMERA_RUNS = "[...document.querySelectorAll('video')].some(video => video.readyState >= 2 && video.videoWidth > 0)"


def test_webcam_snapshot_is_analysed(page: Page, address: str) -> None:
    page.goto(f"{address}/webcam")
    button = page.get_by_role("button", name="Take Photo")
    expect(button).to_be_visible(timeout=LOADING)
    page.wait_for_function(CAMERA_RUNS)  # before, the page takes no photo and says nothing
    button.click()
    # The fake camera shows no face, which the page has to say.
    expect(page.get_by_text(re.compile("No face found"))).to_be_visible(timeout=LOADING)


def test_face_is_explained_and_then_changed(page: Page, address: str) -> None:
    page.goto(address)
    choose_sample(page, "Grace Hopper")
    page.get_by_role("button", name="Explain this face").click(timeout=LOADING)
    expect(page.get_by_text(re.compile("^Covering "))).to_be_visible(timeout=LOADING)
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=LOADING)
    wait_for_pictures(page)
    page.get_by_role("link", name="What if it were worse").click()
    figures = page.get_by_test_id("stMetricValue")
    expect(figures).to_have_count(2, timeout=LOADING)
    before, after = figures.all()
    expect(after).to_have_text(before.inner_text())
    for _ in range(24):
        page.get_by_role("slider", name="Blur").press("ArrowRight")
    expect(page.get_by_role("heading", name="Blur: the estimated age ranges")).to_be_visible(timeout=LOADING)
    expect(after).not_to_have_text(before.inner_text())
    expect(page).to_have_url(re.compile("blur=6"), timeout=LOADING)


def test_card_leads_to_the_errors_of_its_age_bracket(page: Page, address: str) -> None:
    page.goto(address)
    choose_sample(page, "Grace Hopper")
    link = page.get_by_role("link", name="See errors at age")
    expect(link).to_be_visible(timeout=LOADING)
    wait_for_pictures(page)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Model performance")
    assert "bracket=" in page.url
