"""Live video in a real Chromium, whose camera plays a film of a face."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import cv2
import numpy as np
import pytest
from helpers.pictures import wait_for_pictures
from playwright.sync_api import FrameLocator, Page, expect

pytestmark = pytest.mark.browser

LOADING = 180_000  # milliseconds
CONNECTING = 90_000  # milliseconds: on a busy machine the first faces take long

RUNNING = r"^1 face · \d*[1-9]\d*\.\d analysed and \d*[1-9]\d*\.\d shown"
"""A count of faces, and rates of at least one per second."""

WITHOUT_A_WAY = """
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = function (settings) {
        return new Connection({...settings, iceTransportPolicy: "relay"});
    };
"""
"""Lets a browser connect through TURN servers alone, like a network that blocks every other way."""


@pytest.fixture(scope="module")
def browser_flags(portrait_frame: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    film = tmp_path_factory.mktemp("camera") / "portrait.mjpeg"
    shifts = np.round(20 * np.sin(np.linspace(0, 2 * np.pi, 60, endpoint=False))).astype(int)
    film.write_bytes(b"".join(_jpeg(np.roll(portrait_frame, shift, axis=1)) for shift in shifts))
    return [f"--use-file-for-fake-video-capture={film}"]


@pytest.fixture
def live(page: Page, address: str) -> FrameLocator:
    """The live mode, ready to be started."""
    return _open_live(page, address)


def expect_rates(page: Page, rates: str) -> None:
    """What stands last in the line of the ages."""
    expect(page.locator(".st-key-ages").get_by_text(re.compile(rates))).to_be_visible(timeout=CONNECTING)


def test_face_in_the_film_is_counted_and_gets_an_age(page: Page, live: FrameLocator) -> None:
    live.get_by_role("button", name="Start").click()
    expect_rates(page, RUNNING)
    low, high = (int(years) for years in page.locator(".st-key-ages strong").inner_text().split("–"))
    assert 40 <= low < high <= 110
    expect(page.get_by_text(re.compile("best guess"))).to_be_visible()
    _expect_moving_picture(live)
    expect_all_in_view(page)

    page.get_by_text("Pause").click()
    expect_rates(page, "^1 face .* 0.0 shown")
    page.get_by_text("Pause").click()
    expect_rates(page, RUNNING)
    page.get_by_text("Mirror").click()
    expect_rates(page, "^1 face")
    _expect_stage(page, live)

    page.get_by_text("Pause").click()
    expect_rates(page, "0.0 shown")
    live.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile("Press Start"))).to_be_visible(timeout=CONNECTING)
    expect(page.locator(".st-key-ages")).to_have_count(0)
    live.get_by_role("button", name="Start").click()
    expect_rates(page, RUNNING)


def expect_all_in_view(page: Page) -> None:
    """That the video is as wide as the window, or as high as leaves all of it and its controls in view."""
    for width, height in ((1280, 720), (390, 844), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        _eventually(page, partial(_expect_in_view, page, width, height))


def _expect_in_view(page: Page, width: int, height: int) -> None:
    video, ages = (page.locator(f".st-key-{name}").bounding_box() for name in ("video", "ages"))
    assert video
    assert ages
    bottom = video["y"] + video["height"]
    assert video["width"] >= 0.9 * width or bottom >= height - 40
    assert bottom <= height
    assert ages["y"] + ages["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_blocked_connection_is_explained(page: Page, address: str) -> None:
    page.add_init_script(WITHOUT_A_WAY)
    _open_live(page, address).get_by_role("button", name="Start").click()
    expect(page.get_by_text("The video from your camera does not reach this app")).to_be_visible(timeout=CONNECTING)
    expect(page.get_by_text(re.compile("needs a TURN server"))).to_be_visible()


def _open_live(page: Page, address: str) -> FrameLocator:
    page.goto(address)
    expect(page.get_by_alt_text("Portrait of Grace Hopper")).to_be_visible(timeout=LOADING)
    wait_for_pictures(page)
    page.get_by_role("link", name="Webcam").click()
    page.get_by_role("radio", name="Live video").click(timeout=LOADING)
    video = page.frame_locator("iframe[title*=webrtc]")
    expect(video.get_by_role("button", name="Start")).to_be_visible(timeout=LOADING)
    return video


def _jpeg(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def _expect_moving_picture(video: FrameLocator) -> None:
    """That the browser plays what comes back, in the camera's size."""
    player = video.locator("video")
    before = player.evaluate("video => [video.videoWidth, video.videoHeight, video.currentTime]")
    assert before[:2] == [640, 480]
    player.page.wait_for_timeout(2000)
    assert player.evaluate("video => video.currentTime") > before[2]


def _expect_filled(page: Page, video: FrameLocator, height: int) -> None:
    player, ages = video.locator("video").bounding_box(), page.locator(".st-key-ages strong")
    assert player
    assert player["height"] >= 0.82 * height
    shown = page.locator(".st-key-video").bounding_box()
    assert shown
    assert shown["height"] - 16 <= player["height"], "its buttons, which take no clicks here, are in view"
    assert player["y"] + player["height"] <= height
    assert ages.evaluate("age => parseFloat(getComputedStyle(age).fontSize) / innerHeight") >= 0.04


def _eventually(page: Page, check: Callable[[], None]) -> None:
    """Repeats a check until it passes: a page takes its time to settle, on a busy machine a long one."""
    for _ in range(CONNECTING // 500):
        page.wait_for_timeout(500)
        with suppress(AssertionError):
            check()
            return
    check()


def _expect_stage(page: Page, video: FrameLocator) -> None:
    """That the running video takes the stage, is frozen and continued by key, and is still running afterwards."""
    page.set_viewport_size({"width": 1280, "height": 720})
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("button", name="Leave")).to_be_visible(timeout=CONNECTING)
    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        _eventually(page, partial(_expect_filled, page, video, height))
    for name in ("Continue", "Freeze"):
        page.keyboard.press("f")
        expect(page.get_by_role("button", name=name)).to_be_visible(timeout=CONNECTING)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stHeader")).to_be_visible(timeout=CONNECTING)
    expect_rates(page, RUNNING)
