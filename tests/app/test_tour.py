"""The tour: each view says its sentence, and its place is in the address."""

from pathlib import Path

import pytest
from helpers.pages import chart_titles, open_page, texts
from streamlit.testing.v1 import AppTest

from components import published
from components.tour.views import VIEWS


def open_view(number: int) -> AppTest:
    view = VIEWS[number - 1]
    name = view.page.removeprefix("pages/").removesuffix(".py")
    return open_page(name, tour=str(number))


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize("number", range(1, len(VIEWS) + 1))
def test_view_opens_with_its_sentence_and_a_chart(number: int) -> None:
    app = open_view(number)
    assert f"**{number} of {len(VIEWS)}.** {VIEWS[number - 1].sentence()}" in texts(app)
    assert app.get("plotly_chart")
    assert not app.warning
    assert ("Back" in links(app)) == (number > 1)
    assert ("Next" in links(app)) == (number < len(VIEWS))


def test_views_of_groups_open_their_measure() -> None:
    assert "Gender accuracy" in chart_titles(open_view(3))[0]
    assert "Interval coverage" in chart_titles(open_view(5))[0]


def test_view_without_its_result_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "RESULTS", tmp_path)
    published.read_table.clear()
    try:
        app = open_view(1)
    finally:
        published.read_table.clear()
    assert "Not available: `labels.parquet` does not exist yet." in texts(app)


@pytest.mark.parametrize("place", ["0", "6", "two", ""])
def test_place_that_does_not_exist_is_ignored(place: str) -> None:
    assert "End the tour" not in links(open_page("about", tour=place))


def test_about_starts_the_tour() -> None:
    assert "Start the tour" in links(open_page("about"))
