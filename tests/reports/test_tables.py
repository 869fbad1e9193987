from pathlib import Path

import pytest
from helpers.paths import RESULTS, ROOT

from reports.tables import DOCUMENTS, TABLES, refresh


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_say_what_the_result_files_say(path: Path) -> None:
    text = path.read_text()
    assert refresh(text, RESULTS) == text, "run: python -m train tables"


def test_this_model_stands_among_the_published_systems_by_its_error() -> None:
    rows = TABLES["published"](RESULTS).splitlines()[2:]
    errors = [float(row.split(" | ")[1]) for row in rows]
    assert errors == sorted(errors)
    assert sum("**This model**" in row for row in rows) == 1


def test_tables_replace_what_stands_between_their_marks() -> None:
    text = "before\n<!-- table by-gender -->\nold figures\n<!-- end -->\nafter\n"
    fresh = refresh(text, RESULTS)
    assert fresh.startswith("before\n<!-- table by-gender -->\n\n| gender | photos |")
    assert fresh.endswith("|\n\n<!-- end -->\nafter\n")
    assert "old figures" not in fresh
    assert refresh(fresh, RESULTS) == fresh


def test_table_of_another_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        refresh("<!-- table weather -->\n<!-- end -->", RESULTS)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_shown_somewhere(name: str) -> None:
    assert any(f"<!-- table {name} -->" in path.read_text() for path in DOCUMENTS)
