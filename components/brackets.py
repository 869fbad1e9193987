"""Age brackets as the Data set and Demographics pages draw them: the chart and the title they share."""

import pandas as pd
import plotly.graph_objects as go

from components.chart_card import axes
from components.filters import capitalized
from components.palette import COLORS


def composition_chart(table: pd.DataFrame, split_by: str, unit: str = "photos") -> go.Figure:
    """What share of each bracket belongs to each part, as stacked bars.

    Args:
        table: `bracket`, `part`, `share` of the bracket (0-1), and how many, in a column named `unit`.
        split_by: the column of the data whose values are the parts, a key of `COLORS`.
        unit: what is counted.
    """
    figure = go.Figure()
    for part, color in COLORS[split_by].items():
        rows = table[table["part"] == part]
        name = capitalized(part)
        figure.add_bar(
            y=rows["bracket"].astype(str),
            x=rows["share"] * 100,
            orientation="h",
            name=name,
            marker_color=color,
            customdata=rows[unit],
            hovertemplate=f"%{{y}} years: %{{x:.1f}}%, %{{customdata:,}} {unit}<extra>{name}</extra>",
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(range=[0, 100])
    figure.update_yaxes(type="category", autorange="reversed")
    return axes(figure, "Share of the bracket (%)", "Age bracket (years)")


def largest_bracket(table: pd.DataFrame, unit: str = "photos") -> str:
    """Which bracket is the largest, in one sentence.

    Args:
        table: `bracket`, its `share` of the whole (0-1), and how many, in a column named `unit`.
        unit: what is counted.
    """
    largest = table.nlargest(1, unit).iloc[0]
    return f"{largest['bracket']} is the largest bracket: {largest['share']:.0%} of {table[unit].sum():,} {unit}"
