"""When each person of a video was in view, as a chart."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from components.chart_card import axes
from components.filters import capitalized
from components.palette import COLORS
from model.video.people import Person

MOST_PEOPLE = 40
"""Shown: those in view for the longest time; all are in the table."""

LEAST_WIDTH = 0.004
"""Of a bar, as a share of the chart: somebody seen for a moment still shows."""


def timeline_table(people: Sequence[Person], most: int = MOST_PEOPLE) -> pd.DataFrame:
    """A row for each person shown: `person`, `first` and `last` second, `age`, its interval, and `gender` as stated."""
    longest = sorted(people, key=lambda person: person.first - person.last)[:most]
    rows = [
        {
            "person": person.number,
            "first": person.first,
            "last": person.last,
            "age": person.face.age,
            "age_low": person.face.age_low,
            "age_high": person.face.age_high,
            "gender": person.face.stated_gender,
        }
        for person in sorted(longest, key=lambda person: person.number)
    ]
    return pd.DataFrame(rows)


def timeline(table: pd.DataFrame, duration: float) -> go.Figure:
    """A bar for each person from the first to the last second in view, with the age on it."""
    figure = go.Figure()
    length = max(duration, table["last"].max(), 1e-3)
    for gender, color in COLORS["stated_gender"].items():
        rows = table[table["gender"] == gender]
        if rows.empty:
            continue
        figure.add_bar(
            y=_labels(rows),
            x=(rows["last"] - rows["first"]).clip(lower=LEAST_WIDTH * length),
            base=rows["first"],
            orientation="h",
            name=capitalized(gender),
            marker_color=color,
            customdata=rows[["first", "last", "age_low", "age_high"]],
            hovertemplate="Person %{y}<br>%{customdata[0]:.1f}–%{customdata[1]:.1f} s<br>80% interval "
            f"%{{customdata[2]:.0f}}–%{{customdata[3]:.0f}} years<extra>{capitalized(gender)}</extra>",
        )
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=_labels(table), autorange="reversed")
    figure.update_xaxes(range=[0, length * 1.001])
    figure.update_layout(barmode="overlay", bargap=0.35)
    return axes(figure, "Time (seconds)", "Person")


def _labels(table: pd.DataFrame) -> list[str]:
    """What stands beside the bars: "3: 41 years"."""
    return [f"{person}: {age:.0f} years" for person, age in zip(table["person"], table["age"], strict=True)]


def finding(people: Sequence[Person], duration: float) -> str:
    """How many people are in view at the same time, in one sentence."""
    arrivals, departures = ([(one.first, 0, 1) for one in people], [(one.last, 1, -1) for one in people])
    most = now = 0
    for *_, change in sorted(arrivals + departures):  # at the same moment, people arrive before others leave
        now += change
        most = max(most, now)
    together = "" if most < 2 else f", up to {most} at a time"
    several = "person" if len(people) == 1 else "people"
    return f"{len(people)} {several} in {max(1, round(duration))} s{together}"
