import json

import pandas as pd
from helpers.paths import RESULTS

from components.responsible import gap_sentences, personal_sentences
from model.face import CERTAIN_GENDER


def test_gaps_are_described_with_the_numbers_of_the_report() -> None:
    report = json.loads((RESULTS / "report.json").read_text())
    sentences = gap_sentences(report)
    assert len(sentences) == 6
    errors = [group["age_mae"]["value"] for group in report["by_age"].values()]
    assert f"{min(errors):.1f} years" in sentences[0]
    assert f"{max(errors):.1f} at worst" in sentences[0]
    accuracies = [group["gender_accuracy"]["value"] for group in report["by_ethnicity"].values()]
    assert f"a gap of {100 * (max(accuracies) - min(accuracies)):.0f} percentage points" in sentences[5]


def test_person_learns_how_often_a_gender_is_stated_and_wrong() -> None:
    predictions = pd.read_parquet(RESULTS / "test_predictions.parquet")
    female = predictions["female_probability"]
    stated = predictions[(female >= CERTAIN_GENDER) | (female <= 1 - CERTAIN_GENDER)]
    wrong = ((stated["female_probability"] >= 0.5) != (stated["gender"] == "female")).mean()
    assert personal_sentences(predictions)[2] == (
        f"A gender is stated for {len(stated) / len(predictions):.0%} of people. "
        f"For one in {1 / wrong:.0f} of them it is not the labelled one."
    )
