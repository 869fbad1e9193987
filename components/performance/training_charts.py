"""Charts of how the model was trained, selected, and compared with other systems."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.chart_card import axes
from components.palette import BLUE, GREY, VERMILION

ROOM = np.array([0.3, 0.045])
"""The size of a name in the chart of the study on a phone, in shares of the chart's width and height."""

POSITIONS = {"top center": (0, 1), "bottom center": (0, -1), "middle left": (-0.51, 0), "middle right": (0.51, 0)}
"""Positions of a name relative to its point, and the offset of each, in shares of `ROOM`."""

MARGIN = 0.15  # for names beside the outermost points, in shares of the width


def learning_curve(table: pd.DataFrame, metric: str, label: str, factor: float = 1) -> go.Figure:
    """A metric on the train and the validation split by epoch; from `model/results/history.csv`."""
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
    """Validation age error and gender accuracy, one point for each experiment; rows as in `experiments.csv`."""
    experiments = experiments.sort_values("name", key=lambda names: names == "shipped", kind="stable")  # drawn last
    shipped = experiments["name"] == "shipped"
    positions = _positions_with_room(experiments, ~shipped)
    figure = go.Figure(
        go.Scatter(
            x=experiments["validation_age_mae"],
            y=experiments["validation_gender_accuracy"] * 100,
            mode="markers+text",
            text=[name if side else "" for name, side in zip(experiments["name"], positions, strict=True)],
            textposition=[position or "top center" for position in positions],
            marker={"size": 11, "color": np.where(shipped, VERMILION, BLUE)},
            customdata=experiments[["name", "change", "epochs"]],
            hovertemplate=(
                "%{customdata[0]}: %{customdata[1]}<br>"
                "%{x:.2f} years, %{y:.1f}%, %{customdata[2]} epochs<extra></extra>"
            ),
            cliponaxis=False,
        )
    )
    for error, accuracy in experiments.loc[shipped, ["validation_age_mae", "validation_gender_accuracy"]].to_numpy():
        figure.add_annotation(  # an arrow: the best points are too close together for names beside them
            x=error, y=100 * accuracy, text="shipped", ax=-22, ay=62,
            font={"color": VERMILION}, arrowcolor=VERMILION, arrowhead=0, standoff=6,
        )  # fmt: skip
    errors = experiments["validation_age_mae"]
    beside = MARGIN * float(np.ptp(errors))
    figure.update_xaxes(range=[errors.min() - beside, errors.max() + beside])
    return axes(figure, "Validation age error (years)", "Validation gender accuracy (%)")


def _positions_with_room(experiments: pd.DataFrame, named: pd.Series) -> list[str]:
    """Where to write each name so that it is nearest to its own point and covers no other name or point.

    Returns:
        A position for each experiment; "" if there is none, or if it is not to be named.
    """
    columns = experiments[["validation_age_mae", "validation_gender_accuracy"]].to_numpy()
    points = columns / np.ptp(columns, axis=0)
    names: list[NDArray[np.float64]] = []
    positions = []
    for point, is_named in zip(points, named, strict=True):
        for position, offset in POSITIONS.items() if is_named else ():
            name = point + ROOM * offset
            over_a_name = any((np.abs(name - other) < ROOM).all() for other in names)
            over_a_point = (np.abs(name - points) < ROOM / 2).all(axis=1).any()
            distances = np.linalg.norm((name - points) / ROOM, axis=1)
            if not over_a_name and not over_a_point and (distances >= np.linalg.norm(offset) - 1e-9).all():
                names.append(name)
                positions.append(position)
                break
        else:
            positions.append("")
    return positions


def comparison(table: pd.DataFrame) -> go.Figure:
    """Age errors of systems on UTKFace; those measured on this project's test split have another colour."""
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
