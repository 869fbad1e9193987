"""A chart card: the finding as its title, the chart, and buttons that save its picture and its numbers."""

import textwrap
from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from components.palette import SEQUENTIAL

TITLE_LINES = 2
"""In the saved picture. The page writes the title itself, over the same place, in as many lines as its width takes."""

TITLE_SIZE, LINE_HEIGHT = 16, 21  # pixels; page.css has their sum, too
HEIGHT = 400  # pixels, without the title


GRID: dict[str, Any] = {"colorscale": SEQUENTIAL, "showscale": False, "xgap": 2, "ygap": 2, "hoverongaps": False}
"""The look of a heat map whose cells say their numbers."""

INTERVAL = "95% interval %{customdata[0]:.1f} to %{customdata[1]:.1f}%"
"""Of a percentage, in the box that opens when the pointer is over it."""


def axes(figure: go.Figure, x: str, y: str) -> go.Figure:
    """Titles both axes; include the units."""
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y)
    return figure


def show(
    figure: go.Figure,
    finding: str,
    data: pd.DataFrame,
    name: str,
    *,
    caption: str = "",
    key: str | None = None,
    on_select: Callable[[], None] | None = None,
    height: int = HEIGHT,
) -> None:
    """Draws a chart with its title, a caption, and a button that downloads its data.

    Args:
        figure: with titled axes.
        finding: what the chart shows, in one short sentence; the title, also in the PNG.
        data: the numbers drawn, for the CSV file.
        name: of the downloaded files, without suffix; unique on the page.
        caption: what a reader needs to know to read the chart.
        key: of the chart as a widget; required with `on_select`.
        on_select: called when a bar or point is clicked.
        height: pixels, without the title.
    """
    lines = textwrap.wrap(finding, max(40, len(finding) // TITLE_LINES + 10))
    title_height = 16 + LINE_HEIGHT * TITLE_LINES
    padding = 8 + LINE_HEIGHT // 2 * (len(lines) - 1)  # Plotly positions a title by the middle of its lines
    figure.update_layout(
        title={
            "text": "<br>".join(lines), "font": {"size": TITLE_SIZE}, "x": 0, "xref": "container", "xanchor": "left",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": padding, "l": 4},
        },
        height=height + title_height,
        margin={"l": 10, "r": 10, "t": title_height + 8, "b": 10},
        legend={
            "orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "traceorder": "normal",
            "font": {"size": 13},
        },
        font={"size": 14},
        # On a phone, a finger scrolls past the chart instead of zooming into it.
        dragmode=False,
    )  # fmt: skip
    figure.update_xaxes(fixedrange=True, automargin=True, tickfont={"size": 13})
    figure.update_yaxes(fixedrange=True, automargin=True, tickfont={"size": 13})
    selection: dict[str, Any] = {"on_select": on_select, "selection_mode": "points"} if on_select else {}
    with st.container(key=f"chart-{name}", gap=None):
        st.markdown(f"**{finding}**")
        st.plotly_chart(figure, config=config(name), alt=finding, key=key, **selection)
    text, button = st.columns([4, 1], vertical_alignment="center") if caption else (None, st.container())
    if text:
        text.caption(caption)
    with button.container(horizontal=True, horizontal_alignment="right"):
        st.download_button(
            "CSV", data.to_csv(index=False), f"{name}.csv", "text/csv",
            key=f"{name}-csv", type="tertiary", icon=":material/download:", on_click="ignore",
            help="Download the numbers in this chart. The camera icon above saves it as a picture.",
        )  # fmt: skip


def config(name: str) -> dict[str, Any]:
    """Plotly's toolbar: always visible, with one button, which saves the chart as a picture at twice its size."""
    return {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": name, "scale": 2},
    }
