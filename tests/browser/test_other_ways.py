"""Photos that are pasted, dropped on the page or taken with a phone's camera come to an answer like chosen ones."""

import base64
import re

import pytest
from helpers.paths import SAMPLES
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds
SIZES = [(390, 844), (1920, 1080)]
HOPPER = SAMPLES / "grace-hopper.jpg"

COPY = """async photo => {
  const bitmap = await createImageBitmap(await (await fetch(photo)).blob())
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext("2d").drawImage(bitmap, 0, 0)
  const png = await canvas.convertToBlob({ type: "image/png" })
  await navigator.clipboard.write([new ClipboardItem({ "image/png": png })])
}"""


def expect_answer(page: Page) -> None:
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible(timeout=LOADING)
    (age,) = re.findall(r"Best guess (\d+)", page.get_by_text(re.compile("Best guess")).first.inner_text())
    assert 60 <= int(age) <= 90


def settle(page: Page) -> None:
    expect(page.locator("input[type=file]")).to_be_attached(timeout=LOADING)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
    page.wait_for_timeout(500)


def drop(page: Page, photo: str) -> None:
    """Drops a file in the middle of the page, as a hand would."""
    size = page.viewport_size
    assert size
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "dragOver", "drop"):
        page.wait_for_timeout(200)  # a hand is slower than the page, which must accept the file before it is let go
        session.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": size["width"] / 2,
                "y": size["height"] - 40,
                "data": {"items": [], "files": [photo], "dragOperationsMask": 1},
            },
        )


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_pasted_and_then_dropped_photos_are_analysed(page: Page, address: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    settle(page)
    page.evaluate(COPY, "data:image/jpeg;base64," + base64.b64encode(HOPPER.read_bytes()).decode())
    page.keyboard.press("Control+V")
    expect_answer(page)
    expect(page.get_by_alt_text("image.png with faces marked")).to_be_visible(timeout=LOADING)
    settle(page)
    drop(page, str(SAMPLES / "eileen-collins.jpg"))
    expect(page.get_by_alt_text("eileen-collins.jpg with faces marked")).to_be_visible(timeout=LOADING)


def test_pasted_text_goes_where_it_belongs(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/compare")
    settle(page)
    page.evaluate("navigator.clipboard.writeText('Grace')")
    box = page.get_by_role("combobox").first
    box.click()
    page.keyboard.press("Control+V")
    expect(box).to_have_value("Grace")


def test_phone_opens_its_camera_with_one_tap(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(address)
    settle(page)
    expect(page.get_by_role("button", name="Use your camera")).to_be_hidden()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Take a picture").tap()
    assert chooser.value.element.get_attribute("capture") == "user"
    chooser.value.set_files(HOPPER)
    expect_answer(page)
    settle(page)
    with page.expect_file_chooser():
        page.get_by_role("button", name="Take a picture").tap()
    page.close()
