"""Charts of the Demographics page, drawn from the tables of `components.demographics.tables`."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from components.chart_card import INTERVAL, axes
from components.palette import BLUE, COLORS, GREY, ORANGE


def shares_by_age(table: pd.DataFrame, unit: str = "faces") -> go.Figure:
    """The share of each bracket with its 95% interval; from `tables.shares_by_age`."""
    counts = "<br>%{customdata[2]:,} " + unit
    return _brackets([_bars(table, BLUE, "", counts)], unit)


def corrected_shares(estimated: pd.DataFrame, corrected: pd.DataFrame, unit: str) -> go.Figure:
    """Two bars a bracket: the shares as estimated, and corrected for the model's errors, each with its 95% interval.

    Args:
        estimated: of `tables.shares_by_age`.
        corrected: of `reports.unfolding.corrected_ages`.
        unit: what is counted.
    """
    bars = [_bars(estimated, BLUE, "As estimated"), _bars(corrected, ORANGE, "Corrected")]
    return _brackets(bars, unit)


def _bars(table: pd.DataFrame, color: str, name: str, more: str = "") -> go.Bar:
    share, low, high = (table[column] * 100 for column in ("share", "low", "high"))
    return go.Bar(
        x=table["bracket"],
        y=share,
        name=name,
        marker_color=color,
        error_y={"type": "data", "array": high - share, "arrayminus": share - low, "color": GREY, "thickness": 2},
        customdata=np.stack([low, high, *([table["faces"]] if more else [])], axis=1),
        hovertemplate="%{x}: %{y:.1f}%<br>" + INTERVAL + more + f"<extra>{name}</extra>",
    )


def _brackets(bars: list[go.Bar], unit: str) -> go.Figure:
    figure = go.Figure(bars)
    figure.update_xaxes(type="category")
    figure.update_yaxes(rangemode="tozero")
    return axes(figure, "Age bracket (years)", f"Share of the {unit} (%)")


def ages(table: pd.DataFrame, unit: str) -> go.Figure:
    """Faces or people, as `unit` says, by age, stacked by stated gender; from `tables.ages`."""
    figure = go.Figure()
    for gender, color in COLORS["stated_gender"].items():
        rows = table[table["gender"] == gender]
        width = rows["last_age"] - rows["first_age"] + 1
        figure.add_bar(
            x=(rows["first_age"] + rows["last_age"]) / 2,
            y=rows["faces"],
            width=width * 0.92,
            name=gender.capitalize(),
            marker_color=color,
            customdata=rows[["first_age", "last_age"]],
            hovertemplate=f"%{{customdata[0]}} to %{{customdata[1]}} years: %{{y:,}} {unit}",
        )
    figure.update_layout(barmode="stack")
    return axes(figure, "Age (years)", unit.capitalize())
