"""Charts of the Demographics page, drawn from the tables of `components.demographics.tables`."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from components.chart_card import INTERVAL, axes
from components.palette import BLUE, COLORS, GREY


def shares_by_age(table: pd.DataFrame) -> go.Figure:
    """The share of each bracket with its 95% interval; from `tables.shares_by_age`."""
    share, low, high = (table[name] * 100 for name in ("share", "low", "high"))
    figure = go.Figure(
        go.Bar(
            x=table["bracket"],
            y=share,
            marker_color=BLUE,
            error_y={"type": "data", "array": high - share, "arrayminus": share - low, "color": GREY, "thickness": 2},
            customdata=np.stack([low, high, table["faces"]], axis=1),
            hovertemplate=("%{x}: %{y:.1f}%<br>" + INTERVAL + "<br>%{customdata[2]:,} faces<extra></extra>"),
        )
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(rangemode="tozero")
    return axes(figure, "Age bracket (years)", "Share of the faces (%)")


def ages(table: pd.DataFrame) -> go.Figure:
    """Faces by age, stacked by stated gender; from `tables.ages`."""
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
            hovertemplate="%{customdata[0]} to %{customdata[1]} years: %{y:,} faces",
        )
    figure.update_layout(barmode="stack")
    return axes(figure, "Age (years)", "Faces")
