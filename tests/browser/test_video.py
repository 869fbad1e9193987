"""A video is dropped on the page, analysed while the page shows its progress, and gives people with ages."""

from pathlib import Path

import numpy as np
import pytest
from helpers.videos import write_video
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

LOADING = 120_000  # milliseconds


def test_dropped_video_gives_people_and_downloads(
    page: Page, address: str, portrait_frame: np.ndarray, tmp_path: Path
) -> None:
    write_video(tmp_path / "clip.mp4", [portrait_frame] * 6, rate=5)
    page.goto(f"{address}/video")
    page.locator("input[type=file]").set_input_files(tmp_path / "clip.mp4", timeout=LOADING)
    expect(page.get_by_text("1 person in 1 s")).to_be_visible(timeout=LOADING)
    with page.expect_download() as download:
        page.get_by_role("button", name="Annotated video").click()
    assert Path(download.value.path()).read_bytes()[4:8] == b"ftyp"
    assert download.value.suggested_filename == "clip-people.mp4"
    page.get_by_role("button", name="Use in Demographics").click()
    expect(page.get_by_role("heading", name="Demographics")).to_be_visible(timeout=LOADING)
