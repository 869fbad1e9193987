"""Limits on open pages, and the hosts that follow from the address."""

import contextlib

import anyio
import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

import server
from api.guards import BoundedPages
from api.settings import Settings


async def page(websocket: WebSocket) -> None:
    await websocket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        await websocket.receive_text()


def test_no_more_pages_open_than_allowed() -> None:
    client = TestClient(BoundedPages(Starlette(routes=[WebSocketRoute("/", page)]), limit=2))
    with client.websocket_connect("/") as first, client.websocket_connect("/"):
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/"):
            pass
        assert refused.value.code == 1013
        first.close()
        anyio.run(anyio.sleep, 0.2)
        with client.websocket_connect("/"):
            pass


@pytest.mark.parametrize(
    ("host", "named", "allowed"),
    [
        ("127.0.0.1", (), {"localhost", "127.0.0.1", "[::1]"}),
        ("192.0.2.7", (), {"localhost", "127.0.0.1", "[::1]", "192.0.2.7"}),
        ("2001:db8::7", (), {"localhost", "127.0.0.1", "[::1]", "[2001:db8::7]"}),
        ("0.0.0.0", (), {"*"}),  # noqa: S104
        ("::", (), {"*"}),
        ("0.0.0.0", ("app.example.org",), {"localhost", "127.0.0.1", "[::1]", "app.example.org"}),  # noqa: S104
    ],
)
def test_allowed_hosts_follow_from_the_address(host: str, named: tuple[str, ...], allowed: set[str]) -> None:
    assert set(server.allowed_hosts(host, named)) == allowed


def test_hosts_are_read_from_the_environment() -> None:
    assert Settings.from_environment({"ALLOWED_HOSTS": "a.org, *.b.org ,"}).allowed_hosts == ("a.org", "*.b.org")
    assert Settings.from_environment({}).allowed_hosts == ()


def test_api_can_be_served_without_the_pages() -> None:
    with TestClient(server.create_app(Settings(), ["*"], api_only=True)) as client:
        assert client.get("/api/docs").status_code == 200
        for path in ("/", "/_stcore/health", "/_stcore/host-config"):
            assert client.get(path).status_code == 404
