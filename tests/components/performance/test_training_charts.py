"""Charts of the training and the study; names beside points do not cover anything."""

import pandas as pd
from helpers.paths import RESULTS

from components.performance import training_charts


def test_learning_curve_draws_validation_in_percent() -> None:
    history = pd.DataFrame(
        {"epoch": [1, 2, 3], "gender_accuracy": [0.7, 0.8, 0.9], "val_gender_accuracy": [0.8, 0.9, 0.85]}
    )
    drawn = training_charts.learning_curve(history, "gender_accuracy", "%", 100)
    assert list(drawn.data[1].y) == [80, 90, 85]


def test_study_draws_every_experiment_and_marks_the_shipped_one() -> None:
    experiments = pd.read_csv(RESULTS / "experiments.csv")
    figure = training_charts.study(experiments)
    drawn = figure.data[0]
    rows = experiments[["validation_age_mae", "name"]].to_records(index=False).tolist()
    assert list(zip(drawn.x, drawn.customdata[:, 0], strict=True)) == [*rows[1:], rows[0]]  # on top of the others
    (arrow,) = figure.layout.annotations
    assert (arrow.text, arrow.x) == ("shipped", experiments["validation_age_mae"][0])
    assert 0 < len(set(drawn.text) - {""}) < len(experiments)  # what lies close together has one name


def test_names_of_experiments_lie_over_no_name_and_no_point() -> None:
    experiments = pd.DataFrame(
        {
            "name": ["shipped", "over", "under", "left", "another", "last", "far"], "change": "", "epochs": "1",
            "validation_age_mae": [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 8.0],
            "validation_gender_accuracy": [0.947, 0.95, 0.945, 0.948, 0.949, 0.949, 0.7],
        }
    )  # fmt: skip
    drawn = training_charts.study(experiments).data[0]
    named = dict(zip(drawn.text, drawn.textposition, strict=True))
    assert named["over"] == named["far"] == "top center"
    assert named["under"] == "bottom center"
    assert named["left"] == "middle left"
    assert named["another"] == "middle right"
    assert not {"shipped", "last"} & set(named)


def test_name_of_an_experiment_is_nearest_to_its_own_point() -> None:
    experiments = pd.DataFrame(
        {
            "name": ["shipped", "lower", "upper", "far"], "change": "", "epochs": "1",
            "validation_age_mae": [4.0, 6.0, 6.0, 8.0],
            "validation_gender_accuracy": [0.95, 0.795, 0.8, 0.7],
        }
    )  # fmt: skip
    drawn = training_charts.study(experiments).data[0]
    named = dict(zip(drawn.text, drawn.textposition, strict=True))
    assert (named["lower"], named["upper"]) == ("bottom center", "top center")
