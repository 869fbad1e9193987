"""Network and training are Keras 3 alone: they run on every backend that is installed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import write_utkface

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_training_runs_on_another_backend(backend: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    data = write_utkface(tmp_path / "utkface", 40)
    options = ["--data", data, "--results", tmp_path, "--output", tmp_path / "model.keras", "--runs", tmp_path / "runs"]
    tiny = ["--epochs", "2", "--image-size", "64", "--batch-size", "16"]
    command = [sys.executable, "-m", "train", *options, *tiny]
    environment = os.environ | {"KERAS_BACKEND": backend}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "history.csv").read_text().splitlines()) == 3
    assert (tmp_path / "model.keras").exists()
