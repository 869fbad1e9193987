"""Tables and charts of the Model performance page: by hand, and against the shipped predictions and report."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.page_tables import predictions
from helpers.paths import RESULTS

from components.dataset.tables import with_brackets
from components.performance import charts as performance_charts
from components.performance import gender_charts, training_charts
from components.performance import tables as performance_tables
from model.labels import BRACKET_NAMES, ETHNICITIES
from reports import metrics


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return with_brackets(pd.read_parquet(RESULTS / "test_predictions.parquet"))


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return json.loads((RESULTS / "report.json").read_text())


@pytest.mark.parametrize(
    ("column", "grouping"), [("bracket", "by_age"), ("gender", "by_gender"), ("ethnicity", "by_ethnicity")]
)
def test_group_scores_are_those_of_the_report(
    shipped: pd.DataFrame, report: dict[str, Any], column: str, grouping: str
) -> None:
    table = performance_tables.scores_by(shipped, column)
    assert table[column].to_list() == [name for name, group in report[grouping].items() if group["photos"]]
    for row in table.to_dict("records"):
        group = report[grouping][row[column]]
        assert row["photos"] == group["photos"]
        for measure in performance_charts.measures_of(performance_tables.overall_scores(shipped)).values():
            assert row[measure.column] == pytest.approx(group[measure.column]["value"], abs=2e-4)
            low, high = row[f"{measure.column}_low"], row[f"{measure.column}_high"]
            if measure.factor == 100:
                count = round(row[measure.column] * row["photos"])
                assert (low, high) == pytest.approx(metrics.wilson_interval(count, row["photos"]))
            else:
                assert (low, high) == pytest.approx(
                    (group[measure.column]["low"], group[measure.column]["high"]), abs=2e-4
                )


def test_bars_and_their_ends_are_the_scores(shipped: pd.DataFrame, report: dict[str, Any]) -> None:
    table = performance_tables.scores_by(shipped, "bracket")
    measure = performance_charts.MEASURES["Gender accuracy"]
    bars = performance_charts.group_bars(table, "bracket", measure, "Age", ["70+"]).data[0]
    for i, name in enumerate(BRACKET_NAMES):
        row = table.set_index("bracket").loc[name]
        assert bars.y[i] == pytest.approx(100 * report["by_age"][name]["gender_accuracy"]["value"], abs=0.02)
        assert bars.y[i] + bars.error_y.array[i] == pytest.approx(100 * row["gender_accuracy_high"])
        assert bars.y[i] - bars.error_y.arrayminus[i] == pytest.approx(100 * row["gender_accuracy_low"])
        assert bars.customdata[i][0] == name
        assert (bars.marker.opacity[i] == 1) == (name == "70+")


def test_coverage_is_drawn_as_points_with_the_selected_bracket_highlighted_and_few_photos_named(
    shipped: pd.DataFrame,
) -> None:
    few = shipped.groupby("bracket", observed=True).head(29)
    figure = performance_charts.coverage_points(performance_tables.scores_by(few, "bracket"), ["70+"])
    (points,) = figure.data
    assert points.mode == "markers"
    assert [opacity == 1 for opacity in points.marker.opacity] == [name == "70+" for name in points.x]
    assert all(text.endswith("(29, few)") for text in figure.layout.xaxis.ticktext)


def test_cumulative_scores_count_photos_within_each_error() -> None:
    table = performance_tables.cumulative_scores(predictions([20, 30, 40, 50], [20, 33, 45, 80], "mfmf", [0.1] * 4))
    shares = table.set_index("years")["share"]
    assert (shares[0], shares[2], shares[3], shares[5], shares[20]) == (0.25, 0.25, 0.5, 0.75, 0.75)


def test_cumulative_score_at_five_years_is_that_of_the_report(shipped: pd.DataFrame, report: dict[str, Any]) -> None:
    shares = performance_tables.cumulative_scores(shipped).set_index("years")["share"]
    assert shares[5] == pytest.approx(report["overall"]["cs5"]["value"], abs=1e-4)


def test_density_holds_every_photo_in_its_square(shipped: pd.DataFrame) -> None:
    table = performance_tables.age_density(shipped)
    assert table["photos"].sum() == len(shipped)
    row = table.iloc[table["photos"].argmax()]
    inside = shipped["age"].between(row["labelled"], row["labelled"] + 2) & shipped["predicted_age"].between(
        row["predicted"], row["predicted"] + 3, inclusive="left"
    )
    assert row["photos"] == inside.sum()
    drawn = np.array(performance_charts.age_density(table).data[0].z, dtype=float)
    assert np.nansum(10**drawn) == pytest.approx(len(shipped))


def test_accuracy_grid_is_right_cell_by_cell(shipped: pd.DataFrame) -> None:
    table = performance_tables.accuracy_grid(shipped, "ethnicity")
    assert table["photos"].sum() == shipped["ethnicity"].notna().sum()
    cell = shipped[(shipped["ethnicity"] == "Black") & shipped["age"].between(20, 29)]
    right = ((cell["female_probability"] >= 0.5) == (cell["gender"] == "female")).mean()
    row = table[(table["group"] == "Black") & (table["bracket"] == "20–29")].iloc[0]
    assert (row["photos"], row["accuracy"]) == (len(cell), pytest.approx(right))
    drawn = np.array(gender_charts.accuracy_grid(table, ETHNICITIES, "Ethnicity").data[0].z, dtype=float)
    assert drawn[ETHNICITIES.index("Black"), BRACKET_NAMES.index("20–29")] == pytest.approx(100 * right)


def test_thin_cells_are_not_drawn() -> None:
    table = performance_tables.accuracy_grid(predictions([20] * 9, [20] * 9, "m" * 9, [0.1] * 9), "ethnicity")
    assert np.isnan(np.array(gender_charts.accuracy_grid(table, ETHNICITIES, "Ethnicity").data[0].z, dtype=float)).all()


def test_confusion_counts_each_mistake() -> None:
    table = metrics.confusion(predictions([30] * 4, [30] * 4, "ffmm", [0.9, 0.2, 0.3, 0.1]))
    counts = {(row.labelled, row.predicted): (row.photos, row.share) for row in table.itertuples()}
    assert counts == {
        ("male", "male"): (2, 1), ("male", "female"): (0, 0),
        ("female", "male"): (1, 0.5), ("female", "female"): (1, 0.5),
    }  # fmt: skip
    assert gender_charts.confusion(table).data[0].text[1][0] == "50.0%<br>1 photos"


def test_confusion_of_one_gender_leaves_the_other_row_blank() -> None:
    table = metrics.confusion(predictions([30] * 2, [30] * 2, "ff", [0.9, 0.2]))
    assert list(gender_charts.confusion(table).data[0].text[0]) == ["", ""]


def test_roc_starts_at_none_ends_at_all_and_passes_the_threshold_in_use(shipped: pd.DataFrame) -> None:
    curve = metrics.roc(shipped)
    assert curve.iloc[0][["true_positive", "false_positive"]].to_list() == [0, 0]
    assert curve.iloc[-1][["true_positive", "false_positive"]].to_list() == [1, 1]
    table = metrics.confusion(shipped).set_index(["labelled", "predicted"])["share"]
    marked = gender_charts.roc(curve).data[2]
    assert marked.y[0] == pytest.approx(100 * table["female", "female"])
    assert marked.x[0] == pytest.approx(100 * table["male", "female"])


def test_largest_errors_come_first_with_their_likely_reason() -> None:
    table = predictions([80, 5, 30, 40, 41], [50, 20, 55, 41, 41], "mfmfm", [0.1, 0.2, 0.9, 0.8, 0.2])
    labels = pd.DataFrame(
        {
            "photo": [*table["photo"], "copy"],
            "group": ["a", "b", "c", "d", "e", "c"],
            "age": [80, 5, 30, 40, 41, 52],
            "gender": [*table["gender"].astype(str), "male"],
        }
    )
    sharpness = pd.DataFrame({"photo": table["photo"], "sharpness": [1.0, 50, 60, 70, 80]})
    worst = performance_tables.largest_errors(table, labels, sharpness, "Age", 4)
    assert worst["age"].to_list() == [80, 30, 5, 40]
    assert worst["error"].to_list() == [-30, 25, 15, 1]
    assert worst["reason"].to_list() == [
        "elderly; blur", "label noise: a near-duplicate is labelled 52", "child", "unknown"
    ]  # fmt: skip
    wrong = performance_tables.largest_errors(table, labels, sharpness, "Gender", 9)
    assert wrong["probability"].to_list() == [0.9, 0.8]
    assert wrong["predicted_gender"].to_list() == ["female", "male"]


def test_shipped_largest_error_is_the_largest(shipped: pd.DataFrame) -> None:
    labels = pd.read_parquet(RESULTS / "labels.parquet")
    sharpness = pd.read_parquet(RESULTS / "sharpness.parquet")
    assert set(sharpness["photo"]) == set(shipped["photo"])
    worst = performance_tables.largest_errors(shipped, labels, sharpness, "Age", 5)
    errors = (shipped["predicted_age"] - shipped["age"]).abs()
    assert worst["error"].abs().to_list() == pytest.approx(errors.sort_values(ascending=False)[:5].to_list())


def test_comparison_names_a_protocol_and_a_source_for_every_system(
    shipped: pd.DataFrame, report: dict[str, Any]
) -> None:
    labels = pd.read_parquet(RESULTS / "labels.parquet")
    train = labels.loc[labels["split"] == "train", "age"]
    table = performance_tables.comparison(shipped, train)
    assert table[["system", "age_mae", "photos", "protocol", "source"]].notna().all(axis=None)
    assert table["age_mae"].is_monotonic_increasing
    ours = table.set_index("system").loc["This model"]
    assert ours["age_mae"] == pytest.approx(report["overall"]["age_mae"]["value"], abs=1e-4)
    assert ours["gender_accuracy"] == pytest.approx(report["overall"]["gender_accuracy"]["value"], abs=1e-4)
    baseline = table[table["system"].str.contains("training median")].iloc[0]
    assert baseline["age_mae"] == pytest.approx((shipped["age"] - train.median()).abs().mean())
    assert sum(len(trace.x) for trace in training_charts.comparison(table).data) == len(table)
