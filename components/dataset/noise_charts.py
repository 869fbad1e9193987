"""Charts of the Labels tab and what they show, from the tables of `reports.label_noise`."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from components.chart_card import axes
from components.filters import capitalized
from components.palette import BLUE, GREY, ORANGE, VERMILION

FEWEST_PAIRS = 20
"""Groups with fewer pairs are not named in a finding."""


def age_floor(noise: pd.DataFrame, errors: pd.Series) -> go.Figure:
    """How far off labels are, beside the model's mean error, by group; from `age_noise`, and years in its order."""
    figure = _points(noise, noise["years"], noise["low"], noise["high"], "Labels", " years")
    _add_model(figure, noise["group"], errors, " years")
    figure.update_yaxes(rangemode="tozero")
    return axes(figure, "Age bracket (years), gender", "Mean error (years)")


def gender_ceiling(noise: pd.DataFrame, accuracy: pd.Series) -> go.Figure:
    """The highest possible gender accuracy, beside the model's, by group; from `gender_noise`, and shares (0-1)."""
    figure = _points(noise, noise["ceiling"] * 100, (1 - noise["high"]) * 100, (1 - noise["low"]) * 100, "Ceiling", "%")
    _add_model(figure, noise["group"], accuracy * 100, "%")
    return axes(figure, "Age bracket (years)", "Photos with the right gender (%)")


def digits(tables: Mapping[str, pd.DataFrame]) -> go.Figure:
    """How often ages end in each digit, for each data set; from `last_digits`."""
    figure = go.Figure()
    for (name, table), color in zip(tables.items(), (BLUE, ORANGE), strict=False):
        figure.add_bar(
            x=table["digit"],
            y=table["share"] * 100,
            name=name,
            marker_color=color,
            hovertemplate="Ages that end in %{x}: %{y:.1f}%<extra>" + name + "</extra>",
        )
    figure.add_hline(y=10, line={"color": GREY, "dash": "dash"})
    figure.update_layout(barmode="group", showlegend=len(tables) > 1)
    figure.update_xaxes(type="category")
    return axes(figure, "Last digit of the age", "Labels (%)")


def age_finding(noise: pd.DataFrame) -> str:
    """How far off labels are overall, and where most; from `age_noise`."""
    every, worst = noise.iloc[0], _worst(noise, "years")
    interval = f"{every['low']:.1f} to {every['high']:.1f}"
    return (
        f"Age labels are off by {every['years']:.1f} years on average ({interval}), most for {worst['group']}: "
        f"{worst['years']:.1f}"
    )


def gender_finding(noise: pd.DataFrame) -> str:
    """How many gender labels are wrong, and where most; from `gender_noise`."""
    every, worst = noise.iloc[0], _worst(noise, "share")
    return (
        f"{every['share']:.1%} of gender labels are wrong ({every['low']:.1%} to {every['high']:.1%}), most for "
        f"{worst['group']}: {worst['share']:.1%}"
    )


def digit_finding(tables: Mapping[str, pd.DataFrame]) -> str:
    """How many ages end in 0 or 5 in each data set; from `last_digits`."""
    shares = {name: table.loc[table["digit"].isin([0, 5]), "share"].sum() for name, table in tables.items()}
    return (
        "Ages that end in 0 or 5: "
        + ", ".join(f"{share:.0%} in {name}" for name, share in shares.items())
        + ("; 20% if nobody rounded")
    )


def _worst(noise: pd.DataFrame, column: str) -> pd.Series:
    enough = noise.iloc[1:][noise["pairs"].iloc[1:] >= FEWEST_PAIRS]
    return (noise if enough.empty else enough).nlargest(1, column).iloc[0]


def _points(noise: pd.DataFrame, value: pd.Series, low: pd.Series, high: pd.Series, name: str, unit: str) -> go.Figure:
    figure = go.Figure(
        go.Scatter(
            x=noise["group"].map(capitalized),
            y=value,
            mode="markers",
            name=name,
            marker={"color": BLUE, "size": 11},
            error_y={"type": "data", "array": high - value, "arrayminus": value - low, "color": GREY, "thickness": 2},
            customdata=list(zip(low, high, noise["pairs"], strict=True)),
            hovertemplate=(
                f"%{{x}}: %{{y:.1f}}{unit}<br>95% interval %{{customdata[0]:.1f}} to %{{customdata[1]:.1f}}{unit}"
                f"<br>%{{customdata[2]:,}} pairs<extra>{name}</extra>"
            ),
        )
    )
    figure.update_xaxes(type="category")
    return figure


def _add_model(figure: go.Figure, groups: pd.Series, values: pd.Series, unit: str) -> None:
    figure.add_scatter(
        x=groups.map(capitalized),
        y=values,
        mode="markers",
        name="This model",
        marker={"color": VERMILION, "size": 11, "symbol": "diamond"},
        hovertemplate=f"%{{x}}: %{{y:.1f}}{unit}<extra>This model</extra>",
    )
