"""A real stream over HTTP that breaks off: it is connected to again, and its people are kept."""

import csv
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from helpers.videos import SquarePredictor, scene, write_video

from model.face import Face
from model.video import live
from model.video.run import Request, analyse_videos
from model.video.source import Video


@pytest.fixture
def address() -> Iterator[str]:
    """A server of a stream in MPEG-TS of unknown length; each connection ends after a second."""
    memory = io.BytesIO()
    write_video(memory, [scene((20 + i, 20)) for i in range(10)], kind="mpegts")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp2t")
            self.end_headers()
            self.wfile.write(memory.getvalue())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/stream"
    server.shutdown()
    server.server_close()
    thread.join()


def test_stream_over_http_is_live(address: str) -> None:
    with Video(address) as video:
        assert video.live
        assert len(list(video.frames())) > 5


def test_broken_stream_is_connected_to_again_until_it_is_stopped(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "FIRST_WAIT", 0.05)
    reports: list[str] = []

    class Stopping(SquarePredictor):
        def __call__(self, image: np.ndarray) -> tuple[list[Face], np.ndarray]:
            if len(reports) == 3:
                raise KeyboardInterrupt
            return super().__call__(image)

    request = Request((address,), tmp_path / "people.csv", every=0.001)
    outcome = analyse_videos(request, Stopping(), lambda *_: lambda _: None, reports.append)
    assert outcome.faults == {}
    assert all("The stream ended. Connecting again" in report for report in reports[:3])
    with (tmp_path / "people.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert rows[0]["file"] == address
