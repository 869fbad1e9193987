"""`python server.py` as people start it: page and API on one port, under load, with nothing written anywhere."""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests
from fake_api import encode
from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
HOPPER = (ROOT / "samples" / "grace-hopper.jpg").read_bytes()
STARTING = 180  # seconds: TensorFlow is imported and the models are loaded
CLIENTS = 16
REQUESTS = int(os.environ.get("API_LOAD_REQUESTS", "96"))

# Runs inside the server, and notes each file opened for writing and each connection to elsewhere.
WATCHER = """
import os, sys
notes = os.open(os.environ["WATCHER_NOTES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT
def note(event, arguments):
    if event == "open" and (arguments[2] or 0) & writing and arguments[0] != os.devnull:
        os.write(notes, f"open {arguments[0]}\\n".encode())
    elif event == "socket.connect":
        os.write(notes, f"connect {arguments[1]}\\n".encode())
sys.addaudithook(note)
open(os.environ["WATCHER_NOTES"] + ".tried", "w").close()
"""


@dataclass(frozen=True)
class Server:
    url: str
    process: psutil.Process
    output: Path
    notes: Path
    temporary: Path

    def predict(self, data: bytes, name: str = "photo.jpg") -> requests.Response:
        return requests.post(f"{self.url}/api/predict", files={"image": (name, data)}, timeout=120)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "sitecustomize.py").write_text(WATCHER)
    (folder / "temporary").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCHER_NOTES": str(folder / "notes"),
        "TMPDIR": str(folder / "temporary"),
    }
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py"), "--port", str(port)],
            cwd=folder, env=environment, stdout=output, stderr=output,
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_healthy(url, process)
            assert ".tried" in (folder / "notes").read_text(), "the watcher does not watch"
            yield Server(url, psutil.Process(process.pid), folder / "output", folder / "notes", folder / "temporary")
        finally:
            process.terminate()
            process.wait(60)


def _wait_until_healthy(url: str, process: subprocess.Popen) -> None:
    answers = set()
    for _ in range(STARTING):
        assert process.poll() is None, "the server ended as soon as it was started"
        try:
            response = requests.get(f"{url}/api/health", timeout=10)
        except requests.ConnectionError:
            pass
        else:
            answers.add(response.status_code)
            if response.status_code == 200:
                assert answers <= {200, 503}
                return
        time.sleep(1)
    raise TimeoutError(f"{url} did not answer within {STARTING} seconds")


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


def test_judging_a_photo_opens_no_file_and_no_connection(server: Server) -> None:
    before = server.notes.read_text()
    photo = encode(1100, 1000)  # 3 MB: Starlette writes files above 1 MB to the disk if it is let
    assert server.predict(photo, "my-secret-holiday.png").status_code == 200
    assert server.predict(photo[:-2000], "my-secret-holiday.png").status_code == 400
    assert requests.post(f"{server.url}/api/predict", data=photo, timeout=120).status_code == 200
    assert server.notes.read_text() == before
    assert not list(server.temporary.iterdir())
    assert "secret" not in server.output.read_text()


@pytest.mark.browser
def test_photo_given_to_the_page_is_not_written_either(server: Server, tmp_path: Path) -> None:
    photo = tmp_path / "my-secret-holiday.png"
    Image.open(io.BytesIO(HOPPER)).resize((1200, 1400)).save(photo)
    assert photo.stat().st_size > 2**20
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(server.url)
        page.locator("input[type=file]").wait_for(state="attached", timeout=60_000)
        before = server.notes.read_text()
        page.locator("input[type=file]").set_input_files(photo)
        expect(page.get_by_text(re.compile("Best guess")).first).to_be_visible(timeout=120_000)
        browser.close()
    assert server.notes.read_text() == before
    assert not list(server.temporary.iterdir())
    assert "secret" not in server.output.read_text()


def test_every_client_gets_its_own_faces_under_load(server: Server) -> None:
    photos = [_portrait(150 + 5 * client) for client in range(CLIENTS)]
    expected = [_faces(server.predict(photo)) for photo in photos]
    assert len({json.dumps(faces) for faces in expected}) == CLIENTS

    def ask(number: int) -> None:
        client = number % CLIENTS
        if number % 5 == 4:
            assert _patiently(server, b"no picture").status_code == 415
        else:
            assert _faces(_patiently(server, photos[client])) == expected[client]

    memory = []
    with ThreadPoolExecutor(CLIENTS) as clients:
        for third in range(3):
            list(clients.map(ask, range(third * REQUESTS // 3, (third + 1) * REQUESTS // 3)))
            memory.append(server.process.memory_info().rss / 2**20)
    assert memory[-1] - memory[0] < 100  # MB
    assert "Traceback" not in server.output.read_text()


def _portrait(width: int) -> bytes:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(HOPPER)).resize((width, width * 7 // 6)).save(buffer, "PNG")
    return buffer.getvalue()


def _faces(response: requests.Response) -> dict:
    """What an answer says, but for the time it took."""
    return {name: value for name, value in response.json().items() if name != "milliseconds"}


def _patiently(server: Server, data: bytes) -> requests.Response:
    """The answer, asked for again for as long as the queue is full, when the server says."""
    while (response := server.predict(data)).status_code == 503:
        assert response.json()["error"]["code"] == "busy"
        time.sleep(int(response.headers["Retry-After"]))
    return response


def test_help_says_how_to_start() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "server.py"), "--help"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0
    for word in ("--host", "--port", "API_KEY", "API_ALLOWED_ORIGINS", "/api/docs"):
        assert word in done.stdout


def test_port_that_is_taken_is_one_sentence(server: Server) -> None:
    port = server.url.rpartition(":")[2]
    command = [sys.executable, str(ROOT / "server.py"), "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert f"Port {port} is not available" in done.stderr
    assert "Traceback" not in done.stderr
