import json
from pathlib import Path

import numpy as np
import pytest
from helpers.paths import RESULTS
from helpers.small_data import write_utkface

from model.estimator import MODEL_PATH
from model.network import build_network
from train.__main__ import main
from train.data.utkface import load_dataset
from train.formats import FORMATS, ExportError
from train.measure.exports import measure_exports, open_exported

INT8_MAE_CHANGE = 0.1  # years, against the float network


@pytest.mark.slow
def test_report_measures_every_format_on_validation(tmp_path: Path) -> None:
    data, model = write_utkface(tmp_path / "utkface", 60), tmp_path / "tiny.keras"
    network = build_network("cnn", image_size=32, dropout=0.2)
    network.save(model)
    options = ["--model", str(model), "--data", str(data), "--results", str(tmp_path), "--chips", "5"]
    assert main(["export", "--report", *options]) == 0
    report = json.loads((tmp_path / "exports.json").read_text())
    assert report["photos"] == 5
    assert list(report["formats"]) == ["keras", *FORMATS]

    validation = load_dataset(data, progress=False).select("validation")
    answer = network.predict_on_batch(validation.chips[:5])
    age_mae = np.abs(answer["age"][:, 0] - validation.photos["age"][:5]).mean()
    female = answer["gender"].argmax(1) == 1
    for name, row in report["formats"].items():
        assert row["bytes"] > 100_000
        assert row["milliseconds"] > 0
        assert row["age_mae"] == pytest.approx(age_mae, abs=0.05)
        if name != "litert-int8":
            assert row["gender_accuracy"] == (female == (validation.photos["gender"][:5] == "female")).mean()


@pytest.mark.utkface
def test_shipped_model_loses_nothing_in_float_and_little_in_int8(utkface: Path) -> None:
    report = measure_exports(MODEL_PATH, load_dataset(utkface, progress=False).select("validation"), chips=300)
    print(json.dumps(report, indent=2))
    for name in FORMATS:
        change = report["formats"][name]["age_mae_change"]
        assert abs(change) < (INT8_MAE_CHANGE if name == "litert-int8" else 0.001)


def test_figures_of_the_shipped_model_say_that_int8_costs_less_than_a_tenth_of_a_year() -> None:
    formats = json.loads((RESULTS / "exports.json").read_text())["formats"]
    assert abs(formats["litert-int8"]["age_mae"] - formats["litert"]["age_mae"]) < INT8_MAE_CHANGE


def test_runtime_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ExportError, match=r"Running onnx needs onnxruntime: pip install -r requirements-export\.txt"):
        open_exported("onnx", tmp_path / "model.onnx")
