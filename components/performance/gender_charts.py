"""Charts of the Model performance page about genders, drawn from its tables and those of `reports.metrics`."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from components.chart_card import GRID, axes
from components.filters import capitalized
from components.palette import BLUE, GREY, VERMILION
from model.labels import BRACKET_NAMES, GENDERS

FEWEST_IN_CELL = 10  # photos; cells of the grid with fewer are left blank


def accuracy_grid(table: pd.DataFrame, groups: Sequence[str], label: str) -> go.Figure:
    """Gender accuracy by group and bracket; cells with fewer than `FEWEST_IN_CELL` photos are left blank."""
    shown = table[table["photos"] >= FEWEST_IN_CELL]
    accuracy, photos = (
        shown.pivot(index="group", columns="bracket", values=name).reindex(index=list(groups), columns=BRACKET_NAMES)
        for name in ("accuracy", "photos")
    )
    figure = go.Figure(
        go.Heatmap(
            x=BRACKET_NAMES,
            y=[capitalized(group) for group in groups],
            z=accuracy * 100,
            zmin=50,
            zmax=100,
            texttemplate="%{z:.0f}",
            customdata=photos,
            hovertemplate="%{y}, %{x} years: %{z:.1f}% right, %{customdata:,} photos<extra></extra>",
            **GRID,
        )
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(autorange="reversed")
    return axes(figure, "Age bracket (years)", label)


def confusion(table: pd.DataFrame) -> go.Figure:
    """Labelled and predicted gender, as counts and as shares of the labelled gender."""
    shares, counts = (
        table.pivot(index="labelled", columns="predicted", values=name).reindex(index=GENDERS, columns=GENDERS)
        for name in ("share", "photos")
    )
    names = [capitalized(name) for name in GENDERS]
    numbers = zip(shares.to_numpy(), counts.to_numpy(), strict=True)
    text = [[_cell(share, count) for share, count in zip(*row, strict=True)] for row in numbers]
    figure = go.Figure(
        go.Heatmap(
            x=names,
            y=names,
            z=shares * 100,
            zmin=0,
            zmax=100,
            text=text,
            texttemplate="%{text}",
            textfont={"size": 16},
            colorscale=[[0, "#E3EEF5"], [1, BLUE]],  # opaque, because the theme makes the background light or dark
            showscale=False,
            hovertemplate="Labelled %{y}, predicted %{x}: %{text}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    return axes(figure, "Predicted gender", "Labelled gender")


def roc(curve: pd.DataFrame) -> go.Figure:
    """Share of women and of men predicted to be female, for every threshold, with the one in use marked."""
    in_use = curve[curve["threshold"] >= 0.5].iloc[[-1]]
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", name="Guessing", line={"color": GREY, "dash": "dash"}, hoverinfo="skip"
    )
    for name, points, style in (
        ("Model", curve, {"mode": "lines", "line": {"color": BLUE, "width": 3}}),
        ("Threshold in use", in_use, {"mode": "markers", "marker": {"color": VERMILION, "size": 12}}),
    ):
        figure.add_scatter(
            x=points["false_positive"] * 100,
            y=points["true_positive"] * 100,
            name=name,
            customdata=points["threshold"] * 100,
            hovertemplate=(
                "Female from %{customdata:.0f}%: right for %{y:.1f}% of women, "
                "wrong for %{x:.1f}% of men<extra></extra>"
            ),
            **style,
        )
    figure.update_xaxes(range=[-1, 101])
    figure.update_yaxes(range=[-1, 101])
    return axes(figure, "Men predicted to be female (%)", "Women predicted to be female (%)")


def reliability(table: pd.DataFrame) -> go.Figure:
    """How often the predicted gender was right, by its probability."""
    lowest = 100 * min(0.5, float(table["observed"].min()))
    figure = go.Figure()
    figure.add_scatter(
        x=[lowest, 100], y=[lowest, 100], mode="lines", name="Perfect", line={"color": GREY, "dash": "dash"},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=table["stated"] * 100,
        y=table["observed"] * 100,
        mode="lines+markers",
        name="Model",
        line={"color": BLUE, "width": 3},
        marker={"size": 10},
        customdata=table["photos"],
        hovertemplate="Probability %{x:.1f}%, right %{y:.1f}%<br>%{customdata:,} photos<extra></extra>",
    )
    return axes(figure, "Probability of the predicted gender (%)", "Predictions that were right (%)")


def _cell(share: float, count: int) -> str:
    """The text in a cell of the confusion matrix; empty for a gender without photos."""
    return "" if np.isnan(share) else f"{share:.1%}<br>{count:,} photos"
