"""The command line in this process, and photos for it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.paths import ROOT
from PIL import Image

from model import Predictor
from model import __main__ as command_line

HOPPER = ROOT / "samples" / "grace-hopper.jpg"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(predictor: Predictor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line with the models loaded once; gives status, output and errors."""
    monkeypatch.setattr(
        command_line, "Predictor", lambda detector=None, own=None: Predictor(detector, own or predictor.estimator)
    )

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        status = command_line.main(["predict", *map(str, arguments)])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a face, a wall, a broken file, and a subfolder with another face."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    shutil.copy(HOPPER, folder / "face.jpg")
    shutil.copy(HOPPER, folder / "more" / "face.JPG")
    Image.fromarray(np.full((200, 300, 3), 120, np.uint8)).save(folder / "wall.png")
    (folder / "broken.jpg").write_bytes(HOPPER.read_bytes()[:1000])
    (folder / "notes.txt").write_text("no picture")
    return folder
