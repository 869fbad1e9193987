"""Robustness: how the error over many photos grows with each perturbation, as curves and in words."""

from typing import Any

import pandas as pd
import streamlit as st

from components import address
from components.chart_card import config
from components.photo.face_charts import robustness_curve
from model.inspection.perturbations import PERTURBATIONS, Perturbation

METRICS = {
    "Age error": ("age_mae", "Mean absolute error (years)", False),
    "Gender accuracy": ("gender_accuracy", "Photos with the right gender (%)", True),
    "Interval coverage": ("interval_coverage", "Labelled age inside the 80% interval (%)", True),
}
NOTICEABLE = 0.1
"""Relative growth of the age error from which errors are said to grow."""

COLUMNS = 3


def show_robustness(measured: dict[str, Any]) -> None:
    """Draws a curve for each perturbation; `measured` as in `robustness.json`."""
    st.write(
        f"The same changes, applied to {measured['photos']:,} photos of the {measured['split']} split. "
        f"Errors are said to grow where the mean age error rises by {NOTICEABLE:.0%} or more. "
        "Thin lines are 95% bootstrap intervals. The dotted line marks the unchanged photo."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        address.seed("robustness", address.one_of(*METRICS), "Age error")
        name = st.segmented_control("Measure", list(METRICS), required=True, key="robustness") or "Age error"
        address.write("robustness", name, "Age error")
        st.download_button(
            "CSV",
            as_table(measured).to_csv(index=False),
            "robustness.csv",
            "text/csv",
            icon=":material/table:",
            on_click="ignore",
        )
    metric, label, percent = METRICS[name]
    limits = _limits(measured, metric, percent)
    curves = list(measured["perturbations"].items())
    # Three in each row, so that neighbours stay level.
    for start in range(0, len(curves), COLUMNS):
        for column, (key, rows) in zip(
            st.columns(COLUMNS, gap="medium"), curves[start : start + COLUMNS], strict=False
        ):
            perturbation = PERTURBATIONS[key]
            column.markdown(f"**{finding(rows, perturbation)}**")
            column.plotly_chart(
                robustness_curve(rows, perturbation, metric, label, percent, limits),
                config=config(f"robustness-{key}"),
                alt=f"{name} by {perturbation.label.lower()}",
            )


def finding(rows: list[dict[str, Any]], perturbation: Perturbation) -> str:
    """From which strength errors grow: "Blur: errors grow at 3 pixels or more"."""
    error = {row["strength"]: row["age_mae"]["value"] for row in rows}
    bound = error[perturbation.neutral] * (1 + NOTICEABLE)
    below = [s for s in error if s < perturbation.neutral and error[s] >= bound]
    above = [s for s in error if s > perturbation.neutral and error[s] >= bound]
    ends = [f"at {_amount(max(below), perturbation)} or less"] if below else []
    ends += [f"at {_amount(min(above), perturbation)} or more"] if above else []
    return f"{perturbation.label}: errors {'grow ' + ' and '.join(ends) if ends else 'hardly grow'}"


def as_table(measured: dict[str, Any]) -> pd.DataFrame:
    """One row for each perturbation and strength; columns for each metric and the ends of its interval."""
    return pd.json_normalize(
        [{"perturbation": name, **row} for name, rows in measured["perturbations"].items() for row in rows], sep="_"
    )


def _amount(strength: float, perturbation: Perturbation) -> str:
    return f"{strength:g}{perturbation.unit}".replace("-", "−")


def _limits(measured: dict[str, Any], metric: str, percent: bool) -> tuple[float, float]:
    """A range that contains every interval of the metric; errors start at zero."""
    ends = [row[metric] for rows in measured["perturbations"].values() for row in rows]
    if percent:
        return max(0, min(end["low"] for end in ends) * 100 - 3), 100.5
    return 0, max(end["high"] for end in ends) * 1.05
