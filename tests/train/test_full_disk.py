"""A disk that is full, or not to be written to: one sentence, and what was there before is still there."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import pytest
from helpers.small_data import write_utkface

from model import network
from model.network import build_network
from train.__main__ import main
from train.formats import FORMATS
from train.run import finished_epoch

TINY = ["--network", "cnn", "--epochs", "1", "--image-size", "32", "--batch-size", "16"]


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """Writing more bytes than these into a file fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_utkface(tmp_path_factory.mktemp("utkface"), 48)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.keras"
    build_network("cnn", image_size=32, dropout=0.0).save(path)
    return path


def test_label_table_is_whole_or_as_it_was(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["data", "--data", str(data), "--results", str(tmp_path)]
    assert main(command) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    capsys.readouterr()
    with no_file_over(1000):
        assert main(command) == 1
    assert capsys.readouterr().err == "Stopped: File too large. When that is fixed, run the same command again.\n"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_training_that_cannot_begin(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    command = ["--data", str(data), *TINY, "--runs", str(tmp_path / "file" / "runs")]
    assert main(command) == 1
    assert capsys.readouterr().err.startswith("Stopped: ")
    with no_file_over(100):
        assert main([*command[:-1], str(tmp_path / "runs")]) == 1
    assert capsys.readouterr().err == "Stopped: File too large. When that is fixed, run the same command again.\n"
    assert not list((tmp_path / "runs").rglob("config.json"))  # a half one would end the next run


def test_training_that_cannot_keep_its_epoch(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: keras.Model, path: Path) -> None:
        path.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setitem(network.BACKBONES, "cnn", lambda x: keras.layers.GlobalAveragePooling2D()(x))  # quick
    command = ["--data", str(data), *TINY, "--runs", str(tmp_path), "--output", str(tmp_path / "model.keras")]
    command += ["--results", str(tmp_path)]
    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "save", full)
        assert main(command) == 1
    error = capsys.readouterr().err
    assert error.endswith("state.keras: No space left on device. When that is fixed, run the same command again.\n")
    assert len(error.splitlines()) == 1
    assert finished_epoch(tmp_path / "cnn") is None
    assert main(command) == 0
    assert (tmp_path / "model.keras").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_export_leaves_what_was_there(
    name: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / FORMATS[name].default_output.name
    with no_file_over(50_000):
        assert main(["export", "--format", name, "--model", str(model), "--output", str(output)]) == 1
    (error,) = [line for line in capsys.readouterr().err.splitlines() if "cannot be written" in line]
    assert error.startswith(f"{output} cannot be written: ")
    assert not list(tmp_path.iterdir())
