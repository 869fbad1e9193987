"""The Data set page, data set by data set, and its labels under a magnifier: figures are those of the result files."""

import pandas as pd
import pytest
from helpers.pages import chart_titles, metrics, open_page, texts
from helpers.paths import RESULTS

from reports import label_noise, releases
from reports.data_sets import ALL_AGE_FACES, DATA_SETS, UTKFACE, DataSet


@pytest.fixture(autouse=True)
def no_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UTKFACE_DIR", raising=False)


@pytest.mark.parametrize("data", DATA_SETS, ids=lambda data: data.name)
def test_every_data_set_shows_its_photos_and_the_kind_of_its_ages(data: DataSet) -> None:
    app = open_page("dataset", data=data.name)
    name = "labels.parquet" if data == UTKFACE else data.predictions
    table = pd.read_parquet(RESULTS / name)
    assert metrics(app)["Photos"] == f"{len(table):,}"
    assert data.about in texts(app)
    assert app.dataframe[0].value["photos"].sum() == len(table)
    assert f"of {len(table):,} photos" in chart_titles(app)[0]


def test_labels_under_a_magnifier_count_what_the_tables_hold() -> None:
    app = open_page("dataset", view="Labels")
    table = pd.read_parquet(RESULTS / "labels.parquet")
    pairs = label_noise.label_pairs(table)
    today = pd.read_parquet(RESULTS / UTKFACE.predictions)
    both = today.merge(pd.read_parquet(RESULTS / releases.PREVIOUS_FILE), on="photo", suffixes=("", "_other"))
    shown = metrics(app)
    assert shown["Networks contradict the label"] == f"{len(label_noise.disagreements(both)):,}"
    assert shown["Default labels"] == f"{table['default_label'].sum():,}"
    assert shown["Contradicting pairs"] == f"{len(label_noise.contradictions(pairs)):,}"
    years = pairs["difference"].mean() / 2**0.5
    assert chart_titles(app)[0].startswith(f"Age labels are off by {years:.1f} years on average")
    suspects = app.dataframe[0].value
    labelled = dict(zip(table["photo"], table["age"], strict=True))
    assert suspects["age"].to_list() == [labelled[photo] for photo in suspects["photo"]]
    assert suspects["reason"].str.startswith("two networks disagree").sum() == len(label_noise.disagreements(both))


def test_suspects_can_be_downloaded() -> None:
    app = open_page("dataset", view="Labels")
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels.count("Suspects as CSV") == 1


def test_digits_of_stated_ages_are_those_of_the_test_photos() -> None:
    app = open_page("dataset", data="All-Age-Faces", **{"view-aaf": "Labels"})
    digits = label_noise.last_digits(pd.read_parquet(RESULTS / ALL_AGE_FACES.predictions)["age"])
    share = digits["share"][0] + digits["share"][5]
    assert chart_titles(app)[0].startswith(f"Ages that end in 0 or 5: {share:.0%} in ")
