"""Charts of the Thresholds and When sure tabs, from the tables of `reports.thresholds` and `reports.selective`."""

import pandas as pd
import plotly.graph_objects as go

from components.chart_card import INTERVAL, axes
from components.filters import capitalized
from components.palette import BLUE, GREY, VERMILION

CURVES = {
    "Under the limit, passed": {"color": VERMILION},
    "Just under the limit, passed": {"color": VERMILION, "dash": "dot"},
    "At or over the limit, challenged": {"color": BLUE},
}


def threshold_curves(table: pd.DataFrame, challenge: float) -> go.Figure:
    """Who passes and who is challenged at each challenge age, with 95% intervals; from `thresholds.curves`."""
    figure = go.Figure()
    for name, line in CURVES.items():
        rows = table[table["curve"] == name]
        if not line.get("dash"):
            figure.add_scatter(
                x=pd.concat([rows["challenge_age"], rows["challenge_age"][::-1]]),
                y=pd.concat([rows["high"], rows["low"][::-1]]) * 100,
                mode="lines", line_width=0, fill="toself", fillcolor=line["color"], opacity=0.2, hoverinfo="skip",
                showlegend=False,
            )  # fmt: skip
        figure.add_scatter(
            x=rows["challenge_age"],
            y=rows["share"] * 100,
            mode="lines",
            name=name,
            line=line,
            customdata=list(zip(rows["low"] * 100, rows["high"] * 100, rows["photos"], strict=True)),
            hovertemplate=(
                "Challenge age %{x}: %{y:.1f}%<br>"
                + INTERVAL
                + "<br>%{customdata[2]:,} photos<extra>"
                + name
                + "</extra>"
            ),
        )
    figure.add_vline(x=challenge, line={"color": GREY, "dash": "dash"})
    figure.update_yaxes(range=[0, 101])
    return axes(figure, "Challenge age (years)", "Photos (%)")


def threshold_groups(table: pd.DataFrame, label: str) -> go.Figure:
    """Both shares for each group, with 95% intervals; from `thresholds.by_group`."""
    figure = go.Figure()
    for name, share, count, color in (
        ("Under the limit, passed", "passed", "under", VERMILION),
        ("At or over the limit, challenged", "challenged", "at_or_over", BLUE),
    ):
        rows = table[table[count] > 0]
        _add_points(figure, name, rows.rename(columns={share: "share", count: "photos"}), rows[f"{share}_low"],
                    rows[f"{share}_high"], color)  # fmt: skip
    return _groups_from_the_top(figure, table["group"], label, "Photos (%)")


def risk_coverage(table: pd.DataFrame, coverage: float, unit: str) -> go.Figure:
    """Risk against coverage, beside the best possible order and no order at all; from `selective.risk_curve`."""
    factor = 100 if unit == "%" else 1
    figure = go.Figure()
    for name, column, line in (
        ("Surest first", "risk", {"color": BLUE, "width": 3}),
        ("Best possible order", "best", {"color": GREY, "dash": "dot"}),
    ):
        figure.add_scatter(
            x=table["coverage"] * 100,
            y=table[column] * factor,
            mode="lines",
            name=name,
            line=line,
            customdata=table["photos"],
            hovertemplate=f"Surest %{{x:.0f}}%, %{{customdata:,}} photos: %{{y:.2f}}{unit}<extra>{name}</extra>",
        )
    overall = float(table["risk"].iloc[-1]) * factor
    figure.add_scatter(
        x=[0, 100], y=[overall, overall], mode="lines", name="Random order", line={"color": GREY, "dash": "dash"},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_vline(x=coverage * 100, line={"color": VERMILION, "dash": "dash"})
    figure.update_yaxes(rangemode="tozero")
    title = "Wrong genders (%)" if unit == "%" else "Mean age error (years)"
    return axes(figure, "Coverage: photos that are answered (%)", title)


def answered_groups(table: pd.DataFrame, coverage: float, label: str) -> go.Figure:
    """The share of each group that is answered, with 95% intervals; from `selective.answered_by_group`."""
    figure = go.Figure()
    _add_points(figure, "Answered", table, table["low"], table["high"], BLUE)
    figure.add_vline(x=coverage * 100, line={"color": VERMILION, "dash": "dash"})
    figure.update_layout(showlegend=False)
    return _groups_from_the_top(figure, table["group"], label, "Answered (%)")


def _add_points(figure: go.Figure, name: str, rows: pd.DataFrame, low: pd.Series, high: pd.Series, color: str) -> None:
    """Adds a point for each `group` at its `share`, with its interval and `photos`."""
    figure.add_scatter(
        x=rows["share"] * 100,
        y=rows["group"].map(capitalized),
        mode="markers",
        name=name,
        marker={"color": color, "size": 11},
        error_x={
            "type": "data", "array": (high - rows["share"]) * 100, "arrayminus": (rows["share"] - low) * 100,
            "color": color, "thickness": 2,
        },
        customdata=list(zip(low * 100, high * 100, rows["photos"], strict=True)),
        hovertemplate=(
            "%{y}: %{x:.1f}%<br>" + INTERVAL +
            f"<br>%{{customdata[2]:,}} photos<extra>{name}</extra>"
        ),
    )  # fmt: skip


def _groups_from_the_top(figure: go.Figure, groups: pd.Series, label: str, share: str) -> go.Figure:
    names = groups.map(capitalized)
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=list(names[::-1]))
    figure.update_xaxes(range=[-2, 102])
    return axes(figure, share, label)
