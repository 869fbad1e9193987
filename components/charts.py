"""Plotly figures from tables: units on the axes, hover text, colours that colour-blind people tell apart."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from components.palette import BLUE, COLORS, GREY

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}
HEIGHT = 400  # pixels


def age_histogram(photos: pd.DataFrame, split_by: str | None, bin_years: int, unit: str = "photos") -> go.Figure:
    """Photos, or another unit, by age, stacked by the column `split_by` ("gender", "ethnicity") or undivided."""
    figure = go.Figure()
    for name, color, part in _parts(photos, split_by):
        binned = part["age"] // bin_years * bin_years
        counts = binned.value_counts().sort_index()
        last = counts.index + bin_years - 1
        ages = [str(a) if a == b else f"{a} to {b}" for a, b in zip(counts.index, last, strict=True)]
        figure.add_bar(
            x=counts.index + (bin_years - 1) / 2,
            y=counts.to_numpy(),
            width=bin_years * 0.92,
            name=name,
            marker_color=color,
            customdata=ages,
            hovertemplate=f"%{{customdata}} years: %{{y:,}} {unit}<extra>{name}</extra>",
        )
    figure.update_layout(barmode="stack", showlegend=split_by is not None)
    return _finished(figure, "Age (years)", unit.capitalize())


def share_by_bracket(photos: pd.DataFrame, split_by: str, unit: str = "photos") -> go.Figure:
    """What share of the photos, or another unit, in each bracket (column `bracket`) has each gender or ethnicity."""
    shares = pd.crosstab(photos["bracket"], photos[split_by], normalize="index") * 100
    counts = pd.crosstab(photos["bracket"], photos[split_by])
    figure = go.Figure()
    colors = COLORS[split_by]
    for name in shares.columns:
        figure.add_bar(
            y=shares.index.astype(str),
            x=shares[name],
            orientation="h",
            name=name.capitalize(),
            marker_color=colors[name],
            customdata=counts[name],
            hovertemplate="%{y} years: %{x:.1f}% (%{customdata:,} "
            + unit
            + ")<extra>"
            + name.capitalize()
            + "</extra>",
        )
    figure.update_layout(barmode="stack")
    figure.update_yaxes(autorange="reversed")
    return _finished(figure, "Share of the bracket (%)", "Age bracket (years)")


def share_bars(shares: pd.DataFrame, group: str, group_label: str) -> go.Figure:
    """The share of each group with its 95% interval; columns `group`, `faces`, `share`, `low`, `high` (0-1)."""
    share, low, high = (shares[name] * 100 for name in ("share", "low", "high"))
    figure = go.Figure(
        go.Bar(
            x=shares[group],
            y=share,
            marker_color=BLUE,
            error_y={"type": "data", "array": high - share, "arrayminus": share - low, "color": GREY, "thickness": 2},
            customdata=np.stack([low, high, shares["faces"]], axis=1),
            hovertemplate=(
                "%{x}: %{y:.1f}%<br>95% interval %{customdata[0]:.1f} to %{customdata[1]:.1f}%"
                "<br>%{customdata[2]:,} faces<extra></extra>"
            ),
        )
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(rangemode="tozero")
    return _finished(figure, group_label, "Share of the faces (%)")


def _parts(photos: pd.DataFrame, split_by: str | None) -> list[tuple[str, str, pd.DataFrame]]:
    if split_by is None:
        return [("Photos", BLUE, photos)]
    colors = COLORS[split_by]
    return [(name.capitalize(), color, photos[photos[split_by] == name]) for name, color in colors.items()]


def _finished(figure: go.Figure, x: str, y: str, height: int = HEIGHT) -> go.Figure:
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y)
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        # A phone's finger scrolls past the chart instead of zooming into it.
        dragmode=False,
    )
    return figure
