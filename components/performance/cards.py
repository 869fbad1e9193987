"""The figures at the top of the Model performance page."""

import pandas as pd

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

IN_YEARS = ("age_mae", "years_outside", "interval_width")
MOST = 4
"""Cards; what follows is left out."""


def figures(scores: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """The value of each card and its interval, in words, by its name; from `tables.overall_scores`."""
    cards = {}
    for metric in [name for name in NAMES if name in scores.index][:MOST]:
        value, low, high = scores.loc[metric, ["value", "low", "high"]]
        if metric in IN_YEARS:
            cards[NAMES[metric]] = (f"{value:.2f}", f"95% interval {low:.2f} to {high:.2f}")
        else:
            cards[NAMES[metric]] = (f"{value:.1%}", f"95% interval {low:.1%} to {high:.1%}")
    return cards
