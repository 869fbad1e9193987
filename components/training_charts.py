"""Figures of how the model was made and where it stands; the tables come from `components.performance_tables`."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from components.chart_card import axes
from components.palette import BLUE, GREY, VERMILION

ROOM = np.array([0.14, 0.035])
"""That a name takes in the chart of the study, shares of its width and height."""


def learning_curve(table: pd.DataFrame, metric: str, label: str, factor: float = 1) -> go.Figure:
    """A metric of the train and the validation split by epoch; from `model/results/history.csv`."""
    figure = go.Figure()
    for name, column, color in (("Train", metric, GREY), ("Validation", f"val_{metric}", BLUE)):
        figure.add_scatter(
            x=table["epoch"],
            y=table[column] * factor,
            mode="lines+markers",
            name=name,
            line_color=color,
            hovertemplate="Epoch %{x}: %{y:.2f}<extra>" + name + "</extra>",
        )
    return axes(figure, "Epoch", label)


def study(experiments: pd.DataFrame) -> go.Figure:
    """A point an experiment: validation age error against gender accuracy; rows as in `experiments.csv`."""
    shipped = experiments["name"] == "shipped"
    figure = go.Figure(
        go.Scatter(
            x=experiments["validation_age_mae"],
            y=experiments["validation_gender_accuracy"] * 100,
            mode="markers+text",
            text=_names_with_room(experiments),
            textposition="top center",
            marker={"size": 11, "color": np.where(shipped, VERMILION, BLUE)},
            customdata=experiments[["name", "change", "epochs"]],
            hovertemplate=(
                "%{customdata[0]}: %{customdata[1]}<br>"
                "%{x:.2f} years, %{y:.1f}%, %{customdata[2]} epochs<extra></extra>"
            ),
            cliponaxis=False,
        )
    )
    return axes(figure, "Validation age error (years)", "Validation gender accuracy (%)")


def _names_with_room(experiments: pd.DataFrame) -> list[str]:
    """The name of each experiment, or nothing where that of an earlier one is too near to leave both readable."""
    places = experiments[["validation_age_mae", "validation_gender_accuracy"]].to_numpy()
    room = ROOM * np.ptp(places, axis=0)
    named: list[int] = []
    for row, place in enumerate(places):
        if not any((np.abs(place - places[other]) < room).all() for other in named):
            named.append(row)
    return [name if row in named else "" for row, name in enumerate(experiments["name"])]


def comparison(table: pd.DataFrame) -> go.Figure:
    """Age errors of systems on UTKFace, those measured on this project's test split in another colour."""
    figure = go.Figure()
    for name, here, color in (("This project's test split", True, VERMILION), ("Other photos", False, BLUE)):
        rows = table["here"] == here
        figure.add_scatter(
            x=table.loc[rows, "age_mae"],
            y=table.loc[rows, "system"],
            mode="markers",
            name=name,
            marker={"size": 13, "color": color, "symbol": "diamond" if here else "circle"},
            customdata=table.loc[rows, ["photos", "protocol", "source"]],
            hovertemplate=(
                "%{y}: %{x:.2f} years<br>%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>"
            ),
        )
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(categoryorder="array", categoryarray=table["system"][::-1])
    return axes(figure, "Age error, MAE (years)", "")
