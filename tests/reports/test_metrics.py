"""Scores against the shipped result files, and against figures worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.paths import RESULTS

from model.labels import BRACKET_NAMES, age_brackets
from reports.metrics import Gap, bootstrap, gaps, photo_scores


@pytest.fixture(scope="module")
def report() -> dict:
    return json.loads((RESULTS / "report.json").read_text())


@pytest.fixture(scope="module")
def predictions() -> pd.DataFrame:
    return pd.read_parquet(RESULTS / "test_predictions.parquet")


def test_scores_of_each_group_are_those_of_the_report(report: dict, predictions: pd.DataFrame) -> None:
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


def test_bootstrap_interval_is_that_of_the_normal_law_for_many_photos() -> None:
    values = pd.DataFrame({"error": np.random.default_rng(0).normal(3, 2, 4000)})
    figure = bootstrap(values).loc["error"]
    assert figure["value"] == pytest.approx(values["error"].mean())
    assert figure["high"] - figure["low"] == pytest.approx(2 * 1.96 * 2 / np.sqrt(4000), rel=0.1)


def test_gaps_name_the_best_and_the_worst_group() -> None:
    def group(mae: float, accuracy: float, photos: int = 100) -> dict:
        return {"photos": photos, "age_mae": {"value": mae}, "gender_accuracy": {"value": accuracy}}

    both = {"male": group(5, 0.9), "female": group(4, 0.8)}
    found = gaps({"by_age": {"0–2": group(1, 0.7), "3–9": group(9, 0.99, photos=3), "10–19": group(2.5, 0.8)}}
                 | {"by_gender": both, "by_ethnicity": both})  # fmt: skip
    assert found[0] == Gap("age_mae", "by_age", "0–2", "10–19", 1, 2.5)  # three photos are too few to be the worst
    assert found[0].size == 1.5
    assert found[4] == Gap("gender_accuracy", "by_gender", "male", "female", 0.9, 0.8)
    assert found[4].size == pytest.approx(0.1)
