"""Charts of one's own photos."""

from html import escape

import pandas as pd
import plotly.graph_objects as go

from components.chart_card import axes
from components.filters import capitalized
from components.palette import BLUE, GREY, VERMILION
from components.performance.charts import MEASURES, Measure

PREFIXES = {"all": "", "bracket": "Age ", "gender": "", "group": "Group "}
"""What stands before the names of groups; with it, no spreadsheet takes the name of a group for a formula."""


def ages(photos: pd.DataFrame) -> go.Figure:
    """Estimated against true age with the 80% intervals; `photos` is from `reports.own_people.photo_table`."""
    age, estimate = photos["age"], photos["predicted_age"]
    figure = go.Figure(
        go.Scatter(
            x=age,
            y=estimate,
            mode="markers",
            marker={"color": BLUE, "size": 9},
            error_y={
                "type": "data",
                "array": photos["age_high"] - estimate,
                "arrayminus": estimate - photos["age_low"],
                "color": GREY,
                "thickness": 1,
                "width": 0,
            },
            customdata=list(zip(photos["file"].map(escape), photos["age_low"], photos["age_high"], strict=True)),
            hovertemplate=(
                "%{customdata[0]}<br>true age %{x:.0f}, estimated %{y:.0f}"
                "<br>80% interval %{customdata[1]:.0f} to %{customdata[2]:.0f}<extra></extra>"
            ),
            showlegend=False,
        )
    )
    ends = [0, max(80, float(pd.concat([age, photos["age_high"]]).max()) + 5)]
    figure.add_scatter(
        x=ends, y=ends, mode="lines", line={"color": VERMILION, "dash": "dash"}, hoverinfo="skip", showlegend=False
    )
    return axes(figure, "True age (years)", "Estimated age (years)")


def measures_of(figures: pd.DataFrame) -> dict[str, Measure]:
    """What can be shown by group; `figures` is from `reports.own_people.figures.scores`."""
    there = set(figures["metric"])
    wanted = ("Age error", "Age bias", "Interval coverage", "Gender accuracy")
    return {name: MEASURES[name] for name in wanted if MEASURES[name].column in there}


def group_rows(figures: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """One measure by group: `name`, `photos`, `value`, `low`, `high`; in percent or years."""
    rows = figures[figures["metric"] == measure.column]
    names = [
        capitalized(PREFIXES[grouping] + group) for grouping, group in zip(rows["grouping"], rows["group"], strict=True)
    ]
    table = pd.DataFrame({"name": names, "photos": rows["photos"].to_numpy()})
    return table.assign(**{end: rows[end].to_numpy() * measure.factor for end in ("value", "low", "high")})


def group_points(rows: pd.DataFrame, measure: Measure) -> go.Figure:
    """One measure by group with 95% intervals, where there are enough photos for them; `rows` is from `group_rows`."""
    value, unit = rows["value"], measure.unit
    known = [
        f"<br>95% interval {low:.1f} to {high:.1f}{unit}" if low == low else "<br>too few photos for an interval"
        for low, high in zip(rows["low"], rows["high"], strict=True)
    ]
    figure = go.Figure(
        go.Scatter(
            x=value,
            y=[f"{escape(name)} ({photos:,})" for name, photos in zip(rows["name"], rows["photos"], strict=True)],
            mode="markers",
            marker={"color": BLUE, "size": 10},
            error_x={
                "type": "data",
                "array": (rows["high"] - value).fillna(0),
                "arrayminus": (value - rows["low"]).fillna(0),
                "color": GREY,
                "thickness": 2,
            },
            customdata=known,
            hovertemplate=f"%{{y}}: %{{x:.1f}}{unit}%{{customdata}}<extra></extra>",
        )
    )
    if measure.target is not None:
        figure.add_vline(x=measure.target, line={"color": GREY, "dash": "dash"})
    figure.update_yaxes(autorange="reversed", type="category")
    return axes(figure.update_layout(showlegend=False), measure.label, "")
