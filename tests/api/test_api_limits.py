"""Limits on bytes, time and places in the queue hold back one client, and the others continue."""

import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any

import anyio
import numpy as np
import pytest
from helpers.fake_api import app_of, client_of, detect_one, encode
from starlette.types import Message, Receive

from api import body
from api.settings import Settings
from model.detection.detector import Detection

FORM: dict[str, Any] = {
    "files": {"image": ("photo.png", encode(1100, 1000))}
}  # 3 MB, above Starlette's limit for memory


class Gate:
    """A detector that waits until it may continue."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def detect(self, image: np.ndarray) -> list[Detection]:
        self.reached.set()
        assert self.opened.wait(60)
        return detect_one(image)


def ask(receive: Receive, settings: Settings, headers: dict[str, str] | None = None) -> int:
    """The status of a POST to /api/predict whose body comes from `receive`, as a server would hand it over."""
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {
        "type": "http", "method": "POST", "path": "/api/predict", "root_path": "", "headers": raw,
        "query_string": b"", "scheme": "http", "server": ("test", 80), "http_version": "1.1",
    }  # fmt: skip
    anyio.run(app_of(settings), scope, receive, send)
    return statuses[0]


def test_full_queue_refuses_at_once_and_the_others_get_their_answers() -> None:
    gate = Gate()
    with (
        client_of(Settings(retry_seconds=7), gate.detect, waiting=1) as client,
        ThreadPoolExecutor(6) as pool,
    ):
        asked: list[Future[Any]] = [pool.submit(client.post, "/api/predict", content=encode()) for _ in range(6)]
        finished = as_completed(asked, timeout=60)
        for response in (next(finished).result() for _ in range(4)):
            assert (response.status_code, response.json()["error"]["code"]) == (503, "busy")
            assert response.headers["retry-after"] == "7"
        gate.opened.set()
        assert [future.result().status_code for future in finished] == [200, 200]
        assert client.post("/api/predict", content=encode()).status_code == 200


def test_server_answers_while_a_photo_is_analysed() -> None:
    gate = Gate()
    with client_of(detect=gate.detect) as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.post, "/api/predict", content=encode())
        assert gate.reached.wait(60)
        # If the event loop were blocked, this would wait for the gate, which opens only afterwards.
        assert client.get("/api/health").json()["error"]["code"] == "loading"
        assert client.get("/api/docs").status_code == 200
        assert not slow.done()
        gate.opened.set()
        assert slow.result().status_code == 200


@pytest.mark.parametrize("bad", [b"", b"no picture", bytes(3000)])
def test_refused_request_releases_its_place(bad: bytes) -> None:
    with client_of(Settings(max_bytes=2000), waiting=0) as client:
        for _ in range(5):
            assert client.post("/api/predict", content=bad).status_code in (400, 413, 415)


def test_declared_length_is_refused_before_the_body_is_read() -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was read")

    assert ask(receive, Settings(max_bytes=1000), {"Content-Length": "1001"}) == 413


@pytest.mark.parametrize("content_type", ["image/png", "multipart/form-data; boundary=b"])
@pytest.mark.parametrize("declared", [None, "10"])
def test_endless_body_is_refused_at_the_limit(content_type: str, declared: str | None) -> None:
    start = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
    chunks = [start]

    async def receive() -> dict[str, Any]:
        chunks.append(bytes(1000))
        return {"type": "http.request", "body": chunks[-2], "more_body": True}

    headers = {"Content-Type": content_type} | ({"Content-Length": declared} if declared else {})
    assert ask(receive, Settings(max_bytes=10_000), headers) == 413
    assert sum(map(len, chunks)) < 13_000


def test_body_of_the_maximum_size_is_accepted() -> None:
    data = encode()
    with client_of(Settings(max_bytes=len(data))) as client:
        assert client.post("/api/predict", content=data).status_code == 200
        assert client.post("/api/predict", content=data + b"x").status_code == 413


def test_body_that_does_not_arrive_times_out() -> None:
    async def receive() -> dict[str, Any]:
        await anyio.sleep_forever()
        raise AssertionError

    assert ask(receive, Settings(body_seconds=0.05)) == 408


def test_client_that_disconnects_is_not_a_server_error() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    assert ask(receive, Settings()) == 400


def test_upload_is_never_written_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", lambda file: written.append(file))
    with client_of() as client:
        assert client.post("/api/predict", **FORM).status_code == 200
        assert not written
        monkeypatch.setattr(
            body.InMemoryParser, "spool_max_size", 2**20
        )  # with Starlette's own limit this test would fail
        assert client.post("/api/predict", **FORM).status_code == 200
        assert written
