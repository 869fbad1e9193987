"""Training and export killed by SIGKILL, ten times each: what is on the disk is whole, and the end is the same."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from helpers.paths import ROOT
from helpers.small_data import write_utkface

from train.run import finished_epoch

pytestmark = pytest.mark.slow

KILLS = 10
EPOCHS = 3
WRITING = 0.1  # seconds that it takes to write an epoch or an export, about


class Forks:
    """The process of forks.py."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "helpers" / "forks.py"), str(log)],
            env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(self, *arguments: str | Path) -> int:
        """The process number of a new run."""
        self._say(json.dumps([str(argument) for argument in arguments]))
        return self._number()

    def end(self) -> int:
        """The exit status of that run, once it has ended; -9 if it was killed."""
        self._say("")
        return self._number()

    def run(self, *arguments: str | Path) -> float:
        """Runs to the end; the seconds that this took."""
        started = time.monotonic()
        self.start(*arguments)
        assert self.end() == 0, self.log.read_text()
        return time.monotonic() - started

    def _say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _number(self) -> int:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.log.read_text()
        return int(line)


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    forks = Forks(tmp_path_factory.mktemp("log") / "log")
    yield forks
    forks.process.kill()
    forks.process.wait()


def kill_ten_times(
    forks: Forks, command: list[Any], seconds: float, writing: Path, check: Callable[[bool], None]
) -> None:
    """Starts a command and kills it, ten times, in turn at random and while it writes.

    Args:
        forks: what runs it.
        command: its arguments.
        seconds: how long it takes.
        writing: what is there while it writes.
        check: looks at what is on the disk, told whether the command came to its end, after which all begins anew.
    """
    chance, kills = random.Random(0), 0
    while kills < KILLS:
        pid, latest = forks.start(*command), time.monotonic() + 2 * seconds
        if kills % 2:
            while not writing.exists() and time.monotonic() < latest:
                time.sleep(0.001)
        time.sleep(chance.uniform(0, WRITING if kills % 2 else seconds))
        os.kill(pid, signal.SIGKILL)  # the number is nobody else's before `end`
        status = forks.end()
        assert status in (0, -signal.SIGKILL), forks.log.read_text()
        kills += status != 0
        check(status == 0)


def weights(model: Path) -> dict[str, np.ndarray]:
    found = {}
    with zipfile.ZipFile(model) as archive, h5py.File(archive.open("model.weights.h5")) as file:
        file.visititems(lambda name, item: found.update({name: item[()]} if isinstance(item, h5py.Dataset) else {}))
    return found


def history(path: Path) -> pd.DataFrame:
    return pd.read_csv(path).drop(columns="seconds")


def same_weights(model: Path, expected: Path) -> bool:
    one, other = weights(model), weights(expected)
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_training_killed_ten_times_ends_as_if_it_never_was(forks: Forks, tmp_path: Path) -> None:
    data = write_utkface(tmp_path / "utkface", 48)

    def command(folder: Path) -> list[Any]:
        return [
            "--data", data, "--results", folder / "results", "--output", folder / "model.keras", "--runs", folder,
            "--network", "cnn", "--epochs", EPOCHS, "--image-size", "32", "--batch-size", "16", "--dropout", "0",
        ]  # fmt: skip

    whole, again, killed = tmp_path / "whole", tmp_path / "again", tmp_path / "killed"
    seconds = min(forks.run(*command(folder)) for folder in (whole, again))
    assert same_weights(again / "model.keras", whole / "model.keras")  # else nothing could be told from them
    expected = history(whole / "results" / "history.csv")

    def check(ended: bool) -> None:
        if epoch := finished_epoch(killed / "cnn"):
            rows = int(epoch.name.removeprefix("epoch-"))
            pd.testing.assert_frame_equal(history(epoch / "history.csv"), expected[:rows], check_exact=True)
            for name in ("state.keras", "best.keras"):
                assert zipfile.ZipFile(epoch / name).testzip() is None
        if (killed / "model.keras").exists():
            assert same_weights(killed / "model.keras", whole / "model.keras")
        if (killed / "results" / "history.csv").exists():
            pd.testing.assert_frame_equal(history(killed / "results" / "history.csv"), expected, check_exact=True)
        for config in killed.rglob("config.json"):
            assert json.loads(config.read_text())
        if ended:
            shutil.rmtree(killed)

    kill_ten_times(forks, command(killed), seconds, killed / "cnn" / "unfinished", check)
    forks.run(*command(killed))
    pd.testing.assert_frame_equal(history(killed / "results" / "history.csv"), expected, check_exact=True)
    assert same_weights(killed / "model.keras", whole / "model.keras")
    assert [path.name for path in (killed / "cnn").glob("epoch-*")] == [f"epoch-{EPOCHS:03d}"]
    assert {path.name for path in killed.rglob("*")} == {path.name for path in whole.rglob("*")}
    assert "Traceback" not in forks.log.read_text()


@pytest.fixture(scope="module")
def model(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained network."""
    folder = tmp_path_factory.mktemp("model")
    places: list[str | Path] = ["--results", folder, "--runs", folder, "--output", folder / "model.keras"]
    data = write_utkface(folder / "utkface", 48)
    forks.run("--data", data, *places, "--network", "cnn", "--epochs", "1", "--image-size", "32")
    return folder / "model.keras"


@pytest.mark.parametrize(("name", "file"), [("litert", "model.tflite"), ("savedmodel", "model")])
def test_export_killed_is_whole_or_not_there(name: str, file: str, model: Path, forks: Forks, tmp_path: Path) -> None:
    def command(output: Path) -> list[Any]:
        return ["export", "--format", name, "--model", model, "--output", output]

    seconds = min(forks.run(*command(tmp_path / "whole" / file)) for _ in range(2))
    output = tmp_path / "killed" / file
    expected = sizes(tmp_path / "whole")
    chance = random.Random(0)

    def check(ended: bool) -> None:
        if output.exists():
            assert sizes(output.parent, but=f".{file}.unfinished") == expected
        if ended and chance.random() < 0.5:  # else an earlier export is replaced
            shutil.rmtree(output.parent)

    kill_ten_times(forks, command(output), seconds, output.with_name(f".{file}.unfinished"), check)
    forks.run(*command(output))
    assert sizes(output.parent) == expected
    assert "Traceback" not in forks.log.read_text()


def sizes(folder: Path, but: str = "") -> dict[str, int]:
    """The size of each file below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file() and (not but or but not in path.parts)]
    # The fingerprint of a SavedModel is of random numbers.
    return {str(path.relative_to(folder)): path.name != "fingerprint.pb" and path.stat().st_size for path in files}
