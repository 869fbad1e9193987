"""Network and training are Keras 3 alone: they run on every backend that is installed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.paths import ROOT
from helpers.small_data import keep_chips, random_chip, write_appa_real, write_fairface, write_utkface


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_training_runs_on_another_backend(backend: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    data = write_utkface(tmp_path / "utkface", 40)
    # Brackets and missing genders have losses and weights of their own.
    rng = np.random.default_rng(0)
    fairface = write_fairface(tmp_path / "fairface", [random_chip(rng) for _ in range(8)], ["20-29"] * 8)
    appa_real = write_appa_real(tmp_path / "appa-real", [random_chip(rng) for _ in range(9)], [40] * 9)
    for folder in (fairface, appa_real):
        keep_chips(folder, tmp_path / "chips" / folder.name)
    more = ["--data", f"fairface={fairface}", "--data", f"appa-real={appa_real}", "--cache", tmp_path / "chips"]
    options = [
        "--data",
        data,
        *more,
        "--results",
        tmp_path,
        "--output",
        tmp_path / "model.keras",
        "--runs",
        tmp_path / "runs",
    ]
    tiny = ["--network", "vit", "--epochs", "2", "--image-size", "48", "--batch-size", "16"]
    command = [sys.executable, "-m", "train", *map(str, options), *tiny]
    environment = os.environ | {"KERAS_BACKEND": backend}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "history.csv").read_text().splitlines()) == 3
    assert (tmp_path / "model.keras").exists()
