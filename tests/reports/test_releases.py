"""The comparison with the previous release: paired, group by group, and a command that fails."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.page_tables import predictions
from helpers.paths import RESULTS

from model.errors import UserError
from reports import releases
from reports.data_sets import UTKFACE
from reports.releases import ESTIMATES, compare, compare_results
from train.__main__ import main


def write(folder: Path, ages: list[int], now: Sequence[float], before: Sequence[float]) -> Path:
    """A results folder with these estimates of today and of the previous release."""
    count = len(ages)
    today = predictions(ages, now, "m" * count, [0.1] * count).drop(columns="bracket")
    today.to_parquet(folder / UTKFACE.predictions)
    today.assign(predicted_age=before)[list(ESTIMATES)].to_parquet(folder / releases.PREVIOUS_FILE)
    return folder


def test_changes_are_those_of_the_errors_on_the_same_photos() -> None:
    table = compare_results(RESULTS)
    today = pd.read_parquet(RESULTS / UTKFACE.predictions)
    both = today.merge(pd.read_parquet(RESULTS / releases.PREVIOUS_FILE), on="photo", suffixes=("", "_old"))
    women = both[both["gender"] == "female"]
    change = (women["predicted_age"] - women["age"]).abs() - (women["predicted_age_old"] - women["age"]).abs()
    row = table[(table["group"] == "female") & (table["metric"] == "age_mae")].iloc[0]
    assert row["photos"] == len(women)
    assert row["change"] == pytest.approx(change.mean(), abs=1e-4)
    assert row["high"] - row["low"] == pytest.approx(2 * 1.96 * change.std() / np.sqrt(len(women)), rel=1e-3)
    assert row["after"] - row["before"] == pytest.approx(row["change"])
    assert (table["worse"] == (table["low"] > 0)).all()


def test_photos_are_matched_by_name_and_not_by_place() -> None:
    today = predictions([20, 40, 60], [21, 42, 63], "mmm", [0.1] * 3)
    before = today[list(ESTIMATES)].iloc[[2, 0]]  # in another order, and one photo is new
    changes = compare(today, before)
    assert changes["change"].abs().max() == 0
    assert changes.iloc[0]["photos"] == 2


def test_nothing_in_common_is_said() -> None:
    today = predictions([20], [21], "m", [0.1])
    with pytest.raises(UserError, match="cannot be compared"):
        compare(today, today[list(ESTIMATES)].assign(photo="another"))


def test_command_fails_if_a_group_got_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ages = [25] * 40 + [65] * 40
    wobble = [0.1, -0.1] * 40
    worse_for_the_old = [age + 1 if age < 30 else age + 4 + step for age, step in zip(ages, wobble, strict=True)]
    as_before = [age + 1 for age in ages]
    assert main(["compare", "--results", str(write(tmp_path, ages, worse_for_the_old, as_before))]) == 1
    assert "age_mae of 60–69" in capsys.readouterr().err
    assert main(["compare", "--results", str(write(tmp_path, ages, as_before, worse_for_the_old))]) == 0
    assert "No group is worse" in capsys.readouterr().out


def test_command_without_results_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--results", str(tmp_path)]) == 1
    assert UTKFACE.predictions in capsys.readouterr().err
