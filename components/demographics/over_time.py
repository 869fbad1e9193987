"""How many people of a video were in view in each minute."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from components.chart_card import axes, show
from components.palette import BLUE, SKY

MOST_BARS = 180
MINUTES = (1, 2, 5, 10, 15, 30, 60, 180, 720, 1440, 7200)
"""What a bar may stand for: the shortest that gives at most `MOST_BARS` in a year is taken."""


def show_over_time(people: pd.DataFrame) -> None:
    """Draws the people per minute, if it is known when they were in view, and that is for more than a minute."""
    if "last_second" not in people or people["last_second"].max() <= 60:
        return
    table = people_over_time(people)
    st.header("People over time")
    start = "the beginning" if people["face"].is_unique else "the beginning of each video"
    show(
        over_time(table),
        busiest(table),
        table,
        "people-per-minute",
        caption=f"Minutes are counted from {start}. People in view for several minutes count in each; those who "
        "leave and come back count again. The last minute may be incomplete.",
    )


def people_over_time(people: pd.DataFrame) -> pd.DataFrame:
    """People by minute, or by a longer stretch in long videos.

    Args:
        people: with `first_second` and `last_second` in view.

    Returns:
        A row for each stretch: `first_minute` and `last_minute` (where it begins and ends), how many people
        `appeared` in it, and how many were `in_view` at any time of it, those who appeared included.
    """
    first = np.maximum(people["first_second"].to_numpy() / 60, 0)
    last = np.maximum(people["last_second"].to_numpy() / 60, first)
    width = next(minutes for minutes in MINUTES if last.max() / minutes < MOST_BARS)
    begins, ends = (first // width).astype(int), (last // width).astype(int)
    stretches = int(ends.max()) + 1
    appeared = np.bincount(begins, minlength=stretches)
    left_before = np.bincount(ends + 1, minlength=stretches + 1)[:stretches]
    starts = np.arange(stretches) * width
    return pd.DataFrame(
        {
            "first_minute": starts,
            "last_minute": starts + width,
            "appeared": appeared,
            "in_view": np.cumsum(appeared - left_before),
        }
    )


def over_time(table: pd.DataFrame) -> go.Figure:
    """Stacked bars of the people who appeared and of those who were in view before; from `people_over_time`."""
    width = _width(table)
    figure = go.Figure()
    parts = {"Appeared": table["appeared"], "Already in view": table["in_view"] - table["appeared"]}
    for (name, values), color in zip(parts.items(), (BLUE, SKY), strict=True):
        figure.add_bar(
            x=table["first_minute"] + width / 2,
            y=values,
            width=width * 0.92,
            name=name,
            marker_color=color,
            customdata=table[["first_minute", "last_minute"]],
            hovertemplate="Minutes %{customdata[0]} to %{customdata[1]}: %{y:,}",
        )
    figure.update_layout(barmode="stack")
    return axes(figure, "Minutes from the beginning", f"People {_per(width)}")


def busiest(table: pd.DataFrame) -> str:
    """Which stretch saw most people, in one sentence; from `people_over_time`."""
    row = table.nlargest(1, "in_view").iloc[0]
    when = f"from minute {row['first_minute']} to {row['last_minute']}"
    most, mean = f"{row['in_view']:,}", f"{table['in_view'].mean():.0f}"
    return f"Most people {_per(_width(table))}: {most}, {when}; {mean} on average"


def _width(table: pd.DataFrame) -> int:
    return int(table["last_minute"].iloc[0])


def _per(width: int) -> str:
    return "per minute" if width == 1 else f"in {width:,} minutes"
