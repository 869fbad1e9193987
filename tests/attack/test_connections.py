"""Connections that send nothing, little, too much or nonsense, to `python server.py` as people start it."""

import contextlib
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import requests
from helpers.paths import ROOT
from helpers.served import Server, serve
from playwright.sync_api import Page
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from api.connections import HEADER_SECONDS, MAX_CONNECTIONS
from benchmarks.serving import open_chromium

pytestmark = pytest.mark.slow

HOPPER = (ROOT / "samples" / "grace-hopper.jpg").read_bytes()
PATIENCE = 20  # seconds for one photo on a busy machine
CLOSED_SECONDS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text(f"[server]\ndisconnectedSessionTTL = {2 * CLOSED_SECONDS}\n")
    with serve(folder) as server:
        yield server


@contextlib.contextmanager
def connections(server: Server, count: int, content: bytes = b"") -> Iterator[list[socket.socket]]:
    """Open connections that have sent this and nothing else."""
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(count):
            opened.append(stack.enter_context(socket.create_connection(address(server), timeout=PATIENCE)))
            with contextlib.suppress(OSError):
                opened[-1].sendall(content)
        yield opened


def address(server: Server) -> tuple[str, int]:
    return "127.0.0.1", int(server.url.rpartition(":")[2])


def send(server: Server, content: bytes) -> bytes:
    """The first of the answer to raw bytes."""
    with connections(server, 1, content) as (connection,):
        return connection.recv(4096)


def check_answers(server: Server) -> None:
    started = time.monotonic()
    assert server.predict(HOPPER).status_code == 200
    assert time.monotonic() - started < PATIENCE


def test_clients_that_begin_a_body_and_send_no_more_make_nobody_wait(server: Server) -> None:
    head = b"POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n\xff"
    with connections(server, 60, head):
        check_answers(server)


def seconds_until_closed(connection: socket.socket, drip: bytes = b"") -> float:
    """How long the server keeps a connection on which nothing more comes than a byte now and then."""
    started = time.monotonic()
    connection.settimeout(0.5)
    while time.monotonic() - started < 3 * HEADER_SECONDS:
        with contextlib.suppress(TimeoutError):
            try:
                if not connection.recv(1):
                    break
            except ConnectionResetError:
                break
        with contextlib.suppress(OSError):
            connection.sendall(drip)
    return time.monotonic() - started


def ask_for_health(connection: socket.socket) -> bytes:
    """The answer on a connection that stays open."""
    connection.sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = b""
    while answer.count(b"{") == 0 or answer.count(b"{") > answer.count(b"}"):
        answer += connection.recv(4096)
    return answer


def test_connections_without_whole_headers_end_in_time_and_byte_by_byte_gains_none(server: Server) -> None:
    silent = connections(server, 1), connections(server, 1, b"G"), connections(server, 1, b"GET / HTTP/1.1\r\nX: y\r\n")
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(5) as clients:
        waiting = [stack.enter_context(one)[0] for one in silent]
        (dripping,) = stack.enter_context(connections(server, 1, b"GET / HTTP/1.1\r\nX: "))
        (kept,) = stack.enter_context(connections(server, 1))
        for _ in range(3):
            assert b"200 OK" in ask_for_health(kept)
        everything = [kept, *waiting, dripping]
        ended = list(clients.map(seconds_until_closed, everything, [b""] * 4 + [b"x"]))
    assert min(ended[1:]) > HEADER_SECONDS / 2
    assert max(ended) < 2 * HEADER_SECONDS


