"""Age limits: by hand, against scipy, and on the shipped predictions of every data set with known ages."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.paths import RESULTS
from scipy.stats import binomtest

from reports import thresholds
from reports.data_sets import ALL_AGE_FACES, DATA_SETS, UTKFACE, DataSet


def people(ages: list[int], guesses: list[float], letters: str = "") -> pd.DataFrame:
    genders = ["female" if letter == "f" else "male" for letter in letters or "m" * len(ages)]
    return pd.DataFrame({"age": ages, "predicted_age": guesses, "gender": genders})


def test_minors_passed_and_adults_challenged_by_hand() -> None:
    table = people([17, 16, 10, 18, 40], [25, 24.9, 8, 24, 41])
    assert thresholds.minors_passed(table, 18, 25)[0] == pytest.approx(1 / 3)
    assert thresholds.adults_challenged(table, 18, 25)[0] == pytest.approx(1 / 2)
    assert thresholds.just_below(table, 18)["age"].to_list() == [17, 16]


@pytest.mark.parametrize("data", [UTKFACE, ALL_AGE_FACES], ids=lambda data: data.name)
@pytest.mark.parametrize(("limit", "challenge"), [(13, 13), (18, 25), (25, 30)])
def test_curves_are_the_counts_of_the_predictions(data: DataSet, limit: int, challenge: int) -> None:
    table = pd.read_parquet(RESULTS / data.predictions)
    curve = thresholds.curves(table, limit, [challenge]).set_index("curve")
    for name, people_meant, counted in (
        ("Under the limit, passed", table["age"] < limit, table["predicted_age"] >= challenge),
        ("At or over the limit, challenged", table["age"] >= limit, table["predicted_age"] < challenge),
    ):
        count, total = int((people_meant & counted).sum()), int(people_meant.sum())
        interval = binomtest(count, total).proportion_ci(method="wilson")
        row = curve.loc[name]
        assert (row["photos"], row["share"]) == (total, pytest.approx(count / total))
        assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high), abs=1e-6)


def test_a_higher_challenge_age_passes_fewer_minors_and_challenges_more_adults() -> None:
    curve = thresholds.curves(pd.read_parquet(RESULTS / ALL_AGE_FACES.predictions), 18)
    by_curve = {name: rows.sort_values("challenge_age")["share"] for name, rows in curve.groupby("curve")}
    passed, just_under = by_curve["Under the limit, passed"], by_curve["Just under the limit, passed"]
    assert passed.is_monotonic_decreasing
    assert just_under.is_monotonic_decreasing
    assert by_curve["At or over the limit, challenged"].is_monotonic_increasing
    assert (just_under.to_numpy() >= passed.to_numpy()).all()


def test_groups_add_up_to_all_photos() -> None:
    table = pd.read_parquet(RESULTS / UTKFACE.predictions)
    groups = thresholds.by_group(table.assign(group=thresholds.age_groups(table["age"])), "group", 18, 25)
    assert groups["under"].sum() == (table["age"] < 18).sum()
    assert groups["at_or_over"].sum() == (table["age"] >= 18).sum()
    passed = (groups["passed"].fillna(0) * groups["under"]).sum() / groups["under"].sum()
    assert passed == pytest.approx(thresholds.minors_passed(table, 18, 25).value)


def test_ages_fall_into_the_group_that_names_them() -> None:
    groups = thresholds.age_groups(pd.Series([0, 9, 10, 12, 13, 17, 18, 24, 25, 30, 116]))
    assert list(groups) == ["0–9", "0–9", "10–12", "10–12", "13–15", "16–17", "18–20", "21–24", "25–29", "30+", "30+"]


def test_cell_mae_counts_every_age_and_sex_once() -> None:
    # Three men of 20 who are off by 1 year, one woman of 20 off by 5, one man of 30 off by 3; 40 is not averaged.
    table = people([20, 20, 20, 20, 30, 40], [21, 19, 21, 25, 33, 80], "mmmfmm")
    figure = thresholds.cell_mae(table)
    assert figure.value == pytest.approx((1 + 5 + 3) / 3)
    assert figure.photos == 5


def test_cell_mae_interval_covers_the_mean_of_fresh_photos() -> None:
    rng = np.random.default_rng(0)
    ages = rng.integers(18, 31, 40_000)
    table = people(list(ages), list(ages + rng.normal(0, 2, len(ages))), "mf" * (len(ages) // 2))
    figure = thresholds.cell_mae(table)
    assert figure.low < 2 * np.sqrt(2 / np.pi) < figure.high
    assert figure.high - figure.low == pytest.approx(2 * 1.96 * 2 * np.sqrt(1 - 2 / np.pi) / 200, rel=0.1)


def test_cell_mae_of_the_shipped_predictions_is_the_mean_over_26_cells() -> None:
    table = pd.read_parquet(RESULTS / UTKFACE.predictions)
    errors = (table["predicted_age"] - table["age"]).abs()
    cells = [
        errors[(table["age"] == age) & (table["gender"] == sex)] for age in range(18, 31) for sex in ("male", "female")
    ]
    assert thresholds.cell_mae(table).value == pytest.approx(
        np.mean([cell.mean() for cell in cells if len(cell)]), abs=1e-4
    )


def test_challenge_25_counts_14_to_17_year_olds_alone() -> None:
    table = people([13, 14, 17, 18], [30, 30, 20, 30])
    assert thresholds.challenge_25(table)[0] == 0.5
    assert thresholds.challenge_25(table).photos == 2
    assert np.isnan(thresholds.challenge_25(people([30], [30])).value)


def test_acc_counts_errors_of_at_most_five_years() -> None:
    table = people([30, 30, 30], [35, 35.1, 30])
    assert thresholds.acc(table).value == pytest.approx(2 / 3)


@pytest.mark.parametrize("data", DATA_SETS, ids=lambda data: data.name)
def test_failure_to_process_is_the_share_of_skipped_photos(data: DataSet) -> None:
    report = json.loads((RESULTS / data.report).read_text())
    figure = thresholds.failure_to_process(report)
    skipped = sum(report["skipped"].values())
    assert figure.value == pytest.approx(
        skipped / (skipped + report["validation_photos"] + report["overall"]["photos"])
    )
