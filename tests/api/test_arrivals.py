"""Clients that send slowly, or go, make nobody else wait."""

import threading
from collections.abc import Awaitable, Callable

import anyio
import numpy as np
from helpers.fake_api import app_of, detect_one, encode, predictor_of
from starlette.types import ASGIApp, Message

from api.settings import Settings
from model.admission import WAITING
from model.detection.detector import Detection

Receive = Callable[[], Awaitable[Message]]


async def ask(app: ASGIApp, address: str, receive: Receive) -> int:
    """The status of a POST to /api/predict from that address."""
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http", "method": "POST", "path": "/api/predict", "root_path": "", "headers": [], "query_string": b"",
        "scheme": "http", "server": ("test", 80), "client": (address, 1), "http_version": "1.1",
    }  # fmt: skip
    await app(scope, receive, send)
    return statuses[0]


def body(content: bytes, then: Callable[[], Awaitable[object]] = anyio.sleep_forever, more: bool = False) -> Receive:
    """The content, and after that whatever `then` waits for, followed by the end of the connection."""
    messages: list[Message] = [{"type": "http.request", "body": content, "more_body": more}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await then()
        return {"type": "http.disconnect"}

    return receive


async def keep(statuses: list[int], app: ASGIApp, address: str, receive: Receive) -> None:
    statuses.append(await ask(app, address, receive))


async def answered(statuses: list[int], count: int) -> None:
    """Waits until so many requests have been answered."""
    with anyio.fail_after(60):
        while len(statuses) < count:
            await anyio.sleep(0.005)


def test_clients_that_send_nothing_hold_no_place_in_the_queue() -> None:
    async def run() -> None:
        app = app_of(Settings(body_seconds=20))
        statuses: list[int] = []
        async with anyio.create_task_group() as tasks:
            for _ in range(3 * WAITING):
                tasks.start_soon(keep, statuses, app, "192.0.2.1", body(b"\x89", more=True))
            await anyio.wait_all_tasks_blocked()
            for address in ("192.0.2.1", "192.0.2.2"):
                assert await ask(app, address, body(encode())) == 200
            assert statuses == []
            tasks.cancel_scope.cancel()

    anyio.run(run)


def test_too_many_bodies_from_one_address_end_the_oldest_and_not_those_of_others() -> None:
    async def run() -> None:
        app = app_of(Settings(bodies_per_address=5))
        slow: list[int] = []
        others: list[int] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(keep, others, app, "192.0.2.2", body(b"\x89", more=True))
            for _ in range(8):
                tasks.start_soon(keep, slow, app, "192.0.2.1", body(b"\x89", more=True))
            await anyio.wait_all_tasks_blocked()
            assert await ask(app, "192.0.2.1", body(encode())) == 200
            await answered(slow, 4)
            assert slow == [408] * 4
            assert others == []
            tasks.cancel_scope.cancel()

    anyio.run(run)


def test_unfinished_bodies_have_a_limit_in_memory() -> None:
    async def run() -> None:
        app = app_of(Settings(max_arriving_bytes=10_000))
        slow: list[int] = []
        async with anyio.create_task_group() as tasks:
            for i in range(6):
                tasks.start_soon(keep, slow, app, f"192.0.2.{i}", body(bytes(4000), more=True))
            await answered(slow, 4)
            assert slow == [408] * 4
            assert await ask(app, "192.0.2.9", body(encode())) == 200
            tasks.cancel_scope.cancel()

    anyio.run(run)


def test_client_that_goes_frees_its_place_at_once() -> None:
    reached, opened = threading.Event(), threading.Event()
    analysed: list[int] = []

    def detect(image: np.ndarray) -> list[Detection]:
        reached.set()
        assert opened.wait(60)
        analysed.append(image.shape[1])
        return detect_one(image)

    async def run() -> None:
        app = app_of(load=lambda: predictor_of(detect), waiting=2)
        gone = anyio.Event()
        impatient: list[int] = []
        patient: list[int] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(keep, patient, app, "192.0.2.1", body(encode(50)))
            await anyio.to_thread.run_sync(reached.wait)
            for _ in range(2):
                tasks.start_soon(keep, impatient, app, "192.0.2.2", body(encode(60), gone.wait))
            await anyio.sleep(0.2)
            assert await ask(app, "192.0.2.3", body(encode(70))) == 503
            gone.set()
            await answered(impatient, 2)
            assert impatient == [400, 400]
            tasks.start_soon(keep, patient, app, "192.0.2.3", body(encode(70)))
            await anyio.sleep(0.2)
            opened.set()
        assert patient == [200, 200]
        assert analysed == [50, 70]

    anyio.run(run)
