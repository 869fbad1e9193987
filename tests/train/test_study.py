from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from train import study
from train.__main__ import main
from train.data.utkface import Dataset
from train.recipes import RECIPES, SHIPPED, Config
from train.study import BASE, EXPERIMENTS, Experiment, missing_rows, run_experiment, write_row

TINY = Config(network="cnn", epochs=1, image_size=32, batch_size=16)


def test_experiments_change_one_thing_of_the_base() -> None:
    for name in list(EXPERIMENTS)[list(EXPERIMENTS).index("base") :]:
        (config,) = EXPERIMENTS[name].configs.values()
        changed = {f.name for f in fields(Config) if getattr(config, f.name) != getattr(BASE, f.name)}
        assert len(changed) == (0 if name == "base" else 1), name


def test_shipped_row_is_the_recipe_that_ships() -> None:
    assert EXPERIMENTS["shipped"].configs == {SHIPPED: RECIPES[SHIPPED]}


def test_row_is_measured_on_validation(small_dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(study.EXPERIMENTS, "cnn", Experiment("tiny", {"tiny": TINY}))
    row = run_experiment("cnn", small_dataset, tmp_path, verbose=0)
    assert row["parameters"] > 100_000
    assert row["milliseconds_per_face"] > 0
    validation = small_dataset.select("validation").photos
    assert round(row["validation_gender_accuracy"] * len(validation), 2) % 1 == pytest.approx(0, abs=0.02)


def test_mirrored_row_is_the_same_network_judging_both_ways_round(
    small_dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {}
    for mirrored in (False, True):
        monkeypatch.setitem(study.EXPERIMENTS, "cnn", Experiment("tiny", {"tiny": TINY}, mirrored))
        rows[mirrored] = run_experiment("cnn", small_dataset, tmp_path, verbose=0)
    assert rows[True]["parameters"] == rows[False]["parameters"]
    assert rows[True]["validation_age_mae"] != rows[False]["validation_age_mae"]


def test_rows_stay_in_order_and_are_replaced(tmp_path: Path) -> None:
    table = tmp_path / "experiments.csv"
    for name, mae in (("vit", 6.0), ("cnn", 7.0), ("vit", 5.5)):
        write_row({"name": name, "validation_age_mae": mae}, table)
    assert pd.read_csv(table).to_dict("records") == [
        {"name": "cnn", "validation_age_mae": 7.0},
        {"name": "vit", "validation_age_mae": 5.5},
    ]
    assert missing_rows(table) == [name for name in EXPERIMENTS if name not in ("cnn", "vit")]


def test_unknown_experiment_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["study", "transformer"])
    assert "unknown experiment transformer" in capsys.readouterr().err
