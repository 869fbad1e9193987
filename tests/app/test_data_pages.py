"""The Data set, Model performance and About pages: their filters, and every number they show."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from helpers.paths import ROOT
from streamlit.testing.v1 import AppTest

from model.labels import BRACKET_NAMES
from reports.metrics import age_brackets

RESULTS = ROOT / "model" / "results"
TIMEOUT = 120  # seconds


def with_brackets(name: str) -> pd.DataFrame:
    table = pd.read_parquet(RESULTS / name)
    return table.assign(bracket=age_brackets(table["age"]))


@pytest.fixture(scope="module")
def labels() -> pd.DataFrame:
    return with_brackets("labels.parquet")


@pytest.fixture(scope="module")
def predictions() -> pd.DataFrame:
    return with_brackets("test_predictions.parquet")


@pytest.fixture(autouse=True)
def no_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UTKFACE_DIR", raising=False)


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def choose(app: AppTest, key: str, *values: str) -> None:
    app.button_group(key=key).set_value(list(values)).run()
    assert not app.exception


def titles(app: AppTest) -> list[str]:
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return [figure["layout"]["title"]["text"].replace("<br>", " ") for figure in figures]


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_data_set_filters_narrow_what_is_counted(labels: pd.DataFrame) -> None:
    app = opened("dataset")
    assert f"{len(labels):,} of {len(labels):,} photos" in captions(app)
    choose(app, "gender", "female")
    women = labels[labels["gender"] == "female"]
    choose(app, "bracket", "20–29")
    twenties = women[women["bracket"] == "20–29"]
    median = twenties["age"].median()
    assert f"{len(twenties):,} of {len(labels):,} photos, with a median age of {median:.0f}" in captions(app)
    largest = women["bracket"].value_counts()
    assert titles(app)[0] == (
        f"{largest.index[0]} is the largest bracket: {largest.iloc[0] / len(women):.0%} of {len(women):,} photos"
    )


def test_data_set_table_counts_every_bracket(labels: pd.DataFrame) -> None:
    table = opened("dataset").dataframe[0].value
    expected = [(labels["bracket"] == name).sum() for name in BRACKET_NAMES]
    assert table["photos"].to_list() == expected


@pytest.mark.parametrize("bins", ["Years", "Brackets"])
@pytest.mark.parametrize("scale", ["Linear", "Log"])
@pytest.mark.parametrize("colour", ["Ethnicity", "Split"])
def test_data_set_draws_every_view_of_the_ages(bins: str, scale: str, colour: str) -> None:
    app = opened("dataset", bins=bins, scale=scale, colour=colour, height="Share")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["yaxis"]["title"]["text"] == "Share of the photos (%)"
    assert figure["layout"]["yaxis"].get("type", "linear") == ("log" if scale == "Log" else "linear")
    assert len(figure["data"]) == (5 if colour == "Ethnicity" else 3)


def test_data_set_without_images_says_how_to_get_them() -> None:
    app = opened("dataset")
    assert "UTKFACE_DIR" in app.info[-1].value
    app.text_input(key="folder").set_value("/nowhere/at/all").run()
    assert not app.exception
    assert "The folder /nowhere/at/all does not exist" in app.error[0].value


def test_data_set_shows_faces_of_the_chosen_bracket(utkface: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UTKFACE_DIR", str(utkface))
    app = opened("dataset", bracket="70+")
    shown = [image.proto.imgs[0].caption for image in app.get("image")]
    assert shown[-1] == "70+ years"
    ages = [int(re.match(r"\d+", caption)[0]) for caption in shown[:-1]]  # type: ignore[index]
    assert len(ages) == 12
    assert min(ages) >= 70


def test_filters_that_leave_no_photo_are_told() -> None:
    app = opened("performance", bracket="70+", ethnicity="Other")  # UTKFace has four, none of them in the test split
    assert "No test photos match" in app.info[0].value
    app = opened("dataset", bracket="70+", ethnicity="Other", split="Test")
    assert "No photos match" in app.info[0].value


def test_performance_cards_are_the_means_over_the_chosen_photos(predictions: pd.DataFrame) -> None:
    app = opened("performance")
    report = json.loads((RESULTS / "report.json").read_text())["overall"]
    assert metrics(app)["Age error (years)"] == f"{report['age_mae']['value']:.2f}"
    choose(app, "ethnicity", "Asian", "Black")
    choose(app, "bracket", "20–29")
    chosen = predictions[predictions["ethnicity"].isin(["Asian", "Black"]) & (predictions["bracket"] == "20–29")]
    error = (chosen["predicted_age"] - chosen["age"]).abs()
    right = (chosen["female_probability"] >= 0.5) == (chosen["gender"] == "female")
    assert metrics(app) == {
        "Age error (years)": f"{error.mean():.2f}",
        "Within 5 years": f"{(error <= 5).mean():.1%}",
        "Gender accuracy": f"{right.mean():.1%}",
        "80% interval coverage": f"{chosen['age'].between(chosen['age_low'], chosen['age_high']).mean():.1%}",
    }
    assert f"Asian or Black · 20–29: {len(chosen):,} of {len(predictions):,} photos" in captions(app)


def test_address_holds_the_filters() -> None:
    app = opened("performance", gender="Female", bracket="70+", measure="Age bias")
    assert "Female · 70+" in captions(app)
    assert titles(app)[0].startswith("Age bias: lowest for ")


def test_a_choice_narrows_the_other_charts_and_not_its_own() -> None:
    app = opened("performance")
    before = titles(app)
    choose(app, "bracket", "70+")
    after = titles(app)
    assert after[0] == before[0]  # by age bracket
    assert after[1] != before[1]  # by gender
    assert after[2] != before[2]  # by ethnicity


@pytest.mark.parametrize("gender", ["Male", "Female"])
def test_one_gender_alone_leaves_out_what_needs_both(gender: str) -> None:
    app = opened("performance", gender=gender)
    assert any("both genders" in info.value for info in app.info)


def test_largest_errors_are_listed_for_either_task(predictions: pd.DataFrame) -> None:
    app = opened("performance")
    worst = (predictions["predicted_age"] - predictions["age"]).abs().max()
    assert app.dataframe[0].value["error"].abs().max() == pytest.approx(worst)
    app.segmented_control(key="errors").set_value("Gender").run()
    table = app.dataframe[0].value
    assert (table["gender"] != table["predicted_gender"]).all()


def test_learning_curves_tell_the_best_epoch() -> None:
    history = pd.read_csv(RESULTS / "history.csv")
    assert f"{history['val_age_mae'].min():.2f} years" in " ".join(titles(opened("performance")))


def test_about_page_tells_the_gaps_of_the_report() -> None:
    app = opened("about")
    report = json.loads((RESULTS / "report.json").read_text())
    errors = [group["age_mae"]["value"] for group in report["by_age"].values()]
    text = " ".join(block.value for block in app.markdown)
    assert f"a gap of {max(errors) - min(errors):.1f} years" in text


@pytest.mark.parametrize("page", ["dataset", "performance"])
def test_every_chart_has_a_finding_units_and_a_download(page: str) -> None:
    app = opened(page)
    charts = app.get("plotly_chart")
    assert len(app.get("download_button")) == len(charts)
    for chart in charts:
        layout = json.loads(chart.proto.spec)["layout"]
        assert len(layout["title"]["text"]) > 20
        assert layout["xaxis"]["title"]["text"]
        config = json.loads(chart.proto.config)
        assert config["toImageButtonOptions"]["scale"] == 2
        assert chart.proto.alt == layout["title"]["text"].replace("<br>", " ")
