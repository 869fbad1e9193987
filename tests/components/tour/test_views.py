"""The sentences of the tour say what the result files say."""

import json
import re

import pandas as pd
import pytest
from helpers.paths import RESULTS, ROOT

from components.tour.views import BLUR, OLDEST, VIEWS, YOUNGEST

REPORT = json.loads((RESULTS / "report.json").read_text())


def numbers(sentence: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", sentence.replace(",", "")))


def test_every_view_has_its_page_and_one_short_sentence() -> None:
    assert len(VIEWS) == 5
    for view in VIEWS:
        assert (ROOT / view.page).is_file()
        assert len(view.sentence()) < 230


def test_labels_that_end_in_0_or_5_are_compared_with_their_neighbours() -> None:
    counts = pd.read_parquet(RESULTS / "labels.parquet")["age"].value_counts().reindex(range(120), fill_value=0)
    rounded = sum(counts[age] for age in range(20, 91, 5))
    beside = sum(counts[age + step] for age in range(20, 91, 5) for step in (-2, -1, 1, 2)) / 4
    assert f"{rounded / beside:.1f} times" in VIEWS[0].sentence()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, [f"{REPORT['by_age'][OLDEST]['photos']}", f"{REPORT['by_age'][OLDEST]['age_mae']['value']:.1f}"]),
        (2, [f"{100 * REPORT['by_age'][YOUNGEST]['gender_accuracy']['value']:.0f}"]),
        (4, [f"{100 * REPORT['overall']['interval_coverage']['value']:.0f}"]),
    ],
)
def test_numbers_are_those_of_the_report(number: int, expected: list[str]) -> None:
    assert numbers(VIEWS[number].sentence()) >= set(expected)


def test_blur_is_that_of_the_robustness_file() -> None:
    rows = json.loads((RESULTS / "robustness.json").read_text())["perturbations"]["blur"]
    error = {row["strength"]: row["age_mae"]["value"] for row in rows}
    assert f"from {error[0]:.1f} years to {error[BLUR]:.1f} at {BLUR} pixels" in VIEWS[3].sentence()
