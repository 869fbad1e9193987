"""Photos and their true ages are dropped on the page, and the report that comes out opens without a network."""

from pathlib import Path

import pytest
from helpers.paths import SAMPLES
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds


def download(page: Page, label: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return Path(download.value.path())


def test_own_photos_give_a_report_that_needs_no_network(
    browser: Browser, page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(f"{address}/evaluate")
    expect(page.get_by_text("An example, until you drop photos.")).to_be_visible(timeout=LOADING)
    expect(page.get_by_role("heading", name="Photos", exact=True)).to_be_visible(timeout=LOADING)
    photos, table = page.locator("input[type=file]").all()
    photos.set_input_files([SAMPLES / "grace-hopper.jpg", SAMPLES / "eileen-collins.jpg"])
    expect(page.get_by_text("2 photos analysed.")).to_be_visible(timeout=LOADING)
    (tmp_path / "ages.csv").write_text("file,age,group\ngrace-hopper.jpg,77,navy\ngone.jpg,5,navy\n")
    table.set_input_files(tmp_path / "ages.csv")
    expect(page.get_by_text("In the table, but not among the photos: 1 file")).to_be_visible(timeout=LOADING)
    expect(page.get_by_text("Without a true age, not counted: 1 photo")).to_be_visible()
    expect(page.get_by_role("button", name="Your calibration (JSON)")).to_be_disabled()
    assert download(page, "Photos (CSV)").read_text().splitlines()[1].startswith("grace-hopper.jpg,77.0,")
    report = tmp_path / "report.html"
    report.write_bytes(download(page, "Report (HTML)").read_bytes())
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    alone = browser.new_context(offline=True).new_page()
    requests: list[str] = []
    alone.on("request", lambda request: requests.append(request.url))
    alone.goto(report.as_uri())
    expect(alone.get_by_role("img", name="Estimated against true age")).to_be_visible()
    expect(alone.get_by_role("cell", name="grace-hopper.jpg")).to_be_visible()
    assert requests == [report.as_uri()]
    alone.context.close()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("An example, until you drop photos.")).to_be_visible(timeout=LOADING)
