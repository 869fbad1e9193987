"""Photos with names that are markup or formulas, and with a place in them, in a real Chromium."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.secret_photo import MARKS, check_clean, secret_photo
from playwright.sync_api import Dialog, Download, FilePayload, Page, expect

from model.drawing import encode_jpeg
from model.image import read_image

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds
HTML = "<img src=x onerror=alert(1)><b>bold<b>.jpg"
FORMULA = "=cmd|' -C calc'!A0.jpg"
MARKDOWN = "![p](leak.png) [l](mailto:a@b.c) www.example.org :red[r] $x$ `t` **s**.jpg"
BROKEN = "<script>alert(2)<script> ![q](leak.png) www.example.com.jpg"


def photo(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


@pytest.fixture
def hostile(page: Page, address: str) -> Iterator[Page]:
    """The Photo page with four such files, which opens no dialog and asks nobody else for anything."""
    problems: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        problems.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("request", lambda request: problems.append(request.url) if not_ours(request.url, address) else None)
    page.add_init_script("delete window.showSaveFilePicker")  # the table would ask it where to save
    page.goto(address)
    wall = read_image(secret_photo())[:60, :60]
    page.locator("input[type=file]").set_input_files(
        [
            photo(HTML, secret_photo()),
            photo(FORMULA, secret_photo("PNG")),
            photo(MARKDOWN, encode_jpeg(wall)),
            photo(BROKEN, b"no picture"),
        ]
    )
    expect(page.get_by_test_id("stDownloadButton")).to_have_count(4, timeout=LOADING)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=LOADING)
    yield page
    assert not problems


def not_ours(url: str, address: str) -> bool:
    return "leak" in url or not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))


def download(page: Page, label: str) -> Download:
    with page.expect_download() as event:
        page.get_by_test_id("stDownloadButton").filter(has_text=label).get_by_role("button").click()
    return event.value


def test_names_are_shown_letter_by_letter_and_do_nothing(hostile: Page) -> None:
    expect(hostile.get_by_test_id("stAlert").filter(has_text="not a picture")).to_contain_text(BROKEN)
    chooser = hostile.get_by_test_id("stSelectbox").first
    expect(chooser).to_contain_text("Photo to show")
    chooser.get_by_role("combobox").click()
    hostile.get_by_role("option", name=MARKDOWN).click()
    expect(hostile.get_by_test_id("stAlert").filter(has_text="No face found")).to_contain_text(MARKDOWN)
    main = hostile.get_by_test_id("stMain")
    script, mail = "script:not(.closes-menu)", "a[href^=mailto]"
    for markup in ("img[src=x]", "img[src*=leak]", script, "b", "a[href*=example]", mail, ".katex"):
        expect(main.locator(markup)).to_have_count(0)


def test_formula_is_text_in_the_table(hostile: Page) -> None:
    lines = Path(download(hostile, "CSV").path()).read_text().splitlines()
    assert [row["file"] for row in csv.DictReader(lines)] == [HTML, f"'{FORMULA}"]
    with hostile.expect_download() as event:  # the table has a button of its own
        hostile.get_by_role("button", name="Download as CSV").last.dispatch_event("click")
    text = Path(event.value.path()).read_text()
    assert f"'{FORMULA}" in text
    assert f",{FORMULA}" not in text


def test_no_picture_of_the_page_says_where_the_photo_was_taken(hostile: Page) -> None:
    check_clean(Path(download(hostile, "Save picture").path()).read_bytes())
    pictures = hostile.get_by_test_id("stImage").locator("img:not([alt^='Portrait of'])")  # those are the samples
    sources = pictures.evaluate_all("images => images.map(image => image.src)")
    assert len(sources) >= 2  # the photo and its face
    for source in sources:
        check_clean(hostile.request.get(source).body())
    for name in ("CSV", "JSON"):
        content = Path(download(hostile, name).path()).read_bytes()
        assert not [mark for mark in MARKS if mark in content]
