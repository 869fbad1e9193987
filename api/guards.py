"""What surrounds the pages and the API: safe headers on every answer, and a limit on open pages."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
}

PRIVATE = ("/api/", "/media/", "/_stcore/upload_file/")
"""Where photos and what was found in them come and go: browsers and proxies must not keep it."""

MAX_PAGES = 200


class SafeHeaders:
    """Adds `HEADERS` to every answer that does not have its own, and forbids to store those that may show faces."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(PRIVATE):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BoundedPages:
    """Refuses further pages while `MAX_PAGES` are open, since each has a session in memory."""

    def __init__(self, app: ASGIApp, limit: int = MAX_PAGES) -> None:
        self._app, self._limit = app, limit
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
        elif self._open >= self._limit:
            await send({"type": "websocket.close", "code": 1013})  # "try again later"
        else:
            self._open += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._open -= 1
