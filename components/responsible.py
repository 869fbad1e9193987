"""What the measured errors mean for people, in sentences from the result files."""

import pandas as pd

from model.calibration import COVERAGE
from reports.metrics import gaps, photo_scores

GROUPINGS = {"by_age": "age brackets", "by_gender": "genders", "by_ethnicity": "ethnicities"}


def personal_sentences(predictions: pd.DataFrame) -> list[str]:
    """What a person in front of the camera has to expect, from the predictions for the test photos."""
    scores = photo_scores(predictions)
    error, means = scores["age_mae"], scores.mean()
    wrong = 1 - means["gender_accuracy"]
    return [
        f"Half of the people in the test photos are judged within {error.median():.0f} years of their labelled age; "
        f"one in ten is judged more than {error.quantile(0.9):.0f} years too old or too young.",
        f"The labelled age lies outside the {COVERAGE:.0%} range in {1 - means['interval_coverage']:.0%} of photos; "
        f"the range is {means['interval_width']:.0f} years wide on average.",
        f"For {_one_in(wrong)} people the gender named is not the labelled one.",
    ]


def gap_sentences(report: dict) -> list[str]:
    """The best and the worst group of each grouping and the gap between them, from `report.json`."""
    sentences = []
    for gap in gaps(report):
        groups = GROUPINGS[gap.grouping]
        if gap.metric == "age_mae":
            sentences.append(
                f"**Age, between {groups}:** off by {gap.best_value:.1f} years on average at best ({gap.best}), by "
                f"{gap.worst_value:.1f} at worst ({gap.worst}): a gap of {gap.size:.1f} years."
            )
        else:
            sentences.append(
                f"**Gender, between {groups}:** right for {gap.best_value:.1%} at best ({gap.best}), for "
                f"{gap.worst_value:.1%} at worst ({gap.worst}): a gap of {100 * gap.size:.1f} points."
            )
    return sentences


def _one_in(share: float) -> str:
    return f"one in {1 / share:.0f}" if share else "none of the"
