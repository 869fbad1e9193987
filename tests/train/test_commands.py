import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from helpers.small_data import keep_chips, random_chip, write_appa_real, write_fairface, write_utkface

from train.__main__ import main


@pytest.fixture(scope="module", autouse=True)
def eager() -> None:
    """Compiled here, as for users."""


def test_data_command_writes_the_label_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_utkface(tmp_path / "utkface", 12)
    assert main(["data", "--data", str(tmp_path / "utkface"), "--results", str(tmp_path / "results")]) == 0
    assert "Read 12 of 12 files; skipped: none." in capsys.readouterr().out
    assert (tmp_path / "results" / "labels.parquet").exists()


def test_data_is_found_through_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UTKFACE_DIR", str(write_utkface(tmp_path / "utkface", 3)))
    assert main(["data", "--results", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "dataset.json").read_text())["photos"] == 3


def test_training_and_evaluation_make_a_model_that_ships(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
    capsys.readouterr()
    assert main(["unfolding", *common, "--model", str(model)]) == 1
    assert "There are too few test faces for samples of 50 people." in capsys.readouterr().err
    assert pd.read_csv(results / "confusion.csv")["faces"].sum() > 0


def test_several_data_sets_train_together_and_are_reported_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(8)
    utkface = write_utkface(tmp_path / "utkface", 60)
    fairface = write_fairface(tmp_path / "fairface", [random_chip(rng) for _ in range(8)], ["3-9", "more than 70"] * 4)
    appa_real = write_appa_real(tmp_path / "appa-real", [random_chip(rng) for _ in range(9)], list(range(20, 65, 5)))
    for folder in (fairface, appa_real):
        keep_chips(folder, tmp_path / "chips" / folder.name)
    model, results = tmp_path / "small.keras", tmp_path / "results"
    common = ["--results", str(results), "--cache", str(tmp_path / "chips"), "--data", f"utkface={utkface}"]
    others = ["--data", f"fairface={fairface}", "--data", f"appa-real={appa_real}"]
    tiny = ["--network", "cnn", "--epochs", "1", "--image-size", "32", "--batch-size", "16"]
    assert main([*common, *others, *tiny, "--output", str(model), "--runs", str(tmp_path / "runs")]) == 0
    assert json.loads((results / "config.json").read_text())["data"] == "utkface+fairface+appa-real"
    assert main(["evaluate", *common, "--model", str(model)]) == 0
    before = {path: path.read_bytes() for path in [*results.iterdir(), tmp_path / "calibration.json"]}

    capsys.readouterr()
    assert main(["evaluate", *common[:4], *others, "--model", str(model)]) == 0
    assert "appa-real, test split, real ages: 3 photos" in capsys.readouterr().out
    appa_report = json.loads((results / "report-appa-real.json").read_text())
    assert appa_report["age_labels"] == "real"
    assert "age_mae" in appa_report["overall"]
    fairface_report = json.loads((results / "report-fairface.json").read_text())
    assert fairface_report["age_labels"] == "apparent"
    assert "age_in_bracket" in fairface_report["overall"]
    assert {path: path.read_bytes() for path in before} == before


def test_label_table_is_that_of_utkface_whatever_else_is_named(tmp_path: Path) -> None:
    utkface = write_utkface(tmp_path / "utkface", 12)
    fairface = write_fairface(tmp_path / "fairface", [random_chip(np.random.default_rng(0))] * 4, ["3-9"] * 4)
    keep_chips(fairface, tmp_path / "chips" / "fairface")
    alone, both = tmp_path / "alone", tmp_path / "both"
    assert main(["data", "--data", str(utkface), "--results", str(alone)]) == 0
    named = ["--data", f"fairface={fairface}", "--data", f"utkface={utkface}", "--cache", str(tmp_path / "chips")]
    assert main(["data", *named, "--results", str(both)]) == 0
    pd.testing.assert_frame_equal(pd.read_parquet(both / "labels.parquet"), pd.read_parquet(alone / "labels.parquet"))
    assert (both / "dataset.json").read_text() == (alone / "dataset.json").read_text()


def test_folder_with_an_equals_sign_is_utkface(tmp_path: Path) -> None:
    data = write_utkface(tmp_path / "copy=2", 3)
    assert main(["data", "--data", str(data), "--results", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "dataset.json").read_text())["photos"] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "afad=a", "--data", "afad=b"], "names afad twice"),
        (["geometry", "--data", "afad=a"], "UTKFace alone"),
        (["evaluate", "--data", "appa-real=nowhere"], "nowhere is not a folder. Pass --data appa-real=DIR"),
    ],
)
def test_data_that_cannot_be_used_is_one_sentence(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_missing_data_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.endswith("does not exist. Pass --data with a folder or archive of UTKFace.\n")
