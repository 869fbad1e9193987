"""ONNX Runtime, which reports its use over the network unless it is told not to, is told not to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.paths import ROOT

CODE = "import numpy as np; from model import Predictor; Predictor().predict(np.zeros((99, 99, 3), np.uint8))"


def files_written(code: str, folder: Path) -> list[str]:
    """What a process of its own, without anything set, leaves in the folder for temporary files."""
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "CI")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return sorted(path.name for path in folder.iterdir())


def test_predicting_begins_no_session_of_telemetry(tmp_path: Path) -> None:
    if files_written("import onnxruntime", tmp_path / "told nothing") != [".ses"]:  # its telltale
        pytest.skip("this build of ONNX Runtime has no telemetry")
    assert files_written(CODE, tmp_path / "told not to") == []
