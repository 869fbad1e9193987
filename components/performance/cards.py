"""The figures at the top of the Model performance page."""

import pandas as pd

from reports.metrics import METRICS

NAMES = {
    "age_mae": "Age error (years)",
    "cs5": "Within 5 years",
    "age_in_bracket": "Right age bracket",
    "years_outside": "Years outside bracket",
    "gender_accuracy": "Gender accuracy",
    "interval_coverage": "80% interval coverage",
    "interval_width": "Age interval (years)",
}
"""By metric, in the order shown."""

MOST = 4
"""Cards; what follows is left out."""


def figures(scores: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """The value of each card and its interval, in words, by its name; from `tables.overall_scores`."""
    cards = {}
    for metric in [name for name in NAMES if name in scores.index][:MOST]:
        value, low, high = scores.loc[metric, ["value", "low", "high"]]
        kind = ".1%" if METRICS[metric].share else ".2f"
        cards[NAMES[metric]] = (f"{value:{kind}}", f"95% interval {low:{kind}} to {high:{kind}}")
    return cards
