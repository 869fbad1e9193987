"""Tables of what `python -m train evaluate` measured, for the documents."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from reports.data_sets import DATA_SETS
from reports.gaps import gaps
from reports.markdown import is_share, markdown, number
from reports.metrics import right_gender, stated_gender

CHILDHOOD = 10
"""Years; younger children's genders are hard to tell."""


def overall_table(results: Path) -> str:
    report = json.loads((results / "report.json").read_text())
    rows = []
    for name, text in report["metrics"].items():
        figure, percent = report["overall"][name], is_share(name)
        interval = f"{number(figure['low'], percent)} to {number(figure['high'], percent)}"
        rows.append((text, number(figure["value"], percent), interval))
    return markdown(("on the test split", "value", "95% interval"), rows)


def groups_table(key: str, title: str) -> Callable[[Path], str]:
    def table(results: Path) -> str:
        groups = json.loads((results / "report.json").read_text())[key]
        metrics = ("age_mae", "age_bias", "cs5", "gender_accuracy", "interval_coverage")
        rows = []
        for name, group in groups.items():
            figures = []
            for metric in metrics:
                figure, percent = group[metric], is_share(metric)
                ends = f"{number(figure['low'], percent)} to {number(figure['high'], percent)}"
                figures.append(f"{number(figure['value'], percent)} ({ends})")
            rows.append((name, f"{group['photos']:,}", *figures))
        header = (title, "photos", "age MAE", "age bias", "within 5 years", "gender accuracy", "80% interval coverage")
        return markdown(header, rows)

    return table


def gaps_table(results: Path) -> str:
    rows = []
    for gap in gaps(json.loads((results / "report.json").read_text())):
        percent = is_share(gap.metric)
        best, worst, size = (number(value, percent) for value in (gap.best_value, gap.worst_value, gap.size))
        size = f"{100 * gap.size:.1f} points" if percent else f"{size} years"
        what = "gender accuracy" if percent else "age MAE (years)"
        rows.append((what, gap.grouping.removeprefix("by_"), f"{gap.best}: {best}", f"{gap.worst}: {worst}", size))
    return markdown(("metric", "between groups of", "best", "worst", "gap"), rows)


def certainty_table(results: Path) -> str:
    predictions = pd.read_parquet(results / "test_predictions.parquet")
    young = predictions["age"] < CHILDHOOD
    groups = {
        f"under {CHILDHOOD}": predictions[young],
        f"{CHILDHOOD} and over": predictions[~young],
        "all": predictions,
    }
    rows = []
    for name, photos in groups.items():
        stated, right = stated_gender(photos), right_gender(photos)
        shares = (stated.mean(), right[stated].mean(), right[~stated].mean())
        counts = f"{len(photos):,}", f"{(~right).sum()}"
        rows.append((name, *counts, *(number(share, percent=True) for share in shares)))
    header = (
        "age (years)",
        "photos",
        "wrong gender",
        "gender stated",
        "accuracy when stated",
        "accuracy when uncertain",
    )
    return markdown(header, rows)


def data_sets_table(results: Path) -> str:
    """A row a data set that was evaluated."""
    rows = []
    for data in DATA_SETS:
        report = json.loads((results / data.report).read_text())
        predictions = pd.read_parquet(results / data.predictions)
        overall, stated, right = report["overall"], stated_gender(predictions), right_gender(predictions)
        if "age_mae" in overall:
            age = f"MAE {number(overall['age_mae']['value'], percent=False)} years"
            coverage = number(overall["interval_coverage"]["value"], percent=True)
        else:
            age, coverage = f"right bracket {number(overall['age_in_bracket']['value'], percent=True)}", "–"
        groups = report.get("by_ethnicity", {})
        worst = min(groups, key=lambda group: groups[group]["gender_accuracy"]["value"], default=None)
        lowest = "–" if worst is None else f"{worst} {number(groups[worst]['gender_accuracy']['value'], percent=True)}"
        genders = (number(value, percent=True) for value in (overall["gender_accuracy"]["value"], right[stated].mean()))
        accuracy, accuracy_stated = genders
        share = number(stated.mean(), percent=True)
        rows.append(
            (data.name, f"{overall['photos']:,}", data.ages, age, coverage, accuracy, lowest, share, accuracy_stated)
        )
    header = (
        "test photos of", "photos", "ages", "age", "80% interval coverage",
        "gender accuracy", "lowest group", "gender stated", "accuracy when stated",
    )  # fmt: skip
    return markdown(header, rows)
