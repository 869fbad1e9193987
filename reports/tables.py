"""Writes the figures of the result files into the documents: `python -m train tables`.

A table stands between `<!-- table NAME -->` and `<!-- end -->`; its content is replaced, the rest stays. No figure is
typed by hand, and a test fails when a document and the result files differ.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from reports.benchmarks import rows_in
from reports.evaluation_tables import certainty_table, data_sets_table, gaps_table, groups_table, overall_table
from reports.markdown import markdown, number
from reports.releases import changes_table
from reports.unfolding_tables import corrected_mixes_table, corrected_sets_table, corrected_table
from reports.video_tables import coverage_table, errors_table, quality_table, tracks_table

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "model" / "README.md",
    *(ROOT / "docs" / name for name in ("edge.md", "evaluation.md", "speed.md", "study.md", "video.md")),
)
PUBLISHED = ROOT / "components" / "performance" / "published_systems.csv"
TABLE = re.compile(r"(<!-- table (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refresh(document: str, results: Path) -> str:
    """The text of a document with every table rewritten from the files in `results`.

    Raises:
        FileNotFoundError: if a result file that a table needs does not exist yet.
        KeyError: if a table has a name that is not in `TABLES`.
    """
    return TABLE.sub(lambda match: match[1] + "\n" + TABLES[match["name"]](results) + "\n" + match[3], document)


def _study(results: Path) -> str:
    rows = [
        (
            row["name"],
            row["change"],
            str(row["epochs"]),
            f"{row['validation_age_mae']:.2f}",
            f"{row['validation_gender_accuracy']:.1%}",
            _or_dash(row["fairface_age_in_bracket"], ".1%"),
            _or_dash(row["fairface_gender_accuracy"], ".1%"),
            _or_dash(row["aaf_age_mae"], ".2f"),
            f"{row['parameters'] / 1e6:.1f} M",
            f"{row['seconds_per_epoch']:.0f}",
            f"{row['milliseconds_per_face']:.1f}",
        )
        for row in pd.read_csv(results / "experiments.csv").to_dict("records")
    ]
    on_others = ("FairFace bracket", "FairFace gender", "AAF age MAE")
    header = ("name", "change", "epochs", "age MAE", "gender", *on_others, "parameters", "s/epoch", "ms/face")
    return markdown(header, rows)


def _or_dash(value: float, how: str) -> str:
    return "–" if pd.isna(value) else format(value, how)


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
    for system in systems.to_dict("records"):
        name = system["system"] if pd.isna(system["link"]) else f"[{system['system']}]({system['link']})"
        gender = "–" if pd.isna(system["gender_accuracy"]) else number(system["gender_accuracy"], percent=True)
        conditions = f"{system['photos']}; {system['protocol']}"
        rows.append((name, number(system["age_mae"], percent=False), gender, conditions))
    return markdown(("system", "age MAE (years)", "gender accuracy", "measured on"), rows)


def _placement(results: Path) -> str:
    measured = json.loads((results / "placement.json").read_text())
    names = {"as_chips": "as chips", "in_photos": "in photos, found and aligned"}
    rows = [
        (text, f"{measured[key]['age_mae']:.2f}", f"{measured[key]['gender_accuracy']:.1%}")
        for key, text in names.items()
    ]
    found = f"{measured['faces_found']} of {measured['chips']} faces found"
    return markdown((found, "age MAE (years)", "gender accuracy"), rows)


def _geometry(results: Path) -> str:
    measured = json.loads((results / "geometry.json").read_text())
    rows = [
        (name.replace("_", " "), *(f"({x:.1f}, {y:.1f})" for x, y in (point["mean"], point["deviation"], used)))
        for (name, point), used in zip(measured["landmarks"].items(), measured["used"], strict=True)
    ]
    found = f"{measured['faces_found']} of {measured['chips']} chips"
    return markdown((found, "mean (x, y), pixels", "standard deviation", "used"), rows)


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
    return markdown(header, rows)


def _interfaces(results: Path) -> str:
    measured = json.loads((results / "interfaces.json").read_text())
    rows = []
    for name, interface in measured["interfaces"].items():
        faces = [
            f"{face['age']:.1f} ({face['interval'][0]:.1f}–{face['interval'][1]:.1f}) {face['stated_gender']}"
            for face in interface["answers"]
        ]
        rows.append((name, *faces))
    return markdown(("interface", *measured["faces"]), rows)


def _benchmarks(results: Path) -> str:
    lines, group = [], ""
    for row in rows_in(json.loads((results / "benchmarks.json").read_text())):
        met = {True: "met", False: "missed", None: ""}[row.met]
        title, group = "" if row.group == group else row.group, row.group
        lines.append((title, row.name, f"{row.value:.3g} {row.unit}".strip(), row.target, met))
    return markdown(("", "measured", "value", "target", ""), lines)


def _timed(file: str) -> Callable[[Path], str]:
    """A table of the rows of one benchmark, with the machine it ran on."""

    def table(results: Path) -> str:
        content = json.loads((results / file).read_text())
        machine = content["machine"]
        rows = [(row.name, f"{row.value:.1f} {row.unit}".strip(), row.target) for row in rows_in(content)]
        return markdown((f"{machine['processor']}, {machine['cores']} cores", "measured", "target"), rows)

    return table


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
    return markdown((f"{machine['processor']}, {machine['cores']} cores", "measured"), rows)


TABLES: dict[str, Callable[[Path], str]] = {
    "overall": overall_table,
    "data-sets": data_sets_table,
    "by-age": groups_table("by_age", "age (years)"),
    "by-gender": groups_table("by_gender", "gender"),
    "by-ethnicity": groups_table("by_ethnicity", "ethnicity"),
    "certainty": certainty_table,
    "gaps": gaps_table,
    "changes": changes_table,
    "study": _study,
    "published": _published,
    "placement": _placement,
    "geometry": _geometry,
    "exports": _exports,
    "interfaces": _interfaces,
    "benchmarks": _benchmarks,
    "load": _load,
    "corrected": corrected_table,
    "corrected-sets": corrected_sets_table,
    "corrected-mixes": corrected_mixes_table,
    "video-errors": errors_table,
    "video-coverage": coverage_table,
    "video-quality": quality_table,
    "video-tracks": tracks_table,
    "video-speed": _timed("video_speed.json"),
    "private-page": _timed("private_page.json"),
}
