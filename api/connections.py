"""Limits of the server on connections, and on what they make it log."""

import asyncio
import logging
import time
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 10
"""In which the headers of a request must arrive, from when the connection is open or the answer before them is sent."""

BODY_SECONDS = 300
"""In which any request body must arrive: 50 MB at 1.4 Mbit/s. The API has a shorter limit of its own."""

MAX_CONNECTIONS = 500
BACKLOG = 100
"""Connections that may wait to be accepted: they are accepted together, before the limit on them is looked at."""

LOG_SECONDS = 10


class GuardedProtocol(H11Protocol):
    """Uvicorn's HTTP protocol with limits of time on headers and bodies, for which Uvicorn has no settings.

    If there are too many connections, those that have sent no request are closed, the oldest first, so that they keep
    nobody out.
    """

    waiting: ClassVar[dict["GuardedProtocol", None]] = {}

    _expected: tuple[str, Any] | None = None
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > MAX_CONNECTIONS:
            oldest = next(iter(self.waiting))
            self.waiting.pop(oldest)
            self.connections.discard(oldest)
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def handle_websocket_upgrade(self, event: Any) -> None:
        super().handle_websocket_upgrade(event)
        self._stop()

    def _watch(self) -> None:
        """Starts the clock when something else is expected of the client than before."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        if self.cycle is None or self.cycle.response_complete:
            expected: tuple[str, Any] | None = ("headers", self.cycle)
        else:
            expected = ("body", self.cycle) if self.cycle.more_body else None
        if expected == self._expected:
            return
        self._stop()
        self._expected = expected
        if expected:
            seconds = HEADER_SECONDS if expected[0] == "headers" else BODY_SECONDS
            self._clock = self.loop.call_later(seconds, self.transport.abort)
            if expected[0] == "headers":
                self.waiting[self] = None

    def _stop(self) -> None:
        self.waiting.pop(self, None)
        self._expected = None
        if self._clock:
            self._clock.cancel()
            self._clock = None


class Throttle(logging.Filter):
    """Lets each kind of message through once in `LOG_SECONDS`, so that no client can fill the log."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the message is new; it is told by where it was logged and its first line before names are filled in.

        What follows in the event loop's own messages differs each time: the addresses of tasks and connections.

        That an answer was cancelled because the server stops is no news.
        """
        if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
            return False
        kind, now = (record.pathname, record.lineno, str(record.msg).partition("\n")[0]), time.monotonic()
        if record.levelno < logging.WARNING or now - self._last.get(kind, -LOG_SECONDS) >= LOG_SECONDS:
            self._last[kind] = now
            return True
        return False


def throttle_logs() -> None:
    """Throttles what connections make the server, its event loop and Streamlit log."""
    for name in ("uvicorn.error", "asyncio", "streamlit.web.server.starlette.starlette_websocket"):
        logging.getLogger(name).addFilter(Throttle())
