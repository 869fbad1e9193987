"""Scores against the shipped result files, and against figures worked out by hand."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers import page_tables
from helpers.paths import RESULTS
from scipy.stats import binomtest

from model.labels import BRACKET_NAMES
from reports.gaps import Gap, gaps
from reports.metrics import (
    age_brackets,
    area_under,
    bootstrap,
    calibration_error,
    photo_scores,
    possible_metrics,
    reliability,
    roc,
    score,
    wilson_interval,
)


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return json.loads((RESULTS / "report.json").read_text())


@pytest.fixture(scope="module")
def predictions() -> pd.DataFrame:
    return pd.read_parquet(RESULTS / "test_predictions.parquet")


def test_scores_of_each_group_are_those_of_the_report(report: dict[str, Any], predictions: pd.DataFrame) -> None:
    parts = {"overall": (report["overall"], predictions)}
    for column in ("gender", "ethnicity"):
        for name, group in report[f"by_{column}"].items():
            parts[name] = group, predictions[predictions[column] == name]
    for name in BRACKET_NAMES:
        parts[name] = report["by_age"][name], predictions[age_brackets(predictions["age"]) == name]
    for group, part in parts.values():
        assert group["photos"] == len(part)
        for metric, figure in bootstrap(photo_scores(part)).iterrows():
            for end in ("value", "low", "high"):
                assert figure[end] == pytest.approx(group[str(metric)][end], abs=2e-4)


def predicted(ages: list[float], female: list[float], **labels: list[Any]) -> pd.DataFrame:
    """Predictions with an interval of two years either side."""
    table = pd.DataFrame({"predicted_age": ages, "female_probability": female} | labels)
    return table.assign(age_low=table["predicted_age"] - 2, age_high=table["predicted_age"] + 2)


def test_metrics_are_those_worked_out_by_hand() -> None:
    genders = ["female", "female", "male", "male"]
    result = score(predicted([25, 24, 40, 51], [0.9, 0.2, 0.4, 0.1], age=[20, 30, 40, 50], gender=genders))
    assert {name: figure["value"] for name, figure in result.items() if name != "photos"} == {
        "age_mae": 3,
        "age_bias": 0,
        "cs5": 0.75,
        "gender_accuracy": 0.75,
        "interval_coverage": 0.5,
        "interval_width": 4,
        "gender_calibration_gap": pytest.approx(0.75 - (0.9 + 0.8 + 0.6 + 0.9) / 4),
    }


def test_brackets_give_shares_and_distances_instead_of_errors() -> None:
    table = predicted([29.4, 35, 60, 2.6], [0.5] * 4, youngest=[20, 20, 70, 3], oldest=[29, 29, 116, 9])
    result = score(table)
    assert result["age_in_bracket"]["value"] == 0.5
    assert result["years_outside"]["value"] == 4
    assert not {"age_mae", "interval_coverage", "gender_accuracy"} & set(result)


def test_metric_needs_its_columns_of_every_photo() -> None:
    table = predicted([20, 30], [0.2, 0.7], age=[20, 31], gender=["male", None])
    assert set(possible_metrics(table)) == {"age_mae", "age_bias", "cs5", "interval_coverage", "interval_width"}
    assert set(possible_metrics(table.drop(columns=["age_low", "age_high"]))) == {"age_mae", "age_bias", "cs5"}


def test_no_photos_have_no_metrics() -> None:
    assert score(predicted([], [], age=[], gender=[])) == {"photos": 0}


def test_ages_fall_into_the_bracket_that_names_them() -> None:
    ages = pd.Series([0, 2, 3, 9.9, 20, 69, 70, 116])
    assert list(age_brackets(ages)) == ["0–2", "0–2", "3–9", "3–9", "20–29", "60–69", "70+", "70+"]


def test_reliability_is_that_of_the_report(report: dict[str, Any], predictions: pd.DataFrame) -> None:
    table = reliability(predictions)
    assert table.round(4).to_dict("records") == [pytest.approx(row) for row in report["gender_reliability"]]
    assert calibration_error(table) == pytest.approx(report["gender_calibration_error"], abs=1e-4)


def test_calibration_error_is_the_mean_gap() -> None:
    bins = pd.DataFrame({"stated": [0.6, 0.9], "observed": [0.7, 0.9], "photos": [30, 10]})
    assert calibration_error(bins) == pytest.approx(0.075)


def test_bootstrap_interval_holds_the_value_and_narrows_with_more_photos() -> None:
    rng = np.random.default_rng(5)
    widths = []
    for count in (100, 10_000):
        mae = score(predicted(list(rng.normal(40, 5, count)), [0.5] * count, age=[40] * count))["age_mae"]
        assert mae["low"] < mae["value"] < mae["high"]
        widths.append(mae["high"] - mae["low"])
    assert widths[1] < widths[0] / 5


def test_bootstrap_interval_is_that_of_the_normal_law_for_many_photos() -> None:
    values = pd.DataFrame({"error": np.random.default_rng(0).normal(3, 2, 4000)})
    figure = bootstrap(values).loc["error"]
    assert figure["value"] == pytest.approx(values["error"].mean())
    assert figure["high"] - figure["low"] == pytest.approx(2 * 1.96 * 2 / np.sqrt(4000), rel=0.1)


def test_area_under_the_roc_curve_is_the_share_of_ordered_pairs() -> None:
    rng = np.random.default_rng(0)
    female = rng.random(60).round(1)  # many ties, which count half
    table = page_tables.predictions([30] * 60, [30] * 60, "mf" * 30, list(female))
    men, women = female[::2, None], female[None, 1::2]
    pairs = (women > men).mean() + 0.5 * (women == men).mean()
    assert area_under(roc(table)) == pytest.approx(pairs)


@pytest.mark.parametrize(("count", "total"), [(0, 1), (0, 50), (3, 10), (250, 1000), (999, 1000), (7, 7)])
def test_wilson_interval_is_that_of_scipy(count: int, total: int) -> None:
    expected = binomtest(count, total).proportion_ci(method="wilson")
    assert wilson_interval(count, total) == pytest.approx((expected.low, expected.high), abs=1e-6)


@pytest.mark.parametrize(("count", "total"), [(0, 0), (2, 1), (-1, 5)])
def test_impossible_counts_are_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="Received"):
        wilson_interval(count, total)


def test_gaps_name_the_best_and_the_worst_group() -> None:
    def group(mae: float, accuracy: float, photos: int = 100) -> dict[str, Any]:
        return {"photos": photos, "age_mae": {"value": mae}, "gender_accuracy": {"value": accuracy}}

    both = {"male": group(5, 0.9), "female": group(4, 0.8)}
    found = gaps({"by_age": {"0–2": group(1, 0.7), "3–9": group(9, 0.99, photos=3), "10–19": group(2.5, 0.8)}}
                 | {"by_gender": both, "by_ethnicity": both})  # fmt: skip
    assert found[0] == Gap("age_mae", "by_age", "0–2", "10–19", 1, 2.5)  # three photos are too few to be the worst
    assert found[0].size == 1.5
    assert found[4] == Gap("gender_accuracy", "by_gender", "male", "female", 0.9, 0.8)
    assert found[4].size == pytest.approx(0.1)
