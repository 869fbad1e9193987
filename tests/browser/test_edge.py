"""The page in edge/ in a real Chromium, with nothing but its own folder to load from."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.edge_page import LOADING, PageServer, watched
from helpers.paths import SAMPLES
from helpers.walking import as_sent, people_at
from playwright.sync_api import Browser, Page, expect

from edge.build import build
from edge.cases import write_cases
from model import Face, Predictor
from model.face import UNCERTAIN
from model.video.tracking import Tracker

pytestmark = pytest.mark.browser

MEGABYTES = 12
AGE, INTERVAL, PHOTO_AGE = 0.1, 0.2, 0.5  # years by which the browser may differ from Python
QUICK, WHOLE = (12, 3), (200, 30)  # chips and photos

ANSWER = """async () => {
  const { loadPredictors } = await import("./engine/index.js");
  const { blank, fromRgba } = await import("./engine/pictures.js");
  const { thorough } = await loadPredictors();
  const table = await (await fetch("cases/cases.json")).json();
  const bytes = new Uint8Array(await (await fetch("cases/chips.bin")).arrayBuffer());
  const size = 200 * 200;
  const chips = table.chips.map((_, n) => {
    const chip = blank(200, 200, Uint8ClampedArray);
    for (let i = 0; i < 3 * size; i++) chip.data[(i % 3) * size + Math.floor(i / 3)] = bytes[3 * size * n + i];
    return chip;
  });
  const photos = [];
  for (const { file } of table.photos) {
    const bitmap = await createImageBitmap(await (await fetch(`cases/photos/${file}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    photos.push(await thorough.predict(fromRgba(context.getImageData(0, 0, bitmap.width, bitmap.height))));
  }
  return { chips: await thorough.predictAligned(chips), photos };
}"""

FOLLOW = """async (frames) => {
  const { Tracker } = await import("./engine/tracking.js");
  const tracker = new Tracker();
  return frames.map(({ time, faces }) => tracker.update(faces, time).map(({ number, face }) => ({ number, ...face })));
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("edge") / "page").folder


@pytest.fixture(scope="module")
def browser_flags(hopper: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A camera that shows Grace Hopper."""
    film = tmp_path_factory.mktemp("camera") / "hopper.mjpeg"
    frame = cv2.resize(hopper[..., ::-1], (640, 480 * hopper.shape[0] // hopper.shape[1] // 2 * 2))
    film.write_bytes(cv2.imencode(".jpg", frame)[1].tobytes() * 5)
    return [f"--use-file-for-fake-video-capture={film}"]


@pytest.fixture(scope="module")
def loaded(browser: Browser, folder: Path) -> Iterator[tuple[Page, list[str]]]:
    server = PageServer(folder)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    with watched(page, server.address) as problems:
        page.goto(server.address)
        _wait_until_ready(page)
        yield page, problems
    page.close()
    server.stop()


@pytest.fixture
def page(loaded: tuple[Page, list[str]]) -> Iterator[Page]:
    """The page, loaded once for all tests, which leave nothing behind that the next photo does not replace."""
    page, problems = loaded
    page.set_viewport_size({"width": 1280, "height": 720})
    yield page
    assert not problems


@pytest.mark.parametrize("counts", [QUICK, pytest.param(WHOLE, marks=pytest.mark.slow)], ids=["quick", "whole"])
def test_table_of_cases_gets_the_answers_of_python(
    browser: Browser, folder: Path, tmp_path: Path, counts: tuple[int, int]
) -> None:
    expected = json.loads(write_cases(tmp_path, *counts).read_text())
    assert (len(expected["chips"]), len(expected["photos"])) == counts
    assert np.std([face["age"] for face in expected["chips"]]) > 3  # or a constant would pass
    server = PageServer(folder, tmp_path)
    page = browser.new_page()
    page.goto(server.address)
    answers = page.evaluate(ANSWER)
    page.close()
    server.stop()
    for face, other in zip(answers["chips"], expected["chips"], strict=True):
        _assert_same(face, other, AGE, INTERVAL)
    for found, photo in zip(answers["photos"], expected["photos"], strict=True):
        assert len(found) == len(photo["faces"]), photo["file"]
        for face, other in zip(found, photo["faces"], strict=True):
            _assert_same(face, other, PHOTO_AGE, 2 * PHOTO_AGE)
            assert face["confidence"] == pytest.approx(other["confidence"], abs=0.01)
            assert np.abs(np.subtract(face["landmarks"], other["landmarks"])).max() < 0.05 * other["box"][2]


def test_faces_in_a_video_are_followed_as_in_python(page: Page) -> None:
    rng = np.random.default_rng(0)
    frames = [(time, people_at(time, rng)) for time in np.cumsum(rng.uniform(0.03, 0.4, 40)).tolist()]
    answers = page.evaluate(FOLLOW, [{"time": time, "faces": [as_sent(f) for f in faces]} for time, faces in frames])
    tracker = Tracker()
    for (time, faces), shown in zip(frames, answers, strict=True):
        tracks = tracker.update(faces, time)
        assert [track.number for track in tracks] == [face["number"] for face in shown]
        for track, face in zip(tracks, shown, strict=True):
            assert face["box"] == pytest.approx(track.face.box, abs=1)
            assert face["age"] == pytest.approx(track.face.age, abs=1e-6)
            assert (face["ageLow"], face["ageHigh"]) == pytest.approx((track.face.age_low, track.face.age_high))
            assert face["genderProbability"] == pytest.approx(track.face.gender_probability, abs=1e-6)
            assert face["statedGender"] == track.face.stated_gender
            assert face["warnings"] == list(track.face.warnings)


def test_first_visit_downloads_little_and_the_next_needs_no_network(
    browser: Browser, folder: Path, predictor: Predictor, collins: np.ndarray
) -> None:
    server = PageServer(folder)
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.address)
    _wait_until_ready(page)
    expect(page.locator("#about")).to_contain_text("works offline", timeout=LOADING)
    print(f"{server.bytes_sent / 1e6:.1f} MB")
    assert 5 < server.bytes_sent / 1e6 <= MEGABYTES
    context.set_offline(True)
    server.stop()
    page.reload()
    _wait_until_ready(page)
    assert page.evaluate("crossOriginIsolated")  # so that threads are allowed
    page.get_by_role("button", name="Eileen Collins").click()
    _expect_answer(page, predictor.predict(collins)[0])
    context.close()


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["laptop", "phone"])
def test_answer_of_a_photo_is_on_the_screen(
    page: Page, predictor: Predictor, hopper: np.ndarray, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_label("Choose a photo").set_input_files(SAMPLES / "grace-hopper.jpg")
    _expect_answer(page, predictor.predict(hopper)[0])
    for part in ("#picture", "#range", "#gender"):
        box = page.locator(part).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size[1], part
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.get_by_label("Choose a photo").set_input_files(SAMPLES / "grace-hopper.jpg")
    expect(page.get_by_role("status")).to_have_text(re.compile("1 face in"), timeout=LOADING)
    found = Axe().run(page)
    page.emulate_media(color_scheme="light")
    assert found.violations_count == 0, found.generate_report()


def test_camera_is_analysed_until_it_is_stopped(page: Page) -> None:
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("status")).to_have_text("1 face", timeout=LOADING)
    expect(page.locator("#rate")).to_have_text(re.compile(r"· \d+ frames per second"))
    expect(page.locator("#range")).to_have_text(re.compile(r"\d+–\d+"))
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.get_by_role("button", name="Use the camera")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("")


def test_file_that_is_no_picture_is_one_sentence(page: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("no picture")
    page.get_by_label("Choose a photo").set_input_files(tmp_path / "notes.jpg")
    expect(page.get_by_role("status")).to_have_text(re.compile("notes.jpg is not a picture .* Try a JPEG or PNG."))


def test_picture_without_a_face_says_so(page: Page, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "sky.png"), np.full((90, 160, 3), 200, np.uint8))
    page.get_by_label("Choose a photo").set_input_files(tmp_path / "sky.png")
    expect(page.get_by_role("status")).to_have_text(re.compile("No face found"), timeout=LOADING)
    expect(page.locator("#card")).to_be_hidden()


def test_worker_can_reach_no_other_server(browser: Browser, folder: Path) -> None:
    server, elsewhere = PageServer(folder), PageServer(folder)
    reach = """(url) => new Promise((resolve) => {
      const report = `(() => postMessage("reached"), () => postMessage("refused"))`;
      const source = `fetch(${JSON.stringify(url)}, { mode: "no-cors" }).then${report}`;
      const blob = new Blob([source], { type: "text/javascript" });
      const worker = new Worker(URL.createObjectURL(blob), { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
    })"""
    page = browser.new_page()
    page.goto(server.address)
    answer = page.evaluate(reach, elsewhere.address)
    page.close()
    server.stop()
    elsewhere.stop()
    assert answer == "refused"
    assert not elsewhere.bytes_sent


def _wait_until_ready(page: Page) -> None:
    page.wait_for_selector("body[data-device]", timeout=LOADING)


def _expect_answer(page: Page, face: Face) -> None:
    """The range first, then the best guess and the gender, as the app says them."""
    expect(page.get_by_role("status")).to_have_text(re.compile("1 face in"), timeout=LOADING)
    numbers = [int(number) for number in page.locator("#range").inner_text().split("–")]
    assert numbers == pytest.approx([face.age_low, face.age_high], abs=2 * PHOTO_AGE + 0.5)
    assert int(page.locator("#age").inner_text()) == pytest.approx(face.age, abs=PHOTO_AGE + 0.5)
    said = page.locator("#gender").inner_text().lower()
    assert said.startswith("gender uncertain:" if face.stated_gender == UNCERTAIN else f"{face.stated_gender}:")


def _assert_same(face: dict[str, Any], expected: dict[str, Any], age: float, interval: float) -> None:
    rounding = 0.05  # of the table
    assert face["age"] == pytest.approx(expected["age"], abs=age + rounding)
    assert face["ageLow"] == pytest.approx(expected["age_low"], abs=interval + rounding)
    assert face["ageHigh"] == pytest.approx(expected["age_high"], abs=interval + rounding)
    assert face["statedGender"] == expected["stated_gender"]
    assert face["warnings"] == expected["warnings"]
