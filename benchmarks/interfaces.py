"""One set of photos through every interface: Python, command line, API, app, browser, LiteRT and ONNX agree.

python -m benchmarks.interfaces [--output model/results/interfaces.json]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from streamlit.testing.v1 import AppTest

from benchmarks.browser import analyse_in_browser
from benchmarks.photos import SAMPLES, compose_jpeg
from benchmarks.serving import ROOT, free_port, wait_until_healthy
from model import read_image
from model.face import to_json
from model.predictor import shared_predictor
from model.writing import atomic_write_text

OUTPUT = ROOT / "model" / "results" / "interfaces.json"
EXAMPLE = ROOT / "docs" / "examples" / "estimate.py"
PYTHON = "Python"
BROWSER = "browser"
EIGHT_BITS = "LiteRT, 8 bits"
"""Its answers are shown and not compared, since what 8 bits cost is measured over many faces (`exports.json`)."""

SAME = 0.1
"""Years by which ages and ends of intervals may differ, of which rounding takes half."""

SAME_IN_BROWSER = 0.5
"""The same for the browser, whose detector has its weights in half precision and places landmarks a hair elsewhere."""

PATIENCE = 1200  # seconds, for exports on a busy machine

Answer = dict[str, Any]
"""`age`, `interval` (years) and `stated_gender` of a face; its `warnings` if the interface sees the whole photo."""

Answers = list[Answer]
"""One for each face: photo by photo, and from left to right."""


def main(arguments: list[str] | None = None) -> int:
    """Prints the answers, and writes them on request; the exit status is 1 if an interface gives other ones."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.interfaces", description=__doc__)
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"such as {OUTPUT.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder))
    text = json.dumps(measured, indent=2) + "\n"
    print(text, end="")
    if options.output:
        atomic_write_text(options.output, text)
    different = [
        name for name, interface in measured["interfaces"].items() if not interface["same"] and name != EIGHT_BITS
    ]
    for name in different:
        print(f"{name} gives other answers than {PYTHON}.", file=sys.stderr)
    return 1 if different else 0


def measure(folder: Path) -> dict[str, Any]:
    """The answers of all interfaces, and how each differs from Python's.

    Args:
        folder: for photos and exports.

    Returns:
        `model`, `faces` (names), and `interfaces` by name, each with `answers` and what `compare` gives.
    """
    photos = _write_photos(folder)
    faces = _write_chips(photos, folder)
    answers = {name: interface(photos) for name, interface in INTERFACES.items()}
    for name, (export, file) in EXPORTS.items():
        model = folder / file
        _run("-m", "train", "export", "--format", export, "--output", model)
        answers[name] = [json.loads(_run(EXAMPLE, model, chip)) for chip in faces.values()]
    return {
        "model": shared_predictor().provenance.identity,
        "faces": list(faces),
        "interfaces": {
            name: {"answers": found} | _compare(name, found, answers[PYTHON]) for name, found in answers.items()
        },
    }


def compare(answers: Answers, expected: Answers, allowed: float = SAME) -> dict[str, Any]:
    """How answers differ from those expected.

    Args:
        answers: of an interface.
        expected: of Python, for the same faces.
        allowed: years by which ages and ends of intervals may differ.

    Returns:
        The largest `age_difference` and `interval_difference` in years, the number of `other_genders` and of
        `other_warnings`, and whether all are the `same`.
    """
    pairs = list(zip(answers, expected, strict=True))
    age = max(abs(answer["age"] - right["age"]) for answer, right in pairs)
    ends = [abs(x - y) for answer, right in pairs for x, y in zip(answer["interval"], right["interval"], strict=True)]
    genders = sum(answer["stated_gender"] != right["stated_gender"] for answer, right in pairs)
    warnings = sum(answer.get("warnings", right["warnings"]) != right["warnings"] for answer, right in pairs)
    return {
        "age_difference": round(age, 2),
        "interval_difference": round(max(ends), 2),
        "other_genders": genders,
        "other_warnings": warnings,
        "same": max(age, *ends) <= allowed and not genders and not warnings,
    }


