"""What the measured errors mean for people, in sentences from the result files."""

from typing import Any

import pandas as pd

from components.wording import count, percent
from model.calibration import COVERAGE
from reports.gaps import gaps
from reports.metrics import photo_scores, right_gender, stated_gender

GROUPINGS = {"by_age": "age brackets", "by_gender": "genders", "by_ethnicity": "ethnicities"}


def personal_sentences(predictions: pd.DataFrame) -> list[str]:
    """What you can expect in front of the camera, from the predictions for the test photos."""
    scores = photo_scores(predictions)
    error, means = scores["age_mae"], scores.mean()
    stated = stated_gender(predictions)
    wrong = 1 - right_gender(predictions)[stated].mean()
    return [
        f"For half of the people in the test photos, the estimate is within {error.median():.0f} years of the labelled "
        f"age; for one in ten it is more than {error.quantile(0.9):.0f} years off.",
        f"The labelled age lies outside the {COVERAGE:.0%} range in {1 - means['interval_coverage']:.0%} of photos. "
        f"The range is {means['interval_width']:.0f} years wide on average.",
        f"A gender is stated for {stated.mean():.0%} of people. "
        f"For {_one_in(wrong)} of them it is not the labelled one.",
    ]


def gap_sentences(report: dict[str, Any]) -> list[str]:
    """The groups served best and worst in each grouping, and the gap between them, from `report.json`."""
    sentences = []
    for gap in gaps(report):
        groups = GROUPINGS[gap.grouping]
        if gap.metric == "age_mae":
            sentences.append(
                f"**Age, between {groups}:** the mean error is {gap.best_value:.1f} years at best ({gap.best}) and "
                f"{gap.worst_value:.1f} at worst ({gap.worst}), a gap of {gap.size:.1f} years."
            )
        else:
            sentences.append(
                f"**Gender, between {groups}:** right in {percent(gap.best_value)} of photos at best ({gap.best}) and "
                f"{percent(gap.worst_value)} at worst ({gap.worst}), a gap of "
                f"{count(round(100 * gap.size), 'percentage point')}."
            )
    return sentences


def _one_in(share: float) -> str:
    return f"one in {1 / share:.0f}" if share else "none"
