"""Charts of the Model performance page, drawn from the tables of `components.performance.tables`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from components.chart_card import GRID, INTERVAL, axes
from components.filters import capitalized
from components.palette import BLUE, FADED, GREY, SEQUENTIAL, VERMILION
from components.performance.tables import DENSITY_YEARS
from model.calibration import COVERAGE
from model.labels import BRACKET_NAMES
from reports.metrics import FEWEST_PHOTOS, METRICS


@dataclass(frozen=True)
class Measure:
    """How a metric is drawn: its column, the title of its axis, and its ideal value."""

    column: str
    label: str
    target: float | None = None

    @property
    def factor(self) -> int:
        """100 for shares, which are drawn in percent."""
        return 100 if METRICS[self.column].share else 1

    @property
    def unit(self) -> str:
        """What follows a number."""
        return "%" if self.factor == 100 else " years"


MEASURES = {
    "Age error": Measure("age_mae", "Mean absolute error (years)"),
    "Age bias": Measure("age_bias", "Predicted minus labelled age (years)", target=0),
    "Right bracket": Measure("age_in_bracket", "Photos with the right age bracket (%)"),
    "Years outside": Measure("years_outside", "Mean distance of the age from the bracket (years)"),
    "Within 5 years": Measure("cs5", "Photos within 5 years (%)"),
    "Gender accuracy": Measure("gender_accuracy", "Photos with the right gender (%)"),
    "Interval coverage": Measure("interval_coverage", "Labelled age inside the 80% interval (%)", COVERAGE * 100),
    "Interval width": Measure("interval_width", "Mean width of the 80% interval (years)"),
}


def measures_of(scores: pd.DataFrame) -> dict[str, Measure]:
    """The measures that a data set has; from `tables.overall_scores`, whose rows are metrics."""
    return {name: measure for name, measure in MEASURES.items() if measure.column in scores.index}


def group_bars(scores: pd.DataFrame, column: str, measure: Measure, label: str, selected: Sequence[str]) -> go.Figure:
    """One measure by group, with 95% intervals and numbers of photos.

    Args:
        scores: from `tables.scores_by`, one row for each group.
        column: the column with the names of the groups.
        measure: one of `MEASURES`.
        label: title of the axis with the groups.
        selected: groups to draw in full colour, the others faded; if empty, none is faded.
    """
    value, low, high = (scores[measure.column + end] * measure.factor for end in ("", "_low", "_high"))
    names, unit = scores[column], measure.unit
    figure = go.Figure(
        go.Bar(
            x=names.map(capitalized),
            y=value,
            marker={"color": BLUE, "opacity": [1 if not selected or name in selected else FADED for name in names]},
            # The page itself fades bars, however they were selected, so Plotly must not.
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            error_y={"type": "data", "array": high - value, "arrayminus": value - low, "color": GREY, "thickness": 2},
            customdata=list(zip(names, low, high, scores["photos"], strict=True)),
            hovertemplate=(
                f"%{{x}}: %{{y:.1f}}{unit}<br>95% interval %{{customdata[1]:.1f}} to %{{customdata[2]:.1f}}{unit}"
                "<br>%{customdata[3]:,} photos<extra></extra>"
            ),
            showlegend=False,
        )
    )
    if measure.factor == 100:
        figure.update_yaxes(range=[0, 100.5])
    if measure.target is not None:
        figure.add_hline(y=measure.target, line={"color": GREY, "dash": "dash"})
    return _with_counts(axes(figure, label, measure.label), names, scores["photos"])


def coverage_points(scores: pd.DataFrame, selected: Sequence[str]) -> go.Figure:
    """How often the interval contains the label, by bracket; arguments as for `group_bars`.

    Points, because bars would have to begin at zero, where nothing is to be seen.
    """
    measure = MEASURES["Interval coverage"]
    value, low, high = (scores[measure.column + end] * 100 for end in ("", "_low", "_high"))
    figure = go.Figure(
        go.Scatter(
            x=scores["bracket"],
            y=value,
            mode="markers",
            marker={
                "color": BLUE,
                "size": 12,
                "opacity": [1 if not selected or name in selected else FADED for name in scores["bracket"]],
            },
            error_y={"type": "data", "array": high - value, "arrayminus": value - low, "color": GREY, "thickness": 2},
            customdata=list(zip(low, high, scores["photos"], strict=True)),
            hovertemplate=("%{x}: %{y:.1f}%<br>" + INTERVAL + "<br>%{customdata[2]:,} photos<extra></extra>"),
        )
    )
    figure.add_hline(y=measure.target, line={"color": GREY, "dash": "dash"})
    return _with_counts(axes(figure, "Age bracket (years)", measure.label), scores["bracket"], scores["photos"])


def cumulative_scores(curves: dict[str, pd.DataFrame], label: str = "Age error of at most (years)") -> go.Figure:
    """The share of photos within so many years, as one curve for each named table of `tables.cumulative_scores`."""
    figure = go.Figure()
    for (name, curve), color in zip(curves.items(), (BLUE, GREY), strict=False):
        figure.add_scatter(
            x=curve["years"],
            y=curve["share"] * 100,
            mode="lines+markers",
            name=name,
            line_color=color,
            customdata=curve["photos"],
            hovertemplate="Within %{x} years: %{y:.1f}%, %{customdata:,} photos<extra>" + name + "</extra>",
        )
    figure.update_layout(showlegend=len(curves) > 1)
    figure.update_yaxes(range=[0, 101])
    return axes(figure, label, "Photos (%)")


def age_density(table: pd.DataFrame) -> go.Figure:
    """Photos by labelled and predicted age, with the line on which a perfect model would lie."""
    highest = int(table[["labelled", "predicted"]].to_numpy().max()) + DENSITY_YEARS
    starts = np.arange(0, highest, DENSITY_YEARS)
    grid = table.pivot(index="predicted", columns="labelled", values="photos").reindex(index=starts, columns=starts)
    spans = np.array([f"{start} to {start + DENSITY_YEARS - 1}" for start in starts])
    figure = go.Figure(
        go.Heatmap(
            x=starts + (DENSITY_YEARS - 1) / 2,
            y=starts + (DENSITY_YEARS - 1) / 2,
            z=np.log10(grid),  # on a linear scale, the many cells with a few photos would look empty
            customdata=np.dstack([grid, *np.meshgrid(spans, spans)]),
            colorscale=SEQUENTIAL,
            colorbar=_counts(float(table["photos"].max())),
            hovertemplate=(
                "Labelled %{customdata[1]}, predicted %{customdata[2]} years: %{customdata[0]:,} photos<extra></extra>"
            ),
            hoverongaps=False,
        )
    )
    figure.add_scatter(
        x=[0, highest], y=[0, highest], mode="lines", line={"color": VERMILION, "dash": "dash"}, hoverinfo="skip",
        name="Prediction equals label", showlegend=True,
    )  # fmt: skip
    figure.update_xaxes(range=[0, highest])
    figure.update_yaxes(range=[0, highest])
    return axes(figure, "Labelled age (years)", "Predicted age (years)")


def bracket_confusion(table: pd.DataFrame) -> go.Figure:
    """Labelled against predicted brackets, as shares of the labelled one; from `tables.bracket_confusion`."""
    shares, counts = (
        table.pivot(index="predicted", columns="labelled", values=name).reindex(index=BRACKET_NAMES)
        for name in ("share", "photos")
    )
    figure = go.Figure(
        go.Heatmap(
            x=shares.columns.astype(str),
            y=shares.index.astype(str),
            z=shares * 100,
            zmin=0,
            zmax=100,
            texttemplate="%{z:.0f}",
            customdata=counts,
            hovertemplate=("Labelled %{x}, predicted %{y} years: %{z:.1f}%, %{customdata:,} photos<extra></extra>"),
            **GRID,
        )
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(type="category")
    return axes(figure, "Labelled bracket (years)", "Predicted bracket (years)")


def _with_counts(figure: go.Figure, names: pd.Series, photos: pd.Series) -> go.Figure:
    """Names each group on the axis with its number of photos, and says where they are few."""
    ticks = [
        f"{capitalized(name)} ({count:,}{', few' if count < FEWEST_PHOTOS else ''})"
        for name, count in zip(names, photos, strict=True)
    ]
    upright = [0, 90]  # slanted names would touch on a phone
    figure.update_xaxes(
        type="category", tickmode="array", tickvals=names.map(capitalized), ticktext=ticks, autotickangles=upright
    )
    return figure


def _counts(largest: float) -> dict[str, object]:
    """A colour bar for base-10 logarithms of counts, labelled with the counts."""
    ticks = [count for count in (1, 3, 10, 30, 100, 300, 1000) if count <= largest]
    return {
        "title": {"text": "Photos", "font": {"size": 13}},
        "tickfont": {"size": 13},
        "tickvals": np.log10(ticks),
        "ticktext": [f"{count:,}" for count in ticks],
        "thickness": 12,
    }
