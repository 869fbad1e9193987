"""The app as a process of its own and the Chromium that visits it, for the benchmarks and the tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Flags that give Chromium a camera, and pages the permission to use it."""
PATIENCE = 180  # seconds, in which a server has to be ready
# Nobody edits the app meanwhile, and to watch a folder with a virtual environment overflows the kernel's queue.
OPTIONS = ("--server.headless=true", "--server.address=127.0.0.1", "--server.fileWatcherType=none")


@contextmanager
def serve_app(folder: Path = ROOT) -> Iterator[str]:
    """The app of a checkout under `streamlit run`, once it is ready. Gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", f"--server.port={port}", *OPTIONS]
    app = subprocess.Popen(command, cwd=folder)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", app)
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(20)


@contextmanager
def open_chromium(*flags: str) -> Iterator[Browser]:
    """A Chromium started with these flags besides those that it needs in a container."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox", *flags])
        yield browser
        browser.close()


def chromium_path() -> str | None:
    """The system's Chromium, or that of the variable CHROMIUM. None: Playwright's own is to be taken."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> set[int]:
    """Waits until `url` answers 200. Returns the HTTP statuses of all answers until then.

    Raises: RuntimeError if the server ended; TimeoutError if it is not ready in time.
    """
    statuses: set[int] = set()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError("The server ended as soon as it was started.")
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                statuses.add(answer.status)
                return statuses
        except urllib.error.HTTPError as error:
            statuses.add(error.code)
        except OSError:
            pass  # nobody listens yet
        time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer within {PATIENCE} seconds")
