"""Writes the figures of the result files into the documents: `python -m train tables`.

A table stands between `<!-- table NAME -->` and `<!-- end -->`; its content is replaced, the rest stays. No figure is
typed by hand, and a test fails when a document and the result files differ.
"""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from reports.benchmarks import rows_in
from reports.metrics import gaps, right_gender, stated_gender

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "model" / "README.md",
    *(ROOT / "docs" / name for name in ("edge.md", "speed.md", "study.md")),
)
PUBLISHED = ROOT / "components" / "performance" / "published_systems.csv"
TABLE = re.compile(r"(<!-- table (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
CHILDHOOD = 10
"""Years; younger children's genders are hard to tell."""


def refresh(document: str, results: Path) -> str:
    """The text of a document with every table rewritten from the files in `results`.

    Raises:
        FileNotFoundError: if a result file that a table needs does not exist yet.
        KeyError: if a table has a name that is not in `TABLES`.
    """
    return TABLE.sub(lambda match: match[1] + "\n" + TABLES[match["name"]](results) + "\n" + match[3], document)


def _overall(results: Path) -> str:
    report = json.loads((results / "report.json").read_text())
    rows = []
    for name, text in report["metrics"].items():
        figure, percent = report["overall"][name], _is_share(name)
        interval = f"{_number(figure['low'], percent)} to {_number(figure['high'], percent)}"
        rows.append((text, _number(figure["value"], percent), interval))
    return _markdown(("on the test split", "value", "95% interval"), rows)


def _groups(key: str, title: str) -> Callable[[Path], str]:
    def table(results: Path) -> str:
        groups = json.loads((results / "report.json").read_text())[key]
        metrics = ("age_mae", "age_bias", "cs5", "gender_accuracy", "interval_coverage")
        rows = []
        for name, group in groups.items():
            figures = []
            for metric in metrics:
                figure, percent = group[metric], _is_share(metric)
                ends = f"{_number(figure['low'], percent)} to {_number(figure['high'], percent)}"
                figures.append(f"{_number(figure['value'], percent)} ({ends})")
            rows.append((name, f"{group['photos']:,}", *figures))
        header = (title, "photos", "age MAE", "age bias", "within 5 years", "gender accuracy", "80% interval coverage")
        return _markdown(header, rows)

    return table


def _gaps(results: Path) -> str:
    rows = []
    for gap in gaps(json.loads((results / "report.json").read_text())):
        percent = _is_share(gap.metric)
        best, worst, size = (_number(value, percent) for value in (gap.best_value, gap.worst_value, gap.size))
        size = f"{100 * gap.size:.1f} points" if percent else f"{size} years"
        what = "gender accuracy" if percent else "age MAE (years)"
        rows.append((what, gap.grouping.removeprefix("by_"), f"{gap.best}: {best}", f"{gap.worst}: {worst}", size))
    return _markdown(("metric", "between groups of", "best", "worst", "gap"), rows)


def _certainty(results: Path) -> str:
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
        rows.append((name, *counts, *(_number(share, percent=True) for share in shares)))
    header = (
        "age (years)",
        "photos",
        "wrong gender",
        "gender stated",
        "accuracy when stated",
        "accuracy when uncertain",
    )
    return _markdown(header, rows)


def _study(results: Path) -> str:
    rows = [
        (
            row["name"],
            row["change"],
            str(row["epochs"]),
            f"{row['validation_age_mae']:.2f}",
            f"{row['validation_gender_accuracy']:.1%}",
            f"{row['parameters'] / 1e6:.1f} M",
            f"{row['seconds_per_epoch']:.0f}",
            f"{row['milliseconds_per_face']:.1f}",
        )
        for row in pd.read_csv(results / "experiments.csv").to_dict("records")
    ]
    header = ("name", "change", "epochs", "age MAE", "gender", "parameters", "s/epoch", "ms/face")
    return _markdown(header, rows)


def _published(results: Path) -> str:
    report = json.loads((results / "report.json").read_text())["overall"]
    here = {
        "system": "**This model**",
        "age_mae": report["age_mae"]["value"],
        "gender_accuracy": report["gender_accuracy"]["value"],
        "photos": f"{report['photos']:,} test photos, all ages",
        "protocol": "split by photo, near-duplicates kept together",
    }
    systems = pd.concat([pd.DataFrame([here]), pd.read_csv(PUBLISHED)]).sort_values("age_mae", kind="stable")
    rows = []
    for system in systems.fillna("").to_dict("records"):
        name = f"[{system['system']}]({system['link']})" if system["link"] else system["system"]
        gender = _number(system["gender_accuracy"], percent=True) if system["gender_accuracy"] != "" else "–"
        conditions = f"{system['photos']}; {system['protocol']}"
        rows.append((name, _number(system["age_mae"], percent=False), gender, conditions))
    return _markdown(("system", "age MAE (years)", "gender accuracy", "measured on"), rows)


def _placement(results: Path) -> str:
    measured = json.loads((results / "placement.json").read_text())
    names = {"as_chips": "as chips", "in_photos": "in photos, found and aligned"}
    rows = [
        (text, f"{measured[key]['age_mae']:.2f}", f"{measured[key]['gender_accuracy']:.1%}")
        for key, text in names.items()
    ]
    found = f"{measured['faces_found']} of {measured['chips']} faces found"
    return _markdown((found, "age MAE (years)", "gender accuracy"), rows)


def _geometry(results: Path) -> str:
    measured = json.loads((results / "geometry.json").read_text())
    rows = [
        (name.replace("_", " "), *(f"({x:.1f}, {y:.1f})" for x, y in (point["mean"], point["deviation"], used)))
        for (name, point), used in zip(measured["landmarks"].items(), measured["used"], strict=True)
    ]
    found = f"{measured['faces_found']} of {measured['chips']} chips"
    return _markdown((found, "mean (x, y), pixels", "standard deviation", "used"), rows)


def _exports(results: Path) -> str:
    measured = json.loads((results / "exports.json").read_text())
    rows = [
        (
            name,
            f"{values['bytes'] / 1e6:.1f}",
            f"{values['age_mae']:.2f}",
            f"{values['gender_accuracy']:.1%}",
            f"{values['milliseconds']:.0f}",
            f"{values['age_change_mean']:.3f}" if "age_change_mean" in values else "",
        )
        for name, values in measured["formats"].items()
    ]
    header = (
        f"on {measured['photos']:,} validation photos",
        "MB",
        "age MAE",
        "gender",
        "ms/face",
        "mean age change (years)",
    )
    return _markdown(header, rows)


def _benchmarks(results: Path) -> str:
    lines, group = [], ""
    for row in rows_in(json.loads((results / "benchmarks.json").read_text())):
        met = {True: "met", False: "missed", None: ""}[row.met]
        title, group = "" if row.group == group else row.group, row.group
        lines.append((title, row.name, f"{row.value:.3g} {row.unit}".strip(), row.target, met))
    return _markdown(("", "measured", "value", "target", ""), lines)


def _load(results: Path) -> str:
    run = json.loads((results / "load.json").read_text())
    answers, memory = dict(run["answers"]), run["memory"]
    waits = answers.pop("503", 0)
    rows = [
        ("answers to API clients", f"{sum(answers.values()):,}"),
        ("photos through the app", f"{run['visits']:,}"),
        ("wrong answers", f"{run['wrong']:,}"),
        ("requests told to try again later (503)", f"{waits:,}"),
        ("duration", f"{run['seconds'] / 60:.0f} minutes"),
        ("peak memory", f"{memory['peak']:,} MB"),
        ("memory growth from the second third to the last", f"{memory['growth_in_the_last_third']:,} MB"),
    ]
    machine = run["machine"]
    return _markdown((f"{machine['processor']}, {machine['cores']} cores", "measured"), rows)


def _is_share(metric: str) -> bool:
    return metric in ("cs5", "gender_accuracy", "interval_coverage", "gender_calibration_gap")


def _number(value: float, percent: bool) -> str:
    return f"{value:.1%}" if percent else f"{value:.2f}"


def _markdown(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = tuple(header)
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


TABLES: dict[str, Callable[[Path], str]] = {
    "overall": _overall,
    "by-age": _groups("by_age", "age (years)"),
    "by-gender": _groups("by_gender", "gender"),
    "by-ethnicity": _groups("by_ethnicity", "ethnicity"),
    "certainty": _certainty,
    "gaps": _gaps,
    "study": _study,
    "published": _published,
    "placement": _placement,
    "geometry": _geometry,
    "exports": _exports,
    "benchmarks": _benchmarks,
    "load": _load,
}