def ask_python(photos: list[Path]) -> Answers:
    """`from model import Predictor, read_image`."""
    predictor = shared_predictor()
    return [answer for photo in photos for answer in _answers(map(to_json, predictor.predict(read_image(photo))))]


def ask_command_line(photos: list[Path]) -> Answers:
    """`python -m model predict --format json`."""
    found = json.loads(_run("-m", "model", "predict", *photos, "--format", "json"))
    return [answer for photo in found["photos"] for answer in _answers(photo["faces"])]


def ask_api(photos: list[Path]) -> Answers:
    """`python server.py`, with the photos as request bodies."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    server = subprocess.Popen([sys.executable, "server.py", "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(f"{url}/health", server)
        found = [json.load(urllib.request.urlopen(f"{url}/predict", photo.read_bytes(), PATIENCE)) for photo in photos]
    finally:
        server.terminate()
        server.wait(20)
    return [answer for photo in found for answer in _answers(photo["faces"])]


def ask_app(photos: list[Path]) -> Answers:
    """The Photo page, to which each photo is uploaded."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=PATIENCE).run()
    answers = []
    for photo in photos:
        app.file_uploader[0].set_value((photo.name, photo.read_bytes(), "image/jpeg")).run()
        (result,) = [result for result in app.session_state["results"].values() if result.name == photo.name]
        answers += _answers(map(to_json, result.faces))
    return answers


def ask_browser(photos: list[Path]) -> Answers:
    """The page in `edge/`, in Chromium."""
    return [answer for faces in analyse_in_browser(photos) for answer in _answers(faces)]


INTERFACES: dict[str, Callable[[list[Path]], Answers]] = {
    PYTHON: ask_python,
    "command line": ask_command_line,
    "API": ask_api,
    "app": ask_app,
    BROWSER: ask_browser,
}
"""Those that take photos."""

EXPORTS = {
    "LiteRT": ("litert", "age_gender.tflite"),
    EIGHT_BITS: ("litert-int8", "age_gender_int8.tflite"),
    "ONNX": ("onnx", "age_gender.onnx"),
}
"""Those that take chips: format and file of the exports that `EXAMPLE` runs."""


def _compare(name: str, answers: Answers, expected: Answers) -> dict[str, Any]:
    return compare(answers, expected, SAME_IN_BROWSER if name == BROWSER else SAME)


def _write_photos(folder: Path) -> list[Path]:
    """The samples, and two photos composed of them: several faces, and a small one."""
    composed = {"three-faces.jpg": compose_jpeg(900, 640, [180, 150, 120]), "small.jpg": compose_jpeg(320, 240, [32])}
    for name, content in composed.items():
        (folder / name).write_bytes(content)
    return [*SAMPLES, *(folder / name for name in composed)]


def _write_chips(photos: list[Path], folder: Path) -> dict[str, Path]:
    """The chip of every face as a file, by the name of the face."""
    chips = {}
    for photo in photos:
        faces, pixels = shared_predictor().predict_with_chips(read_image(photo))
        order = sorted(range(len(faces)), key=lambda i: faces[i].box[0])
        for number, i in enumerate(order, 1):
            name = f"{photo.stem}, face {number}" if len(faces) > 1 else photo.stem
            chips[name] = folder / f"{name}.png"
            Image.fromarray(pixels[i]).save(chips[name])
    return chips


def _answers(faces: Any) -> Answers:
    """The answers in faces in JSON, from left to right."""
    return [
        {
            "age": face["age"],
            "interval": [face["age_low"], face["age_high"]],
            "stated_gender": face["stated_gender"],
            "warnings": face["warnings"],
        }
        for face in sorted(faces, key=lambda face: face["box"][0])
    ]


def _run(*arguments: object) -> str:
    """What a Python program prints."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE).stdout


if __name__ == "__main__":
    sys.exit(main())
