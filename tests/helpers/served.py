"""`python server.py` as people start it, watched, for tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from benchmarks.serving import free_port, wait_until_healthy
from helpers.paths import ROOT

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


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """A server of its own, once it is ready; it runs in the folder, with its output, notes and temporary files."""
    (folder / "sitecustomize.py").write_text(WATCHER)
    (folder / "temporary").mkdir()
    port = free_port()
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
            assert wait_until_healthy(f"{url}/api/health", process) <= {200, 503}
            assert ".tried" in (folder / "notes").read_text(), "the watcher does not watch"
            yield Server(url, psutil.Process(process.pid), folder / "output", folder / "notes", folder / "temporary")
        finally:
            process.terminate()
            process.wait(60)
