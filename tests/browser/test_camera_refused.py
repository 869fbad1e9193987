"""A visitor refuses the camera: the page says how to allow it after all."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

LOADING = 60_000  # milliseconds


@pytest.fixture(scope="module")
def browser_flags() -> list[str]:
    return ["--use-fake-ui-for-media-stream=deny"]


def test_snapshot_says_how_to_allow_the_camera(page: Page, address: str) -> None:
    page.goto(f"{address}/webcam")
    expect(page.get_by_text("This app would like to use your camera")).to_be_visible(timeout=LOADING)
    expect(page.get_by_role("button", name="Take Photo")).to_be_disabled()
    page.get_by_text("Camera not working?").click()
    expect(page.get_by_text("your browser does not ask again")).to_be_visible()


def test_live_video_says_how_to_allow_the_camera(page: Page, address: str) -> None:
    page.goto(f"{address}/webcam?mode=Live+video")
    video = page.frame_locator("iframe").first
    video.get_by_role("button", name="Start").click(timeout=LOADING)
    expect(video.get_by_text("Permission denied")).to_be_visible(timeout=LOADING)
    page.get_by_text("Camera not working?").click()
    expect(page.get_by_text("your browser does not ask again")).to_be_visible()
