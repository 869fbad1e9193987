"""Photos analysed by the page that runs in the browser, in a real Chromium."""

import base64
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.serving import open_chromium
from edge.build import build

ANALYSE = """async (photos) => {
  const { loadPredictors } = await import("./engine/index.js");
  const { fromRgba } = await import("./engine/pictures.js");
  const { thorough } = await loadPredictors();
  const answers = [];
  for (const photo of photos) {
    const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    answers.push(await thorough.predict(fromRgba(context.getImageData(0, 0, bitmap.width, bitmap.height))));
  }
  return answers;
}"""

NAMES = {"ageLow": "age_low", "ageHigh": "age_high", "statedGender": "stated_gender"}
"""What the page calls the fields of `model.face.Face` that it names differently."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def analyse_in_browser(photos: list[Path]) -> list[list[dict[str, Any]]]:
    """The faces of each photo, with names of fields and rounded ages as in `model.face.to_json`.

    Raises:
        BuildError: if the page cannot be built.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_folder(build(Path(folder) / "page").folder) as address,
        open_chromium() as browser,
    ):
        visitor = browser.new_page()
        visitor.goto(address)
        found = visitor.evaluate(ANALYSE, [base64.b64encode(photo.read_bytes()).decode() for photo in photos])
    return [[_named(face) for face in faces] for faces in found]


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serves static files. Gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def _named(face: dict[str, Any]) -> dict[str, Any]:
    named = {NAMES.get(name, name): value for name, value in face.items()}
    return named | {name: round(named[name], 1) for name in ("age", "age_low", "age_high")}
