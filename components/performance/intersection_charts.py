"""Charts of the Intersections tab, drawn from the tables of `reports.intersections`."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from components.chart_card import GRID, axes
from components.filters import capitalized
from components.palette import COLORS, FADED, GREY
from components.performance.charts import Measure
from model.labels import GENDERS
from reports.intersections import BANDS
from reports.metrics import FEWEST_PHOTOS


def by_gender(table: pd.DataFrame, column: str, measure: Measure, label: str) -> go.Figure:
    """A point for each gender in each group, with its 95% interval.

    Args:
        table: from `intersections.cells`, by `gender` and `column`.
        column: whose groups stand beside each other.
        measure: what `value` is.
        label: title of the axis with the groups.
    """
    figure = go.Figure()
    names = list(dict.fromkeys(table.sort_values(column)[column].astype(str)))
    for place, gender in zip((-0.12, 0.12), GENDERS, strict=True):
        rows = table[table["gender"] == gender]
        value, low, high = (rows[end] * measure.factor for end in ("value", "low", "high"))
        figure.add_scatter(
            x=[names.index(str(name)) + place for name in rows[column]],
            y=value,
            mode="markers",
            name=capitalized(gender),
            marker={
                "color": COLORS["gender"][gender], "size": 12,
                "opacity": [1 if count >= FEWEST_PHOTOS else FADED for count in rows["photos"]],
            },
            error_y={"type": "data", "array": high - value, "arrayminus": value - low, "color": GREY, "thickness": 2},
            customdata=list(zip(rows["name"], low, high, rows["photos"], strict=True)),
            hovertemplate=(
                f"%{{customdata[0]}}: %{{y:.1f}}{measure.unit}<br>95% interval %{{customdata[1]:.1f}} to "
                f"%{{customdata[2]:.1f}}{measure.unit}<br>%{{customdata[3]:,}} photos<extra></extra>"
            ),
        )  # fmt: skip
    figure.update_xaxes(tickmode="array", tickvals=list(range(len(names))), ticktext=[capitalized(n) for n in names])
    return axes(figure, label, measure.label)


def grid(table: pd.DataFrame, columns: Sequence[str], measure: Measure) -> go.Figure:
    """Every cell: groups and genders down, age bands across; cells with few photos are left blank.

    Args:
        table: from `intersections.cells`, by `columns` and `band`.
        columns: that name a row, such as `ethnicity` and `gender`.
        measure: what `value` is.
    """
    shown = table[table["photos"] >= FEWEST_PHOTOS]
    rows = shown[list(columns)].astype(str).agg(", ".join, axis=1).map(capitalized)
    order = list(dict.fromkeys(rows[shown.sort_values(list(columns)).index]))
    bands = [band for band in BANDS if (shown["band"] == band).any()]
    value, low, high, photos = (
        shown.assign(row=rows).pivot(index="row", columns="band", values=name).reindex(index=order, columns=bands)
        for name in ("value", "low", "high", "photos")
    )
    higher_is_better = measure.factor == 100
    figure = go.Figure(
        go.Heatmap(
            x=bands,
            y=order,
            z=value * measure.factor,
            texttemplate=f"%{{z:.{0 if higher_is_better else 1}f}}",
            customdata=pd.concat([low * measure.factor, high * measure.factor, photos]).to_numpy().reshape(
                3, len(order), len(bands)
            ).transpose(1, 2, 0),
            reversescale=not higher_is_better,
            hovertemplate=(
                f"%{{y}}, %{{x}} years: %{{z:.1f}}{measure.unit}<br>95% interval %{{customdata[0]:.1f}} to "
                f"%{{customdata[1]:.1f}}{measure.unit}<br>%{{customdata[2]:,}} photos<extra></extra>"
            ),
            **GRID,
        )
    )  # fmt: skip
    figure.update_xaxes(type="category")
    figure.update_yaxes(autorange="reversed")
    return axes(figure, "Age (years)", "")
