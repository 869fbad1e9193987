"""The page in edge/ in a real Chromium, with nothing but its own folder to load from."""

import base64
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.paths import ROOT
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from model import Predictor, read_image
from model.alignment import CHIP_SIZE, align, similarity_transform
from model.estimator import MODEL_PATH
from train.augmentation import augment
from train.export import Export, load_model

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds
AGE_TOLERANCE = 0.5  # years, for the same chip
FRAME = 100  # pixels around a chip, so that the detector sees a face in a picture

ESTIMATE = """async (chips) => {
  const { loadEstimator } = await import("./estimator.js");
  const estimate = await loadEstimator();
  const results = [];
  for (const chip of chips) {
    const bytes = Uint8ClampedArray.from(atob(chip), (character) => character.charCodeAt(0));
    results.push(await estimate(new ImageData(bytes, 200, 200)));
  }
  return results;
}"""


@pytest.fixture(scope="module")
def address(litert_export: Export, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served") / "edge"
    shutil.copytree(ROOT / "edge", folder, ignore=shutil.ignore_patterns("age_gender.tflite"))
    shutil.copy(litert_export.path, folder / "age_gender.tflite")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser_flags(hopper: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A camera that shows Grace Hopper."""
    film = tmp_path_factory.mktemp("camera") / "hopper.mjpeg"
    frame = cv2.resize(hopper[..., ::-1], (640, 480 * hopper.shape[0] // hopper.shape[1] // 2 * 2))
    film.write_bytes(cv2.imencode(".jpg", frame)[1].tobytes() * 5)
    return [f"--use-file-for-fake-video-capture={film}"]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # LiteRT writes its whole log to the error stream.
        if message.type == "error" and not message.text.startswith(("INFO: ", "WARNING: ")):
            problems.append(message.text)

    def stay_here(route: Route) -> None:
        if route.request.url.startswith((address, "blob:")):
            route.continue_()
        else:
            problems.append(f"asked for {route.request.url}")
            route.abort()

    page.route("**/*", stay_here)
    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    expect(page.get_by_role("status")).to_have_text("Ready.", timeout=LOADING)
    yield page
    page.close()
    assert not problems


def test_same_chips_get_the_ages_of_the_keras_model(
    page: Page, predictor: Predictor, hopper: np.ndarray, collins: np.ndarray
) -> None:
    portraits = [align(photo, np.array(predictor.predict(photo)[0].landmarks)) for photo in (hopper, collins)]
    rng = np.random.default_rng(0)
    chips = np.stack([*portraits, *(augment(portraits[i % 2], rng) for i in range(6))])
    opaque = np.concatenate([chips, np.full_like(chips[..., :1], 255)], axis=3)
    estimates = page.evaluate(ESTIMATE, [base64.b64encode(chip.tobytes()).decode() for chip in opaque])

    network = load_model(MODEL_PATH)
    both_ways = [network.predict_on_batch(pixels) for pixels in (chips, chips[:, :, ::-1])]
    ages = np.mean([outputs["age"][:, 0] for outputs in both_ways], axis=0)
    females = np.mean([outputs["gender"][:, 1] for outputs in both_ways], axis=0)
    moved = np.abs([face["age"] for face in estimates] - ages)
    print(f"age differs by {moved.mean():.4f} years on average, by {moved.max():.4f} at most")
    assert ages.std() > 3  # the faces differ, so that a constant would not pass
    assert moved.max() <= AGE_TOLERANCE
    assert [face["gender"] for face in estimates] == ["female" if share >= 0.5 else "male" for share in females]
    stated = ["female" if share >= 0.8 else "male" if share <= 0.2 else "uncertain" for share in females]
    assert [face["statedGender"] for face in estimates] == stated


def test_chip_is_cut_by_the_same_geometry_as_in_the_app(page: Page, hopper: np.ndarray) -> None:
    landmarks = np.array([[245.0, 225.0], [330.0, 215.0], [290.0, 270.0], [293.0, 310.0]])  # in her portrait
    cut = """async ([photo, landmarks]) => {
      const { CHIP_LANDMARKS, cutChip } = await import("./estimator.js");
      const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
      const chip = cutChip(await createImageBitmap(new Blob([bytes])), landmarks);
      return [CHIP_LANDMARKS, [...chip.data]];
    }"""
    photo = base64.b64encode(cv2.imencode(".png", hopper[..., ::-1])[1].tobytes()).decode()
    target, pixels = page.evaluate(cut, [photo, landmarks.tolist()])
    chip = np.array(pixels, np.uint8).reshape(CHIP_SIZE, CHIP_SIZE, 4)[..., :3]
    matrix = similarity_transform(landmarks, np.array(target))
    expected = cv2.warpAffine(hopper, matrix, (CHIP_SIZE, CHIP_SIZE), flags=cv2.INTER_LINEAR)
    difference = np.abs(chip.astype(int) - expected).mean()
    print(f"pixels differ by {difference:.2f} of 255 on average")
    assert difference < 8


@pytest.mark.utkface
def test_landmarks_of_a_chip_are_where_the_detector_sees_them_in_utkface(page: Page, utkface: Path) -> None:
    find = """async (chips) => {
      const { loadDetector } = await import("./detector.js");
      const { CHIP_LANDMARKS } = await import("./estimator.js");
      const detect = await loadDetector();
      const found = [];
      for (const chip of chips) {
        const bytes = Uint8Array.from(atob(chip), (character) => character.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes]));
        const [face] = await detect(bitmap, bitmap.width, bitmap.height);
        if (face) found.push(face.landmarks);
      }
      return [CHIP_LANDMARKS, found];
    }"""
    files = sorted(utkface.rglob("*.jpg"))
    framed = []
    for path in files[:: len(files) // 200]:
        chip = cv2.copyMakeBorder(read_image(path), FRAME, FRAME, FRAME, FRAME, cv2.BORDER_REPLICATE)
        framed.append(base64.b64encode(cv2.imencode(".png", chip[..., ::-1])[1].tobytes()).decode())
    expected, found = page.evaluate(find, framed)
    mean = np.mean(found, axis=0) - FRAME
    print(f"{len(found)} of {len(framed)} faces found; mean landmarks {mean.round(1).tolist()}")
    assert len(found) > 0.9 * len(framed)
    np.testing.assert_allclose(mean, expected, atol=2)


def test_face_in_a_photo_is_found_and_estimated(page: Page, predictor: Predictor, hopper: np.ndarray) -> None:
    page.get_by_label("Choose a photo").set_input_files(ROOT / "samples" / "grace-hopper.jpg")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"1 face in \d+ milliseconds"), timeout=LOADING)
    face = predictor.predict(hopper)[0]
    gender = "gender uncertain" if face.stated_gender == "uncertain" else face.stated_gender
    said = re.fullmatch(rf"1: {gender}, about (\d+) years", page.get_by_role("listitem").inner_text())
    assert said
    assert int(said[1]) == pytest.approx(face.age, abs=8)  # another detector puts the landmarks a little elsewhere
    expect(page.get_by_role("img", name="The picture with a box around every face")).to_be_visible()


def test_camera_is_analysed_until_it_is_stopped(page: Page) -> None:
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("listitem")).to_have_text(
        re.compile(r"1: (female|male|gender uncertain), about \d+ years"), timeout=LOADING
    )
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.get_by_role("button", name="Use the camera")).to_be_visible()


def test_file_that_is_no_picture_is_one_sentence(page: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("no picture")
    page.get_by_label("Choose a photo").set_input_files(tmp_path / "notes.jpg")
    expect(page.get_by_role("status")).to_have_text(re.compile("notes.jpg is not a picture .* Try a JPEG or PNG."))


def test_picture_without_a_face_says_so_and_the_page_fits_a_phone(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    cv2.imwrite(str(tmp_path / "sky.png"), np.full((900, 1600, 3), 200, np.uint8))
    page.get_by_label("Choose a photo").set_input_files(tmp_path / "sky.png")
    expect(page.get_by_role("status")).to_have_text(re.compile("No face found"), timeout=LOADING)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
