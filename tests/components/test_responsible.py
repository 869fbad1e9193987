import json

import pandas as pd
from helpers.paths import RESULTS

from components.responsible import gap_sentences, personal_sentences


def test_gaps_are_told_with_the_numbers_of_the_report() -> None:
    report = json.loads((RESULTS / "report.json").read_text())
    sentences = gap_sentences(report)
    assert len(sentences) == 6
    errors = [group["age_mae"]["value"] for group in report["by_age"].values()]
    assert f"{min(errors):.1f} years" in sentences[0]
    assert f"{max(errors):.1f} at worst" in sentences[0]
    accuracies = [group["gender_accuracy"]["value"] for group in report["by_ethnicity"].values()]
    assert f"a gap of {100 * (max(accuracies) - min(accuracies)):.1f} percentage points" in sentences[5]


def test_person_is_told_how_often_the_gender_is_wrong() -> None:
    predictions = pd.read_parquet(RESULTS / "test_predictions.parquet")
    wrong = ((predictions["female_probability"] >= 0.5) != (predictions["gender"] == "female")).mean()
    assert f"For one in {1 / wrong:.0f} people" in personal_sentences(predictions)[2]
