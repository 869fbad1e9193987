"""Risk and coverage: by hand, and on the shipped predictions."""

import numpy as np
import pandas as pd
import pytest
from helpers.paths import RESULTS

from reports import selective
from reports.data_sets import DATA_SETS, FAIRFACE, UTKFACE, DataSet
from reports.selective import Task


def table(widths: list[float], errors: list[float]) -> pd.DataFrame:
    """People of 40 with intervals of these widths, estimated these many years too old; all rightly male."""
    count = len(widths)
    return pd.DataFrame(
        {
            "age": [40] * count,
            "predicted_age": 40 + np.array(errors),
            "age_low": 40 - np.array(widths) / 2,
            "age_high": 40 + np.array(widths) / 2,
            "gender": ["male"] * count,
            "female_probability": [0.1] * count,
            "group": list("aabb")[:count],
        }
    )


def test_risk_is_the_error_of_the_surest() -> None:
    people = table([4, 2, 8, 6], [3, 1, 9, 3])
    assert selective.risks(people, "Age").tolist() == [1, 2, 7 / 3, 4]
    assert selective.area_under_risk(people, "Age") == pytest.approx((1 + 2 + 7 / 3 + 4) / 4)


def test_everyone_answered_has_the_error_of_all() -> None:
    for data in DATA_SETS:
        people = pd.read_parquet(RESULTS / data.predictions)
        curve = selective.risk_curve(people, "Gender")
        wrong = (people["female_probability"] >= 0.5) != (people["gender"] == "female")
        assert curve.iloc[-1]["photos"] == len(people)
        assert curve.iloc[-1]["risk"] == pytest.approx(wrong.mean())
        assert curve.iloc[-1]["best"] == pytest.approx(wrong.mean())


@pytest.mark.parametrize("percent", [5, 50, 95])
def test_curve_is_that_of_the_shipped_predictions(percent: int) -> None:
    people = pd.read_parquet(RESULTS / UTKFACE.predictions)
    widths = (people["age_high"] - people["age_low"]).to_numpy()
    surest = np.argsort(widths, kind="stable")[: round(percent / 100 * len(people))]
    errors = (people["predicted_age"] - people["age"]).abs().to_numpy()
    row = selective.risk_curve(people, "Age").iloc[percent - 1]
    assert row["coverage"] == percent / 100
    assert row["risk"] == pytest.approx(errors[surest].mean(), abs=1e-4)
    assert row["best"] == pytest.approx(np.sort(errors)[: len(surest)].mean(), abs=1e-4)


def test_risk_of_brackets_is_the_distance_from_them() -> None:
    people = pd.read_parquet(RESULTS / FAIRFACE.predictions)
    outside = selective.losses(people, "Age")
    age = people["predicted_age"].round()
    expected = np.maximum(0, np.maximum(people["youngest"] - age, age - people["oldest"]))
    assert np.allclose(outside, expected)


def test_groups_are_answered_by_their_certainty() -> None:
    groups = selective.answered_by_group(table([2, 9, 3, 4], [1, 1, 2, 4]), "Age", 0.75, "group").set_index("group")
    assert groups["share"].to_dict() == {"a": 0.5, "b": 1}
    assert groups["risk"].to_dict() == {"a": 1, "b": 3}


@pytest.mark.parametrize("data", DATA_SETS, ids=lambda data: data.name)
@pytest.mark.parametrize("task", ["Age", "Gender"])
def test_answered_shares_of_groups_add_up_to_the_coverage(data: DataSet, task: Task) -> None:
    people = pd.read_parquet(RESULTS / data.predictions)
    groups = selective.answered_by_group(people, task, 0.3, "gender")
    answered = (groups["share"] * groups["photos"]).sum()
    assert answered == pytest.approx(round(0.3 * len(people)))
    assert (groups["low"] <= groups["share"]).all()
    assert (groups["share"] <= groups["high"]).all()
    risk = np.average(groups["risk"], weights=groups["share"] * groups["photos"])
    assert risk == pytest.approx(selective.risk_curve(people, task)["risk"][29])
