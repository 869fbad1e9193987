"""Presentation mode in one visit, on a laptop, a projector and a phone, light and dark."""

import io
import re

import cv2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds
SCREENS = ((1280, 720), (1920, 1080))
PHONE = (390, 844)
NAME = "demo.example.org"
CODE = "img[alt^='QR code']"

TYPE = """() => {
  const small = element => element.closest(".st-key-stage-buttons, .stage-code small, .only-heard, [role=tooltip]")
  const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
  const sizes = [...document.querySelectorAll(".stMain *")]
    .filter(element => own(element) && !small(element) && element.checkVisibility() && element.tagName !== "STYLE")
    .filter(element => element.dataset.testid !== "stIconMaterial")
    .map(element => [parseFloat(getComputedStyle(element).fontSize) / innerHeight, element.textContent])
  return sizes.sort((one, other) => one[0] - other[0])[0]
}"""
"""The smallest type on stage, as a share of the window's height, with its text; without buttons and the address."""


@pytest.fixture(scope="module")
def browser_flags() -> list[str]:
    return [f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]


def settle(page: Page) -> None:
    page.wait_for_timeout(300)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
    page.wait_for_timeout(500)


def expect_stage(page: Page) -> None:
    """That it fills every window without anything around it, and can be read from the back row."""
    for width, height in (*SCREENS, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        expect(page.get_by_test_id("stHeader")).to_be_hidden()
        picture = page.locator(".st-key-stage-picture img").bounding_box()
        leave = page.get_by_role("button", name="Leave").bounding_box()
        assert picture
        assert leave
        assert leave["y"] + leave["height"] <= height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if (width, height) != PHONE:
            assert picture["height"] >= 0.99 * height or picture["width"] >= 0.63 * width
            share, text = page.evaluate(TYPE)
            assert share >= 0.04, text


def expect_no_serious_fault(page: Page) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    grave = [fault for fault in found if fault["impact"] in {"serious", "critical"} or fault["id"] == "heading-order"]
    assert not [(fault["id"], node["html"]) for fault in grave for node in fault["nodes"]]


def test_room_guesses_sees_the_answer_and_goes_on_by_keys(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_text("Guess first").click(timeout=LOADING)
    settle(page)
    page.get_by_role("button", name="Present").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Grace Hopper", timeout=LOADING)
    guess = page.get_by_label("You", exact=True)
    expect(guess).to_be_visible(timeout=LOADING)
    expect_stage(page)
    expect_no_serious_fault(page)
    guess.fill("76")
    page.get_by_role("button", name="Reveal").click()
    expect(page.get_by_text("Closest: You")).to_be_visible(timeout=LOADING)
    expect_stage(page)
    expect(page.locator(CODE)).to_have_count(0)  # nobody else can open an address of this machine

    page.emulate_media(color_scheme="dark")
    page.mouse.click(5, 5)
    page.keyboard.press("ArrowRight")
    expect(heading).to_have_text("Eileen Collins", timeout=LOADING)
    settle(page)  # the buttons that the keys press come after the heading
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Closest: You")).to_be_visible(timeout=LOADING)
    page.get_by_role("button", name="Next").click()
    expect(heading).to_have_text("Eileen Collins", timeout=LOADING)
    expect_no_serious_fault(page)
    page.get_by_label("You", exact=True).focus()
    page.keyboard.press("Escape")  # also from a field
    expect(page.get_by_test_id("stHeader")).to_be_visible(timeout=LOADING)
    expect(page).to_have_url(re.compile(r"^[^?]*$"))
    expect(page.get_by_role("button", name="Grace Hopper", exact=True)).to_be_visible(timeout=LOADING)


def test_answer_can_be_read_and_the_code_leads_to_the_app(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    public = address.replace("127.0.0.1", NAME)
    page.goto(f"{public}/?stage=1")
    expect(page.get_by_test_id("stMetricValue")).to_be_visible(timeout=LOADING)
    expect(page.locator(CODE)).to_be_visible(timeout=LOADING)
    settle(page)
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)
        picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
        assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == f"{public}/"
    expect_stage(page)
    page.close()
