import dataclasses
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers.small_data import write_utkface

from model.calibration import Calibration
from model.estimator import MODEL_PATH, Estimator
from model.inspection.perturbations import PERTURBATIONS
from model.inspection.quality import sharpness
from model.labels import MAX_AGE
from train.__main__ import main
from train.data.utkface import Dataset
from train.measure.robustness import REPORTED, measure_robustness


@pytest.fixture(scope="module")
def light_meter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved network whose age is 100 times the chip's mean light, and whose gender is always "male"."""
    folder = tmp_path_factory.mktemp("light")
    chips = keras.Input((200, 200, 3))
    light = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(chips))
    age, gender = keras.layers.Dense(1, name="age"), keras.layers.Dense(2, activation="softmax", name="gender")
    model = keras.Model(chips, {"age": age(light), "gender": gender(light)})
    age.set_weights([np.full((3, 1), 100 / 3), np.zeros(1)])
    gender.set_weights([np.zeros((3, 2)), np.array([3.0, 0.0])])
    model.save(folder / "light.keras")
    Calibration((0.0,), (-5,), (5,), 1).save(folder / "calibration.json")
    return folder / "light.keras"


@pytest.fixture(scope="module")
def few(small_dataset: Dataset) -> Dataset:
    return dataclasses.replace(small_dataset, photos=small_dataset.photos[:5], chips=small_dataset.chips[:5])


def test_every_strength_is_scored_on_the_chips_changed_so(light_meter: Path, few: Dataset) -> None:
    measured = measure_robustness(few, Estimator(light_meter), progress=False)
    assert measured["photos"] == 5
    assert list(measured["perturbations"]) == list(PERTURBATIONS)
    for name, rows in measured["perturbations"].items():
        assert [row["strength"] for row in rows] == list(PERTURBATIONS[name].strengths)
        for row in rows:
            chips = [PERTURBATIONS[name].apply(chip, row["strength"]) for chip in few.chips[:]]
            ages = np.array([chip.mean() / 2.55 for chip in chips])
            error = np.abs(ages - few.photos["age"])
            assert row["age_mae"]["value"] == pytest.approx(error.mean(), abs=0.01)
            assert row["age_mae"]["low"] <= row["age_mae"]["value"] <= row["age_mae"]["high"]
            assert row["gender_accuracy"]["value"] == pytest.approx((few.photos["gender"] == "male").mean())
            inside = (np.clip(ages - 5, 0, MAX_AGE) <= few.photos["age"]) & (few.photos["age"] <= ages + 5)
            assert row["interval_coverage"]["value"] == pytest.approx(inside.mean())
            assert row["sharpness"] == pytest.approx(np.median([sharpness(chip) for chip in chips]), abs=0.01)


def test_chunks_give_what_one_gives(light_meter: Path, few: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = measure_robustness(few, Estimator(light_meter), progress=False)
    monkeypatch.setattr("train.measure.robustness.CHUNK", 2)
    chunked = measure_robustness(few, Estimator(light_meter), progress=False)
    for name, rows in whole["perturbations"].items():
        for one, other in zip(rows, chunked["perturbations"][name], strict=True):
            assert one["sharpness"] == other["sharpness"]
            # Sums over batches of other sizes round differently.
            assert all(one[metric] == pytest.approx(other[metric], abs=1e-3) for metric in REPORTED)


def test_command_writes_the_file_the_page_reads(light_meter: Path, tmp_path: Path) -> None:
    data, results = write_utkface(tmp_path / "data", 60), tmp_path / "results"
    options = ["--data", str(data), "--results", str(results), "--model", str(light_meter)]
    assert main(["robustness", *options, "--split", "validation", "--photos", "3"]) == 0
    measured = json.loads((results / "robustness.json").read_text())
    assert (measured["split"], measured["photos"]) == ("validation", 3)
    assert set(REPORTED) <= set(measured["perturbations"]["blur"][0])


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_wrong_number_of_photos_is_wrong_usage(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["robustness", f"--photos={count}"])
    assert stopped.value.code == 2
    assert "whole number of at least 1" in capsys.readouterr().err


def test_missing_model_is_said_before_the_data_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["robustness", "--data", str(tmp_path), "--model", str(tmp_path / "none.keras")]) == 1
    assert "python -m train" in capsys.readouterr().err


@pytest.mark.utkface
def test_errors_on_real_photos_grow_with_blur(utkface: Path, tmp_path: Path) -> None:
    options = ["--data", str(utkface), "--results", str(tmp_path), "--photos", "40"]
    assert main(["robustness", *options, "--model", str(MODEL_PATH)]) == 0
    rows = json.loads((tmp_path / "robustness.json").read_text())["perturbations"]["blur"]
    assert rows[-1]["age_mae"]["value"] > rows[0]["age_mae"]["value"] + 1
    assert rows[-1]["sharpness"] < rows[0]["sharpness"] / 10
