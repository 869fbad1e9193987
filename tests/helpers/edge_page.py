"""Serves the page that runs in the browser, and opens it without a way to anywhere else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Route

LOADING = 180_000  # milliseconds, on a busy machine


class PageServer:
    """A server of static files that counts what it sends; other folders can be added under /cases/."""

    def __init__(self, folder: Path, cases: Path | None = None) -> None:
        self.bytes_sent = 0
        handler = partial(_Handler, self, cases, directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, counter: PageServer, cases: Path | None, *arguments: Any, **options: Any) -> None:
        self._counter, self._cases = counter, cases
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        if self._cases and path.startswith("/cases/"):
            return str(self._cases / path.removeprefix("/cases/"))
        return super().translate_path(path)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        content = source.read()
        self._counter.bytes_sent += len(content)
        outputfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""


@contextmanager
def watched(page: Page, address: str) -> Iterator[list[str]]:
    """Lists what the page should not do: errors, and requests to any other server."""
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(message.text)

    def stay_here(route: Route) -> None:
        if route.request.url.startswith((address, f"blob:{address}")):
            route.continue_()
        else:
            problems.append(f"asked for {route.request.url}")
            route.abort()

    page.route("**/*", stay_here)
    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield problems
