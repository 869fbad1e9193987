"""The sentences of the Model performance page say what the numbers are."""

import pandas as pd
import pytest
from helpers.page_tables import predictions
from helpers.paths import RESULTS

from components.dataset.tables import with_brackets
from components.performance import findings, tables
from reports import metrics


def test_cumulative_scores_are_rounded_to_percent() -> None:
    shipped = with_brackets(pd.read_parquet(RESULTS / "test_predictions.parquet"))
    within = ((shipped["predicted_age"] - shipped["age"]).abs() <= 5).mean()
    sentence = findings.cumulative_scores(tables.cumulative_scores(shipped))
    assert sentence.startswith(f"{within:.0%} of ages are estimated to within 5 years, ")


@pytest.mark.parametrize(
    ("letters", "female", "sentence"),
    [
        ("ffmm", [0.9, 0.2, 0.3, 0.1], "50.0% of women are mistaken for men, 0.0% of men for women"),
        ("ff", [0.9, 0.2], "50.0% of women are mistaken for men"),
        ("mmmm", [0.9, 0.2, 0.2, 0.2], "25.0% of men are mistaken for women"),
    ],
)
def test_confusion_tells_the_mistakes_of_the_genders_that_have_photos(
    letters: str, female: list[float], sentence: str
) -> None:
    ages = [30] * len(letters)
    assert findings.confusion(metrics.confusion(predictions(ages, ages, letters, female))) == sentence


@pytest.mark.parametrize(
    ("female", "part"),
    [
        ([0.1, 0.85, 0.9, 0.6], "states a gender in 75% of these photos and is right in 66.7% of them. In the others"),
        ([0.1, 0.85, 0.9, 0.3], "its guess would be right in 0%."),
        ([0.1, 0.85, 0.9, 0.9], "in 100% of these photos and is right in 75.0% of them."),
        ([0.5, 0.6, 0.84, 0.16], "The app calls the gender uncertain in all of these photos."),
    ],
)
def test_stated_genders_are_those_that_are_probable(female: list[float], part: str) -> None:
    table = predictions([20, 20, 20, 20], [20, 20, 20, 20], "mfmf", female)
    assert part in findings.stated_genders(table)


def test_learning_tells_the_best_epoch() -> None:
    history = pd.DataFrame({"epoch": [1, 2, 3], "val_age_mae": [6.0, 5, 5.5], "val_gender_accuracy": [0.8, 0.85, 0.9]})
    assert findings.learning(history, "age_mae") == "Best on validation in epoch 2 of 3: 5.00 years"
    assert findings.learning(history, "gender_accuracy") == "Best on validation in epoch 3 of 3: 90.0%"


def test_study_names_the_lowest_error() -> None:
    experiments = pd.read_csv(RESULTS / "experiments.csv")
    assert f"{experiments['validation_age_mae'].min():.2f} years" in findings.study(experiments)
