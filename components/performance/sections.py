"""The tabs of the Model performance page about single photos: their ages, their genders, and the largest errors."""

import pandas as pd
import streamlit as st

from components import columns
from components.chart_card import show
from components.dataset import faces as dataset_faces
from components.filters import OPTIONS
from components.performance import charts as performance_charts
from components.performance import findings, gender_charts
from components.performance import tables as performance_tables
from components.performance.tables import DENSITY_YEARS
from components.published import read_table
from reports import metrics
from reports.data_sets import UTKFACE, DataSet

WORST = 24  # photos in the table of the largest errors


def show_ages(
    selected: pd.DataFrame, predictions: pd.DataFrame, of_all_ages: pd.DataFrame, brackets: list[str]
) -> None:
    """How far ages are off, and how often the intervals contain them; or, for brackets, how often these are right.

    Args:
        selected: predictions for the photos that match the filters.
        predictions: for all test photos.
        of_all_ages: those that match the filters, except that of the age brackets.
        brackets: selected, to be highlighted.
    """
    in_years = "age" in selected
    left, right = st.columns(2, gap="medium")
    with left:
        if in_years:
            density = performance_tables.age_density(selected)
            show(
                performance_charts.age_density(density),
                findings.age_density(selected),
                density,
                "age-density",
                caption=f"Each square covers {DENSITY_YEARS} by {DENSITY_YEARS} years.",
            )
        else:
            confusion = performance_tables.bracket_confusion(selected)
            show(
                performance_charts.bracket_confusion(confusion),
                findings.bracket_confusion(confusion),
                confusion,
                "bracket-confusion",
                caption="Of the photos with each labelled bracket, the share (%) with each predicted one.",
            )
    with right:
        curves = {"Selected photos": performance_tables.cumulative_scores(selected)}
        if len(selected) < len(predictions):
            curves["All test photos"] = performance_tables.cumulative_scores(predictions)
        show(
            performance_charts.cumulative_scores(curves, *([] if in_years else ["At most so many years outside"])),
            findings.cumulative_scores(curves["Selected photos"], brackets=not in_years),
            pd.concat([curve.assign(group=name) for name, curve in curves.items()]),
            "cumulative-scores",
        )
    if not in_years:
        return
    scores = performance_tables.overall_scores(selected)
    coverage = performance_tables.scores_by(of_all_ages, "bracket")
    show(
        performance_charts.coverage_points(coverage, brackets),
        findings.coverage(scores),
        coverage[["bracket", "photos"]].join(coverage.filter(like="interval")),
        "interval-coverage",
        caption="Ideally, every point lies on the dashed line. "
        f"The intervals are {scores['value']['interval_width']:.0f} years wide on average.",
    )


def show_genders(selected: pd.DataFrame, column: str) -> None:
    """How often genders are right, for whom, and how far the probabilities can be trusted.

    Args:
        selected: predictions for the photos that match the filters.
        column: whose groups are told apart, beside the age brackets.
    """
    st.write(findings.stated_genders(selected))
    left, right = st.columns(2, gap="medium")
    with left:
        grid = performance_tables.accuracy_grid(selected, column)
        label, groups = OPTIONS[column]
        show(
            gender_charts.accuracy_grid(grid, groups, label),
            findings.accuracy_grid(grid),
            grid,
            "gender-by-age-and-group",
            caption="Share of photos with the right gender (%). Groups with fewer than "
            f"{gender_charts.FEWEST_IN_CELL} photos are left blank.",
        )
    with right:
        confusion = metrics.confusion(selected)
        show(gender_charts.confusion(confusion), findings.confusion(confusion), confusion, "gender-confusion")
    left, right = st.columns(2, gap="medium")
    with left:
        reliability = metrics.reliability(selected)
        show(
            gender_charts.reliability(reliability),
            findings.reliability(reliability),
            reliability,
            "gender-reliability",
            caption="Trustworthy probabilities lie on the dashed line: of the faces said to be “80% female”, 80% are "
            "labelled female.",
        )
    with right:
        if selected["gender"].nunique() < 2:
            st.info("The ROC curve needs photos of both genders.", icon=":material/filter_alt_off:")
        else:
            curve = metrics.roc(selected)
            show(
                gender_charts.roc(curve),
                findings.roc(curve),
                curve,
                "gender-roc",
                caption="The percentage in the title is the area under the curve.",
            )


def show_errors(selected: pd.DataFrame, data: DataSet) -> None:
    """The photos with the largest errors, with likely reasons and, where UTKFace is at hand, their faces."""
    labels = sharpness = None
    if data == UTKFACE:
        labels, sharpness = read_table("labels.parquet"), read_table("sharpness.parquet")
    task = st.segmented_control(
        "Task", ["Age", "Gender"], default="Age", required=True, bind="query-params", key="errors"
    )
    worst = performance_tables.largest_errors(selected, labels, sharpness, task, WORST)
    columns.show_table(
        worst, columns.ERRORS, f"Table of the photos with the largest {task.lower()} errors and the likely reasons"
    )
    if labels is None:
        st.caption(
            "A negative error means that the estimate is too young; for brackets, the error is measured from the "
            "nearer end."
        )
        return
    st.caption(
        "Label noise: a near-identical photo has another gender label, or an age label that differs by "
        f"{performance_tables.LABELS_APART} years or more. Child: up to {performance_tables.CHILD_UNTIL} years. "
        f"Elderly: {performance_tables.ELDERLY_FROM} years or older. Blur: among the least sharp "
        f"{performance_tables.SOFTEST:.0%} of the test photos. A likely reason is not proof."
    )
    _, found = dataset_faces.choose_folder(set(labels["photo"]))
    if found:
        captions = {
            str(row.photo): f"{row.age} years, estimate {row.predicted_age:.0f}"
            if task == "Age"
            else f"{row.gender}, {row.age} years"
            for row in worst.itertuples()
        }
        dataset_faces.show_faces(dataset_faces.read_chips(found, list(worst["photo"])), captions)