def test_more_idle_connections_than_allowed_keep_nobody_out_and_fill_no_log(server: Server) -> None:
    with connections(server, MAX_CONNECTIONS + 200):
        check_answers(server)
        assert server.process.num_fds() < MAX_CONNECTIONS + 200
    for _ in range(300):
        assert send(server, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert server.output.stat().st_size < 20_000


def test_length_and_chunks_together_are_read_as_chunks(server: Server) -> None:
    head = b"POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(HOPPER), HOPPER)
    for declared in (5, len(HOPPER), 10**12):
        assert send(server, head % declared + chunks).startswith(b"HTTP/1.1 200")
    assert send(server, head % len(HOPPER) + HOPPER).startswith(b"HTTP/1.1 400")
    check_answers(server)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil", ""])
def test_other_names_of_the_server_are_refused_for_pages_answers_and_websockets(server: Server, host: str) -> None:
    for path in ("/", "/api/health", "/_stcore/health"):
        assert requests.get(server.url + path, headers={"Host": host}, timeout=PATIENCE).status_code == 400
    with pytest.raises(InvalidStatus) as refused, connect(stream(server), origin=Origin(f"http://{host}")):
        pass
    assert refused.value.response.status_code == 403
    handshake = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    assert send(server, handshake.encode()).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:99", "[::1]", "LOCALHOST:8501"])
def test_names_of_this_machine_are_accepted(server: Server, host: str) -> None:
    assert requests.get(f"{server.url}/api/health", headers={"Host": host}, timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("path", ["/", "/webcam", "/api/health", "/api/docs", "/api/nothing", "/media/nothing.jpg"])
def test_every_answer_has_safe_headers(server: Server, path: str) -> None:
    headers = requests.get(server.url + path, timeout=PATIENCE).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    if path.startswith(("/api", "/media")):
        assert headers["Cache-Control"] == "no-store"


def stream(server: Server) -> str:
    return server.url.replace("http", "ws") + "/_stcore/stream"


def test_large_websocket_messages_are_refused_and_take_no_memory(server: Server) -> None:
    check_answers(server)  # everything that stays in memory is there
    before = server.process.memory_info().rss
    for _ in range(4):
        with pytest.raises((ConnectionClosed, OSError)), connect(stream(server)) as page:  # noqa: PT012
            page.send(bytes(60 * 2**20))
            page.recv(timeout=PATIENCE)
    assert server.process.memory_info().rss - before < 150 * 2**20
    check_answers(server)


def media(page: Page) -> set[str]:
    """The addresses of all pictures on the page that Streamlit keeps for it."""
    found: list[str] = page.locator("img[src*='/media/']").evaluate_all("all => all.map(one => one.src)")
    return set(found)


@pytest.mark.browser
def test_photo_of_a_closed_page_is_gone_soon(server: Server, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(HOPPER)
    with open_chromium() as browser:
        page = browser.new_page()
        page.goto(server.url)
        page.locator("input[type=file]").first.wait_for(state="attached", timeout=60_000)
        page.wait_for_timeout(1000)
        before = media(page)
        page.locator("input[type=file]").first.set_input_files(tmp_path / "photo.jpg")
        while not (addresses := media(page) - before) or media(page) & before:
            page.wait_for_timeout(200)
        for shown in addresses:
            answer = requests.get(shown, timeout=PATIENCE)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        time.sleep(2 * CLOSED_SECONDS)
        assert all(requests.get(shown, timeout=PATIENCE).ok for shown in addresses)  # the page is still open
    closed = time.monotonic()
    while any(requests.get(shown, timeout=PATIENCE).status_code != 404 for shown in addresses):
        assert time.monotonic() - closed < CLOSED_SECONDS + 10
        time.sleep(0.5)
    assert "Traceback" not in server.output.read_text()


def test_server_stops_within_ten_seconds_whatever_is_in_flight(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        head = b"POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
        slow = head % 100_000 + b"\xff"
        whole = head % len(HOPPER) + HOPPER
        with connections(server, 5), connections(server, 5, slow), connections(server, 8, whole), connect(
            stream(server)
        ):  # fmt: skip
            time.sleep(0.3)
            children = server.process.children(recursive=True)
            started = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(10)
            assert time.monotonic() - started < 10
            assert not psutil.wait_procs(children, 5)[1]
        assert "Traceback" not in server.output.read_text()
