import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.paths import ROOT
from helpers.small_data import write_utkface

from benchmarks.serving import free_port
from train.processes import ProcessError, Processes, join_processes


@pytest.mark.parametrize(("rows", "count"), [(64, 2), (61, 2), (5, 4), (1, 3)])
def test_shares_are_equal_and_hold_every_row(rows: int, count: int) -> None:
    shares = [Processes(count, index).share(np.arange(rows)) for index in range(count)]
    assert len({len(share) for share in shares}) == 1
    assert set(np.concatenate(shares)) == set(range(rows))


def test_other_backends_are_refused_with_what_to_set() -> None:
    with pytest.raises(ProcessError, match="KERAS_BACKEND=jax"):
        join_processes("127.0.0.1:1", 2, 0)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_two_processes_give_the_loss_curve_of_one(tmp_path: Path) -> None:
    # 50 of them are for training: six batches of 8 and one of 2, all of which two processes can halve.
    data = write_utkface(tmp_path / "utkface", 61)
    alone = start_training(data, tmp_path / "alone")
    assert alone.wait(timeout=300) == 0, alone.stderr and alone.stderr.read()
    address = f"127.0.0.1:{free_port()}"
    pair = [
        start_training(data, tmp_path / "both", "--processes", "2", "--process", str(i), "--coordinator", address)
        for i in range(2)
    ]
    for process in pair:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
    one, two = (pd.read_csv(tmp_path / name / "history.csv") for name in ("alone", "both"))
    assert len(two) == 3
    np.testing.assert_allclose(two["loss"], one["loss"], rtol=2e-2)
    np.testing.assert_allclose(two["val_age_mae"], one["val_age_mae"], rtol=5e-2)


def start_training(data: Path, folder: Path, *more: str) -> subprocess.Popen[str]:
    tiny = ["--network", "cnn", "--epochs", "3", "--image-size", "32", "--batch-size", "8", "--dropout", "0"]
    places: list[str | Path] = ["--results", folder, "--output", folder / "model.keras", "--runs", folder / "runs"]
    return subprocess.Popen(
        [sys.executable, "-m", "train", "--data", data, *places, *tiny, *more],
        cwd=ROOT,
        env=os.environ | {"KERAS_BACKEND": "jax"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
