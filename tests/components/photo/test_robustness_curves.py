from typing import Any

import pytest

from components.photo.robustness import as_table, finding
from model.inspection.perturbations import PERTURBATIONS


def rows(errors: dict[float, float]) -> list[dict[str, Any]]:
    return [{"strength": s, "age_mae": {"value": e, "low": e - 0.1, "high": e + 0.1}} for s, e in errors.items()]


@pytest.mark.parametrize(
    ("name", "errors", "words"),
    [
        ("blur", {0: 5, 2: 5.4, 4: 5.6, 8: 9}, "Blur: errors grow at 4 pixels or more"),
        ("blur", {0: 5, 2: 5.1, 10: 5.6}, "Blur: errors grow at 10 pixels or more"),
        ("blur", {0: 5, 2: 4, 10: 5.4}, "Blur: errors hardly grow"),
        ("resolution", {8: 9, 16: 8, 32: 5.2, 200: 5}, "Resolution: errors grow at 16 pixels or less"),
        (
            "brightness",
            {10: 9, 50: 6, 100: 5, 200: 5.1, 300: 6},
            "Brightness: errors grow at 50% or less and at 300% or more",
        ),
        (
            "rotation",
            {-60: 9, -15: 6, 0: 5, 15: 5.1, 60: 8},
            "Rotation: errors grow at −15° or less and at 60° or more",
        ),
        ("jpeg", {1: 7, 10: 5.1, 100: 5}, "JPEG quality: errors grow at 1 or less"),
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
