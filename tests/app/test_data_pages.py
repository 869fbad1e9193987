"""The Data set, Model performance and About pages: their filters, and every number they show."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from helpers.pages import captions, chart_titles, metrics, open_page, texts
from helpers.paths import RESULTS
from streamlit.testing.v1 import AppTest

from model.labels import BRACKET_NAMES
from model.version import VERSION
from reports.metrics import age_brackets


def with_brackets(name: str) -> pd.DataFrame:
    table = pd.read_parquet(RESULTS / name)
    return table.assign(bracket=age_brackets(table["age"]))


@pytest.fixture(scope="module")
def labels() -> pd.DataFrame:
    return with_brackets("labels.parquet")


@pytest.fixture(scope="module")
def predictions() -> pd.DataFrame:
    return with_brackets("test_predictions.parquet")


@pytest.fixture(autouse=True, scope="module")
def no_images() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("UTKFACE_DIR", raising=False)
        yield


@pytest.fixture(scope="module")
def dataset() -> AppTest:
    """The Data set page as it opens; for tests that change nothing on it."""
    return open_page("dataset")


@pytest.fixture(scope="module")
def performance() -> AppTest:
    """The Model performance page as it opens; for tests that change nothing on it."""
    return open_page("performance")


def select(app: AppTest, key: str, *values: str) -> None:
    app.button_group(key=key).set_value(list(values)).run()
    assert not app.exception


def test_data_set_filters_narrow_what_is_counted(labels: pd.DataFrame) -> None:
    app = open_page("dataset")
    assert f"{len(labels):,} of {len(labels):,} photos" in captions(app)
    select(app, "gender", "female")
    women = labels[labels["gender"] == "female"]
    select(app, "bracket", "20–29")
    twenties = women[women["bracket"] == "20–29"]
    median = twenties["age"].median()
    assert f"{len(twenties):,} of {len(labels):,} photos, with a median age of {median:.0f}" in captions(app)
    largest = women["bracket"].value_counts()
    assert chart_titles(app)[0] == (
        f"{largest.index[0]} is the largest bracket: {largest.iloc[0] / len(women):.0%} of {len(women):,} photos"
    )


def test_data_set_table_counts_every_bracket(labels: pd.DataFrame, dataset: AppTest) -> None:
    table = dataset.dataframe[0].value
    expected = [(labels["bracket"] == name).sum() for name in BRACKET_NAMES]
    assert table["photos"].to_list() == expected


@pytest.mark.parametrize("bins", ["Years", "Brackets"])
@pytest.mark.parametrize("scale", ["Linear", "Log"])
@pytest.mark.parametrize("colour", ["Ethnicity", "Split"])
def test_data_set_draws_every_view_of_the_ages(bins: str, scale: str, colour: str) -> None:
    app = open_page("dataset", bins=bins, scale=scale, colour=colour, height="Share")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["yaxis"]["title"]["text"] == "Share of the photos (%)"
    assert figure["layout"]["yaxis"].get("type", "linear") == ("log" if scale == "Log" else "linear")
    assert len(figure["data"]) == (5 if colour == "Ethnicity" else 3)


def test_data_set_without_images_says_how_to_get_them() -> None:
    app = open_page("dataset", view="Faces")
    assert "UTKFACE_DIR" in app.info[-1].value
    app.text_input(key="folder").set_value("/nowhere/at/all").run()
    assert not app.exception
    assert "The folder /nowhere/at/all does not exist" in app.error[0].value


def test_data_set_shows_faces_of_the_selected_bracket(utkface: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UTKFACE_DIR", str(utkface))
    app = open_page("dataset", bracket="70+", view="Faces")
    shown = [image.proto.imgs[0].caption for image in app.get("image")]
    assert shown[-1] == "70+ years"
    ages = [int(re.match(r"\d+", caption)[0]) for caption in shown[:-1]]  # type: ignore[index]
    assert len(ages) == 12
    assert min(ages) >= 70


def test_filters_that_leave_no_photo_are_explained() -> None:
    app = open_page("performance", bracket="70+", ethnicity="Other")  # UTKFace has four, none of them in the test split
    assert "No test photos match" in app.info[0].value
    app = open_page("dataset", bracket="70+", ethnicity="Other", split="Test")
    assert "No photos match" in app.info[0].value


def test_performance_cards_are_those_of_the_report(performance: AppTest) -> None:
    report = json.loads((RESULTS / "report.json").read_text())["overall"]
    assert metrics(performance)["Age error (years)"] == f"{report['age_mae']['value']:.2f}"
    assert not performance.error


def test_performance_cards_are_the_means_over_the_selected_photos(predictions: pd.DataFrame) -> None:
    app = open_page("performance", ethnicity="Asian", bracket="20–29")
    select(app, "ethnicity", "Asian", "Black")
    selected = predictions[predictions["ethnicity"].isin(["Asian", "Black"]) & (predictions["bracket"] == "20–29")]
    error = (selected["predicted_age"] - selected["age"]).abs()
    right = (selected["female_probability"] >= 0.5) == (selected["gender"] == "female")
    assert metrics(app) == {
        "Age error (years)": f"{error.mean():.2f}",
        "Within 5 years": f"{(error <= 5).mean():.1%}",
        "Gender accuracy": f"{right.mean():.1%}",
        "80% interval coverage": f"{selected['age'].between(selected['age_low'], selected['age_high']).mean():.1%}",
    }
    assert f"Asian or Black · 20–29: {len(selected):,} of {len(predictions):,} photos" in captions(app)


def test_performance_page_draws_every_measure() -> None:
    app = open_page("performance", bracket="70+")
    for measure, unit in (("Age bias", "years"), ("Within 5 years", "%"), ("Interval coverage", "%")):
        app.segmented_control(key="measure").set_value(measure).run()
        assert not app.exception
        assert chart_titles(app)[0].startswith(f"{measure}: lowest for ")
        assert unit in chart_titles(app)[0]


def test_address_contains_the_filters() -> None:
    app = open_page("performance", gender="Female", bracket="70+", measure="Age bias")
    assert "Female · 70+" in captions(app)
    assert chart_titles(app)[0].startswith("Age bias: lowest for ")


def test_a_filter_narrows_the_other_charts_and_not_its_own(performance: AppTest) -> None:
    before, after = chart_titles(performance), chart_titles(open_page("performance", bracket="70+"))
    assert after[0] == before[0]  # by age bracket
    assert after[1] != before[1]  # by gender
    assert after[2] != before[2]  # by ethnicity


@pytest.mark.parametrize("gender", ["Male", "Female"])
def test_one_gender_alone_leaves_out_what_needs_both(gender: str) -> None:
    app = open_page("performance", gender=gender, view="Gender")
    assert any("both genders" in info.value for info in app.info)


def test_largest_errors_are_listed_for_either_task(predictions: pd.DataFrame) -> None:
    app = open_page("performance", view="Largest errors")
    worst = (predictions["predicted_age"] - predictions["age"]).abs().max()
    assert app.dataframe[0].value["error"].abs().max() == pytest.approx(worst)
    app.segmented_control(key="errors").set_value("Gender").run()
    table = app.dataframe[0].value
    assert (table["gender"] != table["predicted_gender"]).all()


def test_learning_curves_tell_the_best_epoch() -> None:
    performance = open_page("performance", view="Training")
    history = pd.read_csv(RESULTS / "history.csv")
    assert f"{history['val_age_mae'].min():.2f} years" in " ".join(chart_titles(performance))


def test_about_page_tells_the_gaps_of_the_report_and_the_version() -> None:
    app = open_page("about")
    assert not app.error
    assert captions(app) == f"Version {VERSION}"
    report = json.loads((RESULTS / "report.json").read_text())
    errors = [group["age_mae"]["value"] for group in report["by_age"].values()]
    assert f"a gap of {max(errors) - min(errors):.1f} years" in texts(app)


@pytest.mark.parametrize("page", ["dataset", "performance"])
def test_every_chart_has_a_finding_units_and_a_download(page: str, request: pytest.FixtureRequest) -> None:
    app: AppTest = request.getfixturevalue(page)
    charts = app.get("plotly_chart")
    assert charts
    assert len(app.get("download_button")) == len(charts)
    for chart in charts:
        layout = json.loads(chart.proto.spec)["layout"]
        assert len(layout["title"]["text"]) > 20
        assert layout["xaxis"]["title"]["text"]
        config = json.loads(chart.proto.config)
        assert config["toImageButtonOptions"]["scale"] == 2
        assert chart.proto.alt == layout["title"]["text"].replace("<br>", " ")
