"""Charts of the Data set page, drawn from the tables of `components.dataset.tables`."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components.chart_card import axes
from components.filters import capitalized
from components.palette import BLUE, COLORS, FADED
from reports.metrics import age_brackets

MEASURES = {"Photos": ("photos", "Photos", 1), "Share": ("share", "Share of the photos (%)", 100)}
"""What the height of a bar can mean: the column, the title of the axis, and the factor."""


def distribution(
    table: pd.DataFrame, split_by: str | None, measure: str, logarithmic: bool, selected: Sequence[str]
) -> go.Figure:
    """Ages or brackets by part: stacked bars of counts, or one line for each part where stacking would mislead.

    Args:
        table: from `tables.distribution`.
        split_by: the column whose values are the parts.
        measure: one of `MEASURES`.
        logarithmic: whether the scale is logarithmic. On such a scale, and for shares, parts are drawn as lines.
        selected: brackets to draw in full colour, the others faded; if empty, none is faded.
    """
    by_year = "age" in table
    column, title, factor = MEASURES[measure]
    figure = go.Figure()
    for part, color in _parts(split_by):
        rows = table[table["part"] == part]
        brackets = (age_brackets(rows["age"]) if by_year else rows["bracket"]).astype(str)
        name = capitalized(part)
        common = {
            "x": rows["age"] if by_year else rows["bracket"],
            "y": rows[column] * factor,
            "name": name,
            "customdata": list(zip(brackets, rows["photos"], rows["share"] * 100, strict=True)),
            "hovertemplate": (
                "%{x} years: %{customdata[1]:,} photos, %{customdata[2]:.1f}%"
                + (f" of {part}<extra>{name}</extra>" if split_by else "<extra></extra>")
            ),
        }
        if logarithmic or (split_by and column == "share"):
            figure.add_scatter(**common, mode="lines+markers", line_color=color, marker_size=5 if by_year else 9)
        else:
            opacity = [1 if not selected or bracket in selected else FADED for bracket in brackets]
            figure.add_bar(**common, marker={"color": color, "opacity": opacity}, **_no_fading_by_plotly())
    figure.update_layout(barmode="stack", showlegend=split_by is not None, bargap=0.12)
    if logarithmic:
        figure.update_yaxes(type="log", dtick=1)
    if not by_year:
        figure.update_xaxes(type="category")
    return axes(figure, "Age (years)" if by_year else "Age bracket (years)", title)


def _parts(split_by: str | None) -> list[tuple[str, str]]:
    return list(COLORS[split_by].items()) if split_by else [("all", BLUE)]


def _no_fading_by_plotly() -> dict[str, Any]:
    """Keeps Plotly from fading bars after a click: the page does so itself, however they were selected."""
    return {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}
