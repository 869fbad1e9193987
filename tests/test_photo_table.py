"""The tests that docs/photos.md names are there."""

import re

import pytest
from helpers.paths import ROOT

NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/photos.md").read_text())


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_row_names_a_test_that_exists(file: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / file).read_text()


def test_every_kind_names_a_test_but_the_one_that_is_not_recognised() -> None:
    rows = [line for line in (ROOT / "docs/photos.md").read_text().splitlines() if line.startswith("| ")]
    without = [row for row in rows if "::" not in row and not row.startswith("| kind")]
    assert len(without) == 1
    assert "sunglasses" in without[0]
