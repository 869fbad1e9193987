import json
from pathlib import Path

import keras
import pytest
from conftest import write_utkface

from train.__main__ import main


def test_data_command_writes_the_label_table(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    write_utkface(tmp_path / "utkface", 12)
    assert main(["data", "--data", str(tmp_path / "utkface"), "--results", str(tmp_path / "results")]) == 0
    assert "Read 12 of 12 files; skipped: none." in capsys.readouterr().out
    assert (tmp_path / "results" / "labels.parquet").exists()


def test_data_is_found_through_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UTKFACE_DIR", str(write_utkface(tmp_path / "utkface", 3)))
    assert main(["data", "--results", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "dataset.json").read_text())["photos"] == 3


def test_training_and_evaluation_make_a_model_that_ships(tmp_path: Path) -> None:
    data = write_utkface(tmp_path / "utkface", 60)
    model, results = tmp_path / "model" / "small.keras", tmp_path / "results"
    common = ["--data", str(data), "--results", str(results)]
    tiny = ["--network", "cnn", "--epochs", "1", "--image-size", "32", "--batch-size", "16"]
    assert main([*tiny, *common, "--output", str(model), "--runs", str(tmp_path / "runs"), "--tensorboard"]) == 0
    assert keras.saving.load_model(model, compile=False).name == "cnn"
    assert (results / "history.csv").exists()
    assert list((tmp_path / "runs" / "cnn" / "tensorboard").rglob("events*"))
    assert main(["evaluate", *common, "--model", str(model)]) == 0
    assert (results / "report.json").exists()


def test_missing_data_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["--data", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.endswith("does not exist. Pass --data with a folder or archive of UTKFace.\n")


@pytest.mark.parametrize("arguments", [["--network", "transformer"], ["bake"], ["--epochs", "many"]])
def test_wrong_usage_ends_with_status_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
