from typing import Any

import pytest

from components.photo.robustness import as_table, finding
from model.inspection.perturbations import PERTURBATIONS


def rows(errors: dict[float, float]) -> list[dict[str, Any]]:
    return [{"strength": s, "age_mae": {"value": e, "low": e - 0.1, "high": e + 0.1}} for s, e in errors.items()]


@pytest.mark.parametrize(
    ("name", "errors", "words"),
    [
        ("blur", {0: 5, 2: 5.4, 4: 5.6, 8: 9}, "Blur hurts from 4 pixels"),
        ("blur", {0: 5, 2: 5.1, 10: 5.6}, "Blur hurts from 10 pixels"),
        ("blur", {0: 5, 2: 4, 10: 5.4}, "Blur hardly hurts"),
        ("resolution", {8: 9, 16: 8, 32: 5.2, 200: 5}, "Resolution hurts up to 16 pixels"),
        (
            "brightness",
            {10: 9, 50: 6, 100: 5, 200: 5.1, 300: 6},
            "Brightness hurts up to 50% and from 300%",
        ),
        ("rotation", {-60: 9, -15: 6, 0: 5, 15: 5.1, 60: 8}, "Rotation hurts up to −15° and from 60°"),
        ("jpeg", {1: 7, 10: 5.1, 100: 5}, "JPEG quality hurts up to 1"),
    ],
)
def test_finding_says_from_where_on_a_change_hurts(name: str, errors: dict[float, float], words: str) -> None:
    assert finding(rows(errors), PERTURBATIONS[name]) == words


def test_table_has_a_row_a_strength() -> None:
    table = as_table(
        {"photos": 9, "split": "test", "perturbations": {"blur": rows({0: 5, 1: 6}), "jpeg": rows({1: 7})}}
    )
    assert table["perturbation"].tolist() == ["blur", "blur", "jpeg"]
    assert table["age_mae_value"].tolist() == [5, 6, 7]
    assert table["age_mae_low"].tolist() == [4.9, 5.9, 6.9]
