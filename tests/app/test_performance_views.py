"""Model performance, view by view and data set by data set: every figure is that of the result files."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.pages import captions, chart_titles, metrics, open_page
from helpers.paths import RESULTS
from streamlit.testing.v1 import AppTest

from reports import releases
from reports.data_sets import ALL_AGE_FACES, DATA_SETS, FAIRFACE, UTKFACE, DataSet

VIEWS = ("By group", "Age", "Gender", "Thresholds", "When sure", "Intersections", "Largest errors", "Training",
         "Other systems")  # fmt: skip


def predictions(data: DataSet) -> pd.DataFrame:
    return pd.read_parquet(RESULTS / data.predictions)


def figures(app: AppTest) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def trace(figure: dict, name: str) -> dict:  # type: ignore[type-arg]
    return next(trace for trace in figure["data"] if trace.get("name") == name)


def values(array: object) -> np.ndarray:
    """The numbers of a trace, which Plotly may have packed."""
    if isinstance(array, dict):
        import base64

        return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"]).astype(float)
    return np.array(array, dtype=float)


@pytest.mark.parametrize("data", DATA_SETS, ids=lambda data: data.name)
def test_cards_of_each_data_set_are_those_of_its_report(data: DataSet) -> None:
    app = open_page("performance", data=data.name)
    report = json.loads((RESULTS / data.report).read_text())["overall"]
    table, shown = predictions(data), metrics(app)
    right = (table["female_probability"] >= 0.5) == (table["gender"] == "female")
    assert shown["Gender accuracy"] == f"{right.mean():.1%}"
    assert right.mean() == pytest.approx(report["gender_accuracy"]["value"], abs=1e-4)
    if data == FAIRFACE:
        assert shown["Right age bracket"] == f"{report['age_in_bracket']['value']:.1%}"
        assert shown["Years outside bracket"] == f"{report['years_outside']['value']:.2f}"
    else:
        assert shown["Age error (years)"] == f"{report['age_mae']['value']:.2f}"
    assert f"{report['photos']:,} of {report['photos']:,} photos" in captions(app)
    assert data.about in "\n".join(block.value for block in app.markdown)


@pytest.mark.parametrize("data", [FAIRFACE, ALL_AGE_FACES], ids=lambda data: data.name)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_the_other_data_sets_opens_by_its_address(data: DataSet, view: str) -> None:
    app = open_page("performance", data=data.name, view=view)
    assert not app.warning
    assert app.get("plotly_chart") or app.dataframe
    for figure in figures(app):
        assert len(figure["layout"]["title"]["text"]) > 20


def test_groups_of_fairface_filter_the_other_charts() -> None:
    table = predictions(FAIRFACE)
    app = open_page("performance", data="FairFace", group="Latino Hispanic")
    group = table[table["ethnicity"] == "Latino_Hispanic"]
    assert f"Latino Hispanic: {len(group):,} of {len(table):,} photos" in captions(app)
    right = (group["female_probability"] >= 0.5) == (group["gender"] == "female")
    assert metrics(app)["Gender accuracy"] == f"{right.mean():.1%}"


def test_thresholds_pool_the_data_sets_with_known_ages() -> None:
    app = open_page("performance", view="Thresholds", limit="16", challenge="20")
    pooled = pd.concat([predictions(UTKFACE), predictions(ALL_AGE_FACES)])
    minors, adults = pooled[pooled["age"] < 16], pooled[pooled["age"] >= 16]
    passed, challenged = (minors["predicted_age"] >= 20).mean(), (adults["predicted_age"] < 20).mean()
    assert chart_titles(app)[0] == (
        f"A challenge at 20 lets {passed:.1%} of those under 16 pass and stops {challenged:.1%} of the others"
    )
    assert app.header[0].value == "Not for age checks"
    curve = trace(figures(app)[0], "At or over the limit, challenged")
    at = list(values(curve["x"])).index(30)
    assert values(curve["y"])[at] == pytest.approx(100 * (adults["predicted_age"] < 30).mean())


@pytest.mark.parametrize("by", ["Age", "Gender", "Ethnicity", "Data set"])
def test_thresholds_have_a_row_for_each_group(by: str) -> None:
    app = open_page("performance", view="Thresholds", **{"limit-by": by})
    assert len(trace(figures(app)[1], "At or over the limit, challenged")["y"]) >= 2


def test_nist_measures_stand_beside_published_values_with_their_sources() -> None:
    app = open_page("performance", view="Thresholds")
    table = app.dataframe[0].value.set_index("Measure")
    stated = predictions(ALL_AGE_FACES)
    cells = stated[stated["age"].between(18, 30)]
    errors = (
        (cells["predicted_age"] - cells["age"]).abs().groupby([cells["age"], cells["gender"]], observed=True).mean()
    )
    mae, challenge, acc, failure = (row for _, row in table.iterrows())
    assert mae["All-Age-Faces (stated)"].startswith(f"{errors.mean():.2f} (")
    teenagers = stated[stated["age"].between(14, 17)]
    assert challenge["All-Age-Faces (stated)"].startswith(f"{(teenagers['predicted_age'] >= 25).mean():.1%} (")
    within = ((stated["predicted_age"] - stated["age"]).abs() <= 5).mean()
    assert acc["All-Age-Faces (stated)"].startswith(f"{within:.1%} (")
    report = json.loads((RESULTS / ALL_AGE_FACES.report).read_text())
    skipped = sum(report["skipped"].values())
    share = skipped / (skipped + report["validation_photos"] + len(stated))
    assert failure["All-Age-Faces (stated)"].startswith(f"{share:.1%} (")
    assert failure["UTKFace (apparent)"] == "–"  # aligned faces: none has to be found
    assert table["Source"].dropna().str.startswith("https://").all()
    assert (table["Best published"].notna() == table["Source"].notna()).all()


@pytest.mark.parametrize("task", ["Age", "Gender"])
def test_answering_only_when_sure_tells_the_error_of_the_surest(task: str) -> None:
    table = predictions(UTKFACE)
    app = open_page("performance", view="When sure", task=task, surest="25")
    female = table["female_probability"].astype(float)
    if task == "Age":
        sure = -(table["age_high"] - table["age_low"])
        loss = (table["predicted_age"] - table["age"]).abs().astype(float)
    else:
        sure = female.clip(lower=1 - female)
        loss = ((female >= 0.5) != (table["gender"] == "female")).astype(float)
    surest = loss[sure.sort_values(ascending=False, kind="stable").index[: round(0.25 * len(table))]]
    sure_ones, all_photos = (
        f"{risk:.2f} years" if task == "Age" else f"{risk:.2%}" for risk in (surest.mean(), loss.mean())
    )
    assert f"{sure_ones} for the surest 25%, {all_photos} for all" in chart_titles(app)[0]
    assert "Area under the curve (AURC)" in captions(app)


def test_who_is_left_out_follows_the_slider() -> None:
    titles = [chart_titles(open_page("performance", view="When sure", surest=surest))[1] for surest in ("20", "100")]
    assert titles[0] != titles[1]
    assert titles[1].startswith("If only the surest 100% are answered, ")


@pytest.mark.parametrize("data", [UTKFACE, FAIRFACE], ids=lambda data: data.name)
def test_intersections_draw_every_gender_in_every_group(data: DataSet) -> None:
    app = open_page("performance", data=data.name, view="Intersections", band="20–39")
    table = predictions(data)
    youngest = table["age" if "age" in table else "youngest"]
    women = table[youngest.between(20, 39) & (table["gender"] == "female")]
    right = (women["female_probability"] >= 0.5) == (women["gender"] == "female")
    by_group = right.groupby(women["ethnicity"].astype(str)).mean() * 100
    assert sorted(values(trace(figures(app)[0], "Female")["y"])) == pytest.approx(sorted(by_group))
    assert chart_titles(app)[1].startswith("Largest gap: ")


def test_intersections_compare_with_the_previous_release() -> None:
    app = open_page("performance", view="Intersections")
    changes = releases.compare_results(RESULTS)
    table = app.dataframe[0].value
    assert len(table) == len(changes)
    assert (table["verdict"] == "worse").sum() == changes["worse"].sum()
    text = "\n".join(block.value for block in app.markdown)
    assert f"{changes['better'].sum()} became smaller and {changes['worse'].sum()} larger" in text


def test_brackets_of_fairface_are_right_as_often_as_the_report_says() -> None:
    app = open_page("performance", data="FairFace", view="Age")
    right = json.loads((RESULTS / FAIRFACE.report).read_text())["overall"]["age_in_bracket"]["value"]
    assert chart_titles(app)[0].startswith(f"The bracket is right for {right:.0%} of photos")


def test_largest_errors_of_brackets_count_from_their_nearer_end() -> None:
    table = predictions(FAIRFACE)
    app = open_page("performance", data="FairFace", view="Largest errors")
    outside = np.maximum(table["youngest"] - table["predicted_age"], table["predicted_age"] - table["oldest"])
    assert app.dataframe[0].value["error"].abs().max() == pytest.approx(outside.max())


def test_data_set_without_its_predictions_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from components import published

    monkeypatch.setattr(published, "RESULTS", tmp_path)
    published.read_table.clear()
    try:
        (warning,) = open_page("performance", data="FairFace").warning
    finally:
        published.read_table.clear()
    assert FAIRFACE.predictions in warning.value
