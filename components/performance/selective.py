"""The When sure tab of the Model performance page: what abstaining buys, and who is left without an answer."""

import pandas as pd
import streamlit as st

from components.chart_card import show
from components.filters import OPTIONS, capitalized
from components.performance import decision_charts
from model.face import CERTAIN_GENDER
from reports import selective
from reports.metrics import FEWEST_PHOTOS, stated_gender
from reports.selective import Task

TASKS: tuple[Task, ...] = ("Age", "Gender")
BY = {"Age": "width of the age interval", "Gender": "probability of the gender"}
"""What each task's certainty is."""


def show_selective(selected: pd.DataFrame, columns: list[str]) -> None:
    """Risk against coverage, and the groups that abstaining leaves out.

    Args:
        selected: predictions for the photos that match the filters.
        columns: with the groups that are told apart.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        task: Task = st.segmented_control(
            "Estimate", TASKS, default="Age", required=True, bind="query-params", key="task"
        )
        percent = st.slider(
            "Answer the surest (%)", 5, 100, 50, 5, bind="query-params", key="surest", width=360,
            help=f"The others get no answer. Photos are ranked by the {BY[task]}.",
        )  # fmt: skip
        column = st.segmented_control(
            "Who is left out, by",
            columns,
            default=columns[0],
            required=True,
            format_func=lambda name: OPTIONS[name][0].partition(" (")[0],
            bind="query-params",
            key="left-out-by",
        )
    unit = "%" if task == "Gender" else " years"
    coverage = percent / 100
    left, right = st.columns(2, gap="medium")
    with left:
        curve = selective.risk_curve(selected, task)
        area = selective.area_under_risk(selected, task)
        show(
            decision_charts.risk_coverage(curve, coverage, unit),
            risk_finding(curve, coverage, unit),
            curve,
            "risk-coverage",
            caption=f"Ordered by the {BY[task]}. Area under the curve (AURC): {_with_unit(area, unit)}. Risk–coverage "
            "curves: El-Yaniv and Wiener, JMLR 11, 2010; AURC: Geifman, Uziel and El-Yaniv, ICLR 2019.",
        )
    with right:
        groups = selective.answered_by_group(selected, task, coverage, column)
        label = OPTIONS[column][0]
        show(
            decision_charts.answered_groups(groups, coverage, label),
            left_out_finding(groups, coverage),
            groups,
            "answered-groups",
            caption="If certainty were equal, every group would lie on the dashed line. Lines: Wilson's 95% intervals.",
        )
    if task == "Gender":
        stated = stated_gender(selected).mean()
        bound = f"it calls a gender below {CERTAIN_GENDER:.0%} uncertain"
        st.caption(f"The app itself answers {stated:.0%} of these photos: {bound}.")


def risk_finding(curve: pd.DataFrame, coverage: float, unit: str) -> str:
    """The error of the surest photos beside that of all; from `selective.risk_curve`."""
    answered = curve.iloc[round(coverage * selective.STEPS) - 1]
    every = curve.iloc[-1]
    what = "Wrong genders" if unit == "%" else "Age error"
    sure, all_photos = (_with_unit(row["risk"], unit) for row in (answered, every))
    return f"{what}: {sure} for the surest {coverage:.0%}, {all_photos} for all"


def left_out_finding(groups: pd.DataFrame, coverage: float) -> str:
    """The groups that get the fewest and the most answers; from `selective.answered_by_group`."""
    enough = groups[groups["photos"] >= FEWEST_PHOTOS]
    enough = groups if enough.empty else enough
    fewest, most = enough.nsmallest(1, "share").iloc[0], enough.nlargest(1, "share").iloc[0]
    if len(enough) == 1:
        return f"{capitalized(fewest['group'])}: {fewest['share']:.0%} answered"
    return (
        f"If only the surest {coverage:.0%} are answered, {capitalized(fewest['group'])} gets an answer for "
        f"{fewest['share']:.0%} of its photos, {capitalized(most['group'])} for {most['share']:.0%}"
    )


def _with_unit(risk: float, unit: str) -> str:
    return f"{risk:.2%}" if unit == "%" else f"{risk:.2f} years"
