from typing import Any

import pandas as pd
import pytest

from components.filters import describe, matching

PHOTOS = pd.DataFrame(
    {
        "gender": ["male", "female", "female"],
        "bracket": ["20–29", "20–29", "70+"],
        "ethnicity": ["White", None, "Other"],
    }
)


@pytest.mark.parametrize(
    ("selection", "ignored", "rows"),
    [
        ({}, None, [0, 1, 2]),
        ({"gender": []}, None, [0, 1, 2]),
        ({"gender": ["female"]}, None, [1, 2]),
        ({"gender": ["female"], "bracket": ["70+"]}, None, [2]),
        ({"gender": ["female"], "bracket": ["70+"]}, "bracket", [1, 2]),
        ({"ethnicity": ["White", "Other"]}, None, [0, 2]),
    ],
)
def test_photos_that_match_every_filter_stay(selection: dict[str, Any], ignored: str | None, rows: list[int]) -> None:
    assert matching(PHOTOS, selection, ignored).index.to_list() == rows


def test_selection_is_described_in_words() -> None:
    assert describe({"gender": ["female"], "ethnicity": [], "bracket": ["0–2", "70+"]}) == "Female · 0–2 or 70+"
