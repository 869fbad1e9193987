"""The views of the tour: where each is, the chart it speaks of, and its sentence, computed from the result files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from components.dataset.tables import rounding
from components.photo.robustness import finding
from components.published import read_report, read_table
from components.what_if.sliders import MOVED
from model.calibration import COVERAGE
from model.inspection.perturbations import PERTURBATIONS
from reports.data_sets import UTKFACE

OLDEST, YOUNGEST = "70+", "0–2"
BLUR = 8  # pixels


@dataclass(frozen=True)
class View:
    """A page with what is set on it.

    page: its file.
    settings: values of its widgets, by their keys.
    chart: class of the container with the chart.
    sentence: gives what there is to see; raises ResultError if its result file is missing.
    """

    page: str
    settings: Mapping[str, object]
    chart: str
    sentence: Callable[[], str]


def _rounded() -> str:
    labels = read_table("labels.parquet")
    return (
        f"People round ages: between 20 and 90, labels that end in 0 or 5 are {rounding(labels):.1f} times as frequent "
        "as the years around them, so no model can be right to the year."
    )


def _oldest() -> str:
    report = read_report("report.json", "by_age", "overall")
    group, everyone = report["by_age"][OLDEST], report["overall"]
    return (
        f"Few old people, large errors: only {group['photos']} of {everyone['photos']:,} test photos show people aged "
        f"70 or over, and their estimates are off by {group['age_mae']['value']:.1f} years on average, compared with "
        f"{everyone['age_mae']['value']:.1f} for all photos."
    )


def _youngest() -> str:
    report = read_report("report.json", "by_age", "overall")
    group, everyone = (part["gender_accuracy"]["value"] for part in (report["by_age"][YOUNGEST], report["overall"]))
    return (
        f"Babies' faces say little about their gender: the model gets it right for {group:.0%} of children under "
        f"3, compared with {everyone:.0%} of all people. Guessing would give 50%."
    )


def _blur() -> str:
    curve = read_report("robustness.json", "photos", "perturbations")["perturbations"]["blur"]
    error = {row["strength"]: row["age_mae"]["value"] for row in curve}
    return (
        f"{finding(curve, PERTURBATIONS['blur'])}: over all test photos, the mean age error grows from {error[0]:.1f} "
        f"years to {error[BLUR]:.1f} at {BLUR} pixels. Move the slider and watch one face."
    )


def _calibration() -> str:
    groups = read_report("report.json", "by_age", "overall")
    covered = pd.Series({name: group["interval_coverage"]["value"] for name, group in groups["by_age"].items()})
    return (
        f"An {COVERAGE:.0%} range should contain the labelled age {COVERAGE:.0%} of the time. Here, the ranges do so "
        f"for {groups['overall']['interval_coverage']['value']:.0%} of all test photos, from {covered.min():.0%} at "
        f"age {covered.idxmin()} to {covered.max():.0%} at age {covered.idxmax()}."
    )


def _groups(measure: str, *brackets: str) -> dict[str, object]:
    """The bars of Model performance by age bracket, with some of them selected."""
    everyone = {"data": UTKFACE.name, "gender": [], "ethnicity": []}
    return {**everyone, "view": "By group", "measure": measure, "bracket": list(brackets)}


AGES: dict[str, object] = {"data": UTKFACE.name, "view": "Ages", "bins": "Years", "height": "Photos", "bracket": []}
BARS = "st-key-chart-by-bracket"
VIEWS = (
    View("pages/dataset.py", AGES, "st-key-chart-ages", _rounded),
    View("pages/performance.py", _groups("Age error", OLDEST), BARS, _oldest),
    View("pages/performance.py", _groups("Gender accuracy", YOUNGEST), BARS, _youngest),
    View("pages/what_if.py", {"blur": float(BLUR), MOVED: "blur"}, "st-key-effects", _blur),
    View("pages/performance.py", _groups("Interval coverage"), BARS, _calibration),
)
