"""Charts of one's own photos: what is drawn, and names that run nothing."""

import numpy as np
import pandas as pd
import pytest

from components.evaluate.charts import ages, group_points, group_rows, measures_of
from model.calibration import Calibration
from model.estimator import RawEstimates
from reports.own_people.analysis import Evaluation, predictions_table
from reports.own_people.figures import scores
from reports.own_people.photo_table import photo_table


def evaluation(count: int = 12) -> Evaluation:
    raw = RawEstimates(np.linspace(10, 70, count), np.full(count, 5.0), np.full(count, 0.9))
    labels = pd.DataFrame(
        {
            "file": [f"<b>{i}.jpg" for i in range(count)],
            "age": raw.age + 2,
            "gender": pd.Categorical(["female"] * count, ["male", "female"]),
            "group": ["=1+1"] * 3 + ["<a href='x'>south"] * (count - 3),
        }
    )
    return Evaluation(predictions_table(labels, raw, Calibration((0.0,), (-1.0,), (1.0,), 1.0)), raw, {})


def test_each_photo_is_a_point_with_its_interval() -> None:
    table = photo_table(evaluation())
    points = ages(table).data[0]
    assert list(points.x) == table["age"].to_list()
    assert list(points.error_y.array) == pytest.approx([5.0] * 12)
    assert points.customdata[0][0].startswith("&lt;b&gt;")


def test_groups_have_intervals_where_there_are_enough_photos_and_names_run_nothing() -> None:
    figures = scores(evaluation().predictions)
    measures = measures_of(figures)
    assert list(measures) == ["Age error", "Age bias", "Interval coverage", "Gender accuracy"]
    rows = group_rows(figures, measures["Age bias"])
    assert rows["name"].to_list()[0] == "All photos"
    assert "Group =1+1" in set(rows["name"])
    chart = group_points(rows, measures["Age bias"]).data[0]
    few = rows["name"].to_list().index("Group =1+1")
    assert chart.customdata[few].endswith("too few photos for an interval")
    assert not any("<a" in name for name in chart.y)
    coverage = group_rows(figures, measures["Interval coverage"])
    assert coverage["value"].max() == 100
