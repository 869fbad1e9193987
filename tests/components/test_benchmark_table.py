"""The tables of the About page show what the benchmarks wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.pages import texts
from streamlit.testing.v1 import AppTest

from components import published
from reports.benchmarks import Row, write_rows


def page() -> None:
    from components.benchmarks import show_benchmarks

    show_benchmarks()


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(published, "RESULTS", tmp_path)
    published.read_report.clear()
    yield tmp_path
    published.read_report.clear()


def test_every_row_has_its_target_and_verdict(results: Path) -> None:
    rows = [
        Row("Speed", "file to faces", "time", 0.25, "s", at_most=0.35),
        Row("Speed", "times faster", "ratio", 6.0, "×", at_least=8),
        Row("Speed", "baseline", "time", 2.5, "s"),
    ]
    write_rows(rows, results / "benchmarks.json")
    app = AppTest.from_function(page, default_timeout=30).run()
    table = app.table[0].value.replace("\N{NO-BREAK SPACE}", " ", regex=True)
    assert table["Value"].tolist() == ["0.25 s", "6 ×", "2.5 s"]
    assert table["Target"].tolist() == ["≤ 0.35 s", "≥ 8 ×", ""]
    assert table["Met"].tolist() == ["Yes", "No", ""]


def test_each_group_has_its_table_which_starts_closed(results: Path) -> None:
    short = [Row("Short", "one", "time", 1.0, "s")]
    long = [Row("Long", f"number {i}", "faces", 100.0, "%") for i in range(9)]
    write_rows(short + long, results / "benchmarks.json")
    app = AppTest.from_function(page, default_timeout=30).run()
    assert [(e.label, e.proto.expanded, len(e.table[0].value)) for e in app.expander] == [
        ("Short", False, 1),
        ("Long", False, 9),
    ]


def test_missing_file_names_the_command(results: Path) -> None:
    app = AppTest.from_function(page, default_timeout=30).run()
    assert app.warning[0].value.endswith("`benchmarks.json` does not exist yet.")
    assert "python -m benchmarks --output" in texts(app)
    assert not app.exception
