"""Gaps between the groups of a report: which one the model serves best, and which worst."""

from dataclasses import dataclass
from typing import Any

from reports.metrics import FEWEST_PHOTOS


@dataclass(frozen=True)
class Gap:
    """The difference between the group that a metric serves best and the one that it serves worst.

    metric: `age_mae` (years, lower is better) or `gender_accuracy` (0-1, higher is better).
    grouping: `by_age`, `by_gender` or `by_ethnicity`.
    """

    metric: str
    grouping: str
    best: str
    worst: str
    best_value: float
    worst_value: float

    @property
    def size(self) -> float:
        """The distance between the two, 0 or more."""
        return abs(self.worst_value - self.best_value)


def gaps(report: dict[str, Any]) -> list[Gap]:
    """Performance gaps in age error and gender accuracy between the groups in a report (`report.json`)."""
    return [
        _gap(report, metric, grouping)
        for metric in ("age_mae", "gender_accuracy")
        for grouping in ("by_age", "by_gender", "by_ethnicity")
    ]


def _gap(report: dict[str, Any], metric: str, grouping: str) -> Gap:
    values = {
        name: group[metric]["value"] for name, group in report[grouping].items() if group["photos"] >= FEWEST_PHOTOS
    }
    lowest, highest = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    best, worst = (lowest, highest) if metric == "age_mae" else (highest, lowest)
    return Gap(metric, grouping, best, worst, values[best], values[worst])
