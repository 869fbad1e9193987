"""`python server.py` as people start it: pages and API on one port, with nothing written anywhere."""

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from helpers.fake_api import encode
from helpers.paths import ROOT
from helpers.served import Server, serve
from PIL import Image
from playwright.sync_api import Browser, expect

from benchmarks.serving import open_chromium

HOPPER = (ROOT / "samples" / "grace-hopper.jpg").read_bytes()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server")) as server:
        yield server


def test_page_and_api_share_a_port(server: Server) -> None:
    page = requests.get(server.url, timeout=30)
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    assert requests.get(f"{server.url}/_stcore/health", timeout=30).text == "ok"
    answer = server.predict(HOPPER).json()
    assert (answer["width"], answer["height"]) == (512, 600)
    (face,) = answer["faces"]
    assert face["age_low"] <= face["age"] <= face["age_high"]
    assert requests.get(f"{server.url}/api/nothing", timeout=30).json()["error"]["code"] == "not_found"


def test_analysing_a_photo_opens_no_file_and_no_connection(server: Server) -> None:
    before = server.notes.read_text()
    photo = encode(1100, 1000)  # 3 MB: by default Starlette writes files above 1 MB to disk
    assert server.predict(photo, "my-secret-holiday.png").status_code == 200
    assert server.predict(photo[:-2000], "my-secret-holiday.png").status_code == 400
    assert requests.post(f"{server.url}/api/predict", data=photo, timeout=120).status_code == 200
    assert server.notes.read_text() == before
    assert not list(server.temporary.iterdir())
    assert "secret" not in server.output.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.mark.browser
def test_photo_uploaded_to_the_page_is_not_written_either(server: Server, browser: Browser, tmp_path: Path) -> None:
    photo = tmp_path / "my-secret-holiday.png"
    Image.open(io.BytesIO(HOPPER)).resize((1200, 1400)).save(photo)
    assert photo.stat().st_size > 2**20
    page = browser.new_page()
    page.goto(server.url)
    page.locator("input[type=file]").wait_for(state="attached", timeout=60_000)
    before = server.notes.read_text()
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_text(re.compile("Best guess")).first).to_be_visible(timeout=120_000)
    page.close()
    assert server.notes.read_text() == before
    assert not list(server.temporary.iterdir())
    assert "secret" not in server.output.read_text()


@pytest.mark.browser
def test_upload_needs_the_token_of_the_page_and_has_a_limit(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(server.url)
    page.locator("input[type=file]").wait_for(state="attached", timeout=60_000)
    with page.expect_request(re.compile("/_stcore/upload_file/")) as asked:
        page.locator("input[type=file]").set_input_files(
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": HOPPER}
        )
    request = asked.value
    assert request.method == "PUT"
    token = request.headers["x-xsrftoken"]
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    cross_site = {"Origin": "https://example.org"}
    files = {"file": ("photo.jpg", HOPPER)}

    def upload(**options: Any) -> requests.Response:
        return requests.put(request.url, timeout=60, **options)

    assert upload(files=files).status_code == 403
    assert upload(files=files, cookies=cookies, headers=cross_site).status_code == 403
    assert upload(files=files, cookies=cookies, headers={"X-Xsrftoken": "2|0|0|0"}).status_code == 403
    right = {"X-Xsrftoken": token}
    assert upload(files=files, cookies=cookies, headers=right).status_code == 204
    large = {"file": ("photo.jpg", bytes(51 * 2**20))}
    assert upload(files=large, cookies=cookies, headers=right).status_code == 413
    assert requests.options(request.url, headers=cross_site, timeout=60).headers.get(
        "Access-Control-Allow-Origin"
    ) not in ("*", cross_site["Origin"])
    page.close()


def test_help_says_how_to_start() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "server.py"), "--help"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0
    for word in ("--host", "--port", "API_KEY", "API_ALLOWED_ORIGINS", "/api/docs"):
        assert word in done.stdout


def test_port_in_use_is_one_sentence(server: Server) -> None:
    port = server.url.rpartition(":")[2]
    command = [sys.executable, str(ROOT / "server.py"), "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert f"Port {port} is not available" in done.stderr
    assert "Traceback" not in done.stderr
