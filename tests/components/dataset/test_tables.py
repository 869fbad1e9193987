"""Tables of the Data set page: by hand on a few photos, and against the shipped label table."""

import json

import pandas as pd
import pytest
from helpers.page_tables import labels
from helpers.paths import RESULTS

from components.dataset import charts as dataset_charts
from components.dataset import tables as dataset_tables
from model.labels import BRACKET_NAMES, GENDERS


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return dataset_tables.with_brackets(pd.read_parquet(RESULTS / "labels.parquet"))


@pytest.mark.parametrize("split_by", [None, "gender", "ethnicity", "split"])
@pytest.mark.parametrize("bins", dataset_tables.BINS)
def test_distribution_counts_every_labelled_photo_once(shipped: pd.DataFrame, bins: str, split_by: str | None) -> None:
    table = dataset_tables.distribution(shipped, bins, split_by)
    labelled = shipped if split_by is None else shipped[shipped[split_by].notna()]
    counts = labelled["age" if bins == "Years" else "bracket"].value_counts()
    by_bin = table.groupby(table.columns[0])["photos"].sum()
    assert by_bin[by_bin > 0].to_dict() == counts[counts > 0].to_dict()
    assert table.groupby("part")["share"].sum().to_list() == pytest.approx([1] * table["part"].nunique())


def test_distribution_has_a_row_also_for_ages_without_photos() -> None:
    table = dataset_tables.distribution(labels([3, 6]), "Years", None)
    assert table["age"].to_list() == [3, 4, 5, 6]
    assert table["photos"].to_list() == [1, 0, 0, 1]


def test_brackets_add_up_to_the_counts_of_the_data_command(shipped: pd.DataFrame) -> None:
    counts = json.loads((RESULTS / "dataset.json").read_text())
    table = dataset_tables.brackets(shipped)
    assert table["bracket"].to_list() == list(BRACKET_NAMES)
    assert table["photos"].sum() == counts["photos"]
    assert table[["train", "validation", "test"]].sum().to_dict() == counts["splits"]
    twenties = shipped[shipped["age"].between(20, 29)]
    row = table.set_index("bracket").loc["20–29"]
    assert row["photos"] == len(twenties)
    assert row["per_year"] == len(twenties) / 10
    assert row["female"] == pytest.approx((twenties["gender"] == "female").mean())


@pytest.mark.parametrize("split_by", ["gender", "ethnicity", "split"])
def test_composition_shares_add_up_in_each_bracket(shipped: pd.DataFrame, split_by: str) -> None:
    table = dataset_tables.composition(shipped, split_by)
    assert table.groupby("bracket", observed=True)["share"].sum().to_list() == pytest.approx([1] * 9)
    row = table[(table["bracket"] == "70+") & (table["part"] == shipped[split_by].cat.categories[0])].iloc[0]
    old = shipped[shipped["bracket"] == "70+"]
    assert row["photos"] == (old[split_by] == row["part"]).sum()


def test_rounding_compares_round_ages_with_their_neighbours() -> None:
    even = [age for age in range(10, 100) for _ in range(2)]
    assert dataset_tables.rounding(labels(even)) == pytest.approx(1)
    heaped = even + [age for age in range(20, 91, 5) for _ in range(4)]
    assert dataset_tables.rounding(labels(heaped)) == pytest.approx(3)


def test_distribution_chart_draws_the_table(shipped: pd.DataFrame) -> None:
    table = dataset_tables.distribution(shipped, "Brackets", "gender")
    bars = dataset_charts.distribution(table, "gender", "Photos", logarithmic=False, selected=["20–29"])
    assert [trace.type for trace in bars.data] == ["bar", "bar"]
    for trace, gender in zip(bars.data, GENDERS, strict=True):
        expected = [((shipped["bracket"] == b) & (shipped["gender"] == gender)).sum() for b in BRACKET_NAMES]
        assert list(trace.y) == expected
        assert [opacity == 1 for opacity in trace.marker.opacity] == [b == "20–29" for b in BRACKET_NAMES]
        assert trace.customdata[3][0] == "20–29"  # what a click on the bar selects
    for logarithmic, measure in ((True, "Photos"), (False, "Share")):
        lines = dataset_charts.distribution(table, "gender", measure, logarithmic, selected=[])
        assert [trace.type for trace in lines.data] == ["scatter", "scatter"]
