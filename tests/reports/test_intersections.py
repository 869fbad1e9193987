"""Intersections: every cell against the predictions, and the interval of the largest gap."""

import numpy as np
import pandas as pd
import pytest
from helpers.paths import RESULTS

from components.dataset.tables import with_brackets
from reports import intersections
from reports.data_sets import DATA_SETS, FAIRFACE, UTKFACE, DataSet, with_groups
from reports.metrics import wilson_interval


def read(data: DataSet) -> pd.DataFrame:
    table = with_brackets(with_groups(pd.read_parquet(RESULTS / data.predictions), data))
    return table.assign(band=intersections.age_bands(table["bracket"]))


@pytest.mark.parametrize("data", [UTKFACE, FAIRFACE], ids=lambda data: data.name)
def test_cells_are_the_shares_of_their_photos(data: DataSet) -> None:
    people = read(data)
    table = intersections.cells(people, [str(data.group), "gender", "band"], "gender_accuracy")
    assert table["photos"].sum() == people[data.group].notna().sum()
    for row in table.sample(8, random_state=0).to_dict("records"):
        cell = people[
            (people[data.group] == row[data.group])
            & (people["gender"] == row["gender"])
            & (people["band"] == row["band"])
        ]
        right = (cell["female_probability"] >= 0.5) == (cell["gender"] == "female")
        assert (row["photos"], row["value"]) == (len(cell), pytest.approx(right.mean()))
        assert (row["low"], row["high"]) == pytest.approx(wilson_interval(int(right.sum()), len(cell)))


def test_age_errors_of_cells_have_normal_intervals() -> None:
    people = read(UTKFACE)
    table = intersections.cells(people, ["gender"], "age_mae").set_index("gender")
    errors = (people["predicted_age"] - people["age"]).abs()[people["gender"] == "female"]
    assert table.loc["female", "value"] == pytest.approx(errors.mean(), abs=1e-4)
    half = 1.96 * errors.std() / np.sqrt(len(errors))
    assert (table["high"] - table["low"])["female"] == pytest.approx(2 * half, rel=1e-3)


def cell(name: str, photos: int, right: int) -> dict[str, object]:
    low, high = wilson_interval(right, photos)
    return {"name": name, "photos": photos, "value": right / photos, "low": low, "high": high}


def test_gap_has_newcombes_interval() -> None:
    # Newcombe (1998), table II: 56/70 against 48/80, method 10.
    gap = intersections.largest_gap(pd.DataFrame([cell("a", 70, 56), cell("b", 80, 48)]), "gender_accuracy")
    assert gap is not None
    assert (gap.best, gap.worst, gap.compared) == ("a", "b", 2)
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_gap_leaves_out_cells_with_few_photos() -> None:
    table = pd.DataFrame([cell("many", 100, 90), cell("few", 29, 1), cell("enough", 30, 30)])
    gap = intersections.largest_gap(table, "gender_accuracy")
    assert gap is not None
    assert (gap.best, gap.worst) == ("enough", "many")
    assert intersections.largest_gap(table[:2], "gender_accuracy") is None


@pytest.mark.parametrize("data", DATA_SETS, ids=lambda data: data.name)
def test_every_photo_has_a_band(data: DataSet) -> None:
    people = read(data)
    assert people["band"].notna().all()
    youngest = people["age" if "age" in people else "youngest"]
    assert ((youngest < 10) == (people["band"] == "0–9")).all()
    assert ((youngest >= 60) == (people["band"] == "60+")).all()
