"""The answer stands on the first screen, whatever its size, and stays while other pages are visited."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.paths import SAMPLES
from PIL import Image
from playwright.sync_api import Browser, FilePayload, FloatRect, Locator, Page, expect

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds
PHOTOS = 40
SIZES = {"phone": (390, 844), "laptop": (1280, 720), "projector": (1920, 1080)}
HOPPER = SAMPLES / "grace-hopper.jpg"


@pytest.fixture(params=[(size, scheme) for size in SIZES for scheme in ("light", "dark")], ids="-".join)
def screen(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    size, scheme = request.param
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    yield page
    page.close()


def box(locator: Locator) -> FloatRect:
    expect(locator).to_be_visible(timeout=LOADING)
    found = locator.bounding_box()
    assert found
    return found


def expect_on_screen(*locators: Locator) -> None:
    """That each lies within the window, which was not scrolled."""
    for locator in locators:
        size = locator.page.viewport_size
        found = box(locator)
        assert size
        assert found["y"] >= 0
        assert found["y"] + found["height"] <= size["height"]
        assert found["x"] + found["width"] <= size["width"]


def settle(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
    page.wait_for_timeout(500)


def group() -> bytes:
    """Three portraits side by side."""
    portrait = Image.open(HOPPER)
    picture = Image.new("RGB", (3 * portrait.width, portrait.height))
    for i in range(3):
        picture.paste(portrait, (i * portrait.width, 0))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG")
    return buffer.getvalue()


def upload(page: Page, *files: Any) -> None:
    page.locator("input[type=file]").first.set_input_files(list(files))
    expect(page.get_by_test_id("stMetric").first).to_be_visible(timeout=LOADING)
    settle(page)


def test_first_screen_shows_an_example_and_the_camera(screen: Page, address: str) -> None:
    screen.goto(address)
    settle(screen)
    title = box(screen.get_by_role("heading", level=1))
    assert title["y"] <= 90  # the menu is 60 pixels high
    portrait = screen.get_by_alt_text("Portrait of Grace Hopper")
    expect_on_screen(portrait, screen.get_by_role("button", name="Use your camera"))
    assert box(portrait)["width"] >= 160
    expect(screen.get_by_text("years", exact=False).first).to_be_visible()
    portrait.click(force=True)  # the portrait itself is the button
    expect(screen.get_by_test_id("stMetricValue")).to_be_visible(timeout=LOADING)


@pytest.mark.parametrize("way", ["sample", "upload", "group"])
def test_picture_age_and_gender_are_on_one_screen(screen: Page, address: str, way: str) -> None:
    screen.goto(address)
    if way == "sample":
        screen.get_by_role("button", name="Grace Hopper", exact=True).click(timeout=LOADING)
        expect(screen.get_by_test_id("stMetric")).to_be_visible(timeout=LOADING)
        settle(screen)
    else:
        content = group() if way == "group" else HOPPER.read_bytes()
        upload(screen, {"name": f"{way}.jpg", "mimeType": "image/jpeg", "buffer": content})
    age = screen.get_by_test_id("stMetricValue")
    expect_on_screen(screen.get_by_alt_text("marked").first, age, screen.get_by_test_id("stProgress"))
    sizes = "[...document.querySelectorAll('h1, h2, h3, p, div, span, button')].map(e => getComputedStyle(e).fontSize)"
    largest = max(float(size.removesuffix("px")) for size in screen.evaluate(sizes))
    assert float(age.evaluate("e => getComputedStyle(e).fontSize").removesuffix("px")) == largest
    assert screen.evaluate("document.documentElement.scrollWidth") <= screen.viewport_size["width"]  # type: ignore[index]


def test_click_on_a_face_opens_its_card(page: Page, address: str) -> None:
    page.goto(address)
    upload(page, {"name": "group.jpg", "mimeType": "image/jpeg", "buffer": group()})
    bubbles = page.get_by_role("button", name=re.compile(r"^Face \d+:"))
    lefts = [box(bubble)["x"] for bubble in bubbles.all()]
    assert lefts == sorted(lefts)
    assert len(lefts) == 3
    for number in (3, 1):
        bubbles.nth(number - 1).click()
        expect(page.get_by_text(f"Face {number}: likely age", exact=True)).to_be_visible(timeout=LOADING)
        expect(bubbles.nth(number - 1)).to_have_attribute("aria-pressed", "true")


def test_photo_survives_links_and_back_and_goes_when_cleared(page: Page, address: str) -> None:
    page.goto(address)
    upload(page, HOPPER)
    answer = page.get_by_test_id("stMetricValue").inner_text()
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("About", timeout=LOADING)
    page.go_back()
    expect(page.get_by_test_id("stMetricValue")).to_have_text(answer, timeout=LOADING)
    page.get_by_role("link", name="What if it were worse").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What if", timeout=LOADING)
    page.get_by_role("link", name="Photo", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("How old", timeout=LOADING)
    settle(page)
    expect(page.get_by_test_id("stMetricValue")).to_have_text(answer, timeout=LOADING)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_alt_text("Portrait of Grace Hopper")).to_be_visible(timeout=LOADING)


def test_many_photos_give_a_gallery_whose_tiles_can_be_clicked(page: Page, address: str) -> None:
    page.goto(address)
    upload(page, HOPPER, SAMPLES / "eileen-collins.jpg")
    tile = page.get_by_alt_text("eileen-collins.jpg", exact=True)
    expect(tile).to_be_visible(timeout=LOADING)
    settle(page)
    tile.click(force=True)
    expect(page.get_by_alt_text("eileen-collins.jpg with faces marked")).to_be_visible(timeout=LOADING)
    with page.expect_download() as download:
        page.get_by_role("button", name="All pictures (ZIP)").click()
    assert download.value.suggested_filename == "faces.zip"


def test_many_photos_can_be_cancelled_and_what_is_done_stays(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("input[type=file]").first.set_input_files(large_pictures(PHOTOS))
    progress = page.get_by_role("progressbar").first
    left = re.compile(rf"\(([3-9]|\d\d) of {PHOTOS}\), about \d+ (second|minute)s? left")
    expect(page.get_by_text(left)).to_be_visible(timeout=LOADING)
    expect(progress).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="All pictures (ZIP)")).to_be_visible(timeout=LOADING)
    done = int(page.get_by_test_id("stMetricValue").filter(has_not_text="–").first.inner_text())
    assert 1 <= done < PHOTOS
    expect(page.locator(".st-key-gallery").get_by_role("img")).to_have_count(done, timeout=LOADING)

    page.get_by_role("button", name="More").click()
    page.get_by_text("Find small faces").click()
    page.get_by_role("button", name="Cancel").click(timeout=LOADING)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=LOADING)
    expect(page.locator(".st-key-gallery").get_by_role("img")).to_have_count(done, timeout=LOADING)


def large_pictures(count: int) -> list[FilePayload]:
    """Different pictures that take a while, of the same face, of twelve megapixels each."""
    large = Image.new("RGB", (4000, 3000), "grey")
    large.paste(Image.open(HOPPER), (1000, 1000))
    buffer = io.BytesIO()
    large.save(buffer, "PNG")
    contents = (buffer.getvalue() + bytes([number]) for number in range(count))  # what follows a picture is not read
    return [{"name": f"{n}.png", "mimeType": "image/png", "buffer": content} for n, content in enumerate(contents)]


def test_uploader_offers_the_camera_on_phones(page: Page, address: str) -> None:
    page.goto(address)
    accept = page.locator("input[type=file]").get_attribute("accept", timeout=LOADING)
    assert accept
    assert "image/*" in accept.split(",")


@pytest.mark.parametrize("size", SIZES)
def test_pictures_sliders_and_curve_are_on_one_screen(browser: Browser, address: str, size: str) -> None:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{address}/what_if")
    settle(page)
    slider = page.get_by_role("slider", name="Blur")
    for _ in range(8):
        slider.press("ArrowRight")
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=LOADING)
    expect(page).to_have_url(f"{address}/what_if?blur=2.0", timeout=LOADING)
    settle(page)
    expect_on_screen(page.get_by_alt_text("Changed face"), slider, page.locator(".js-plotly-plot").first)
    page.close()
