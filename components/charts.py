"""Plotly figures from tables: units on the axes, hover text, colours that colour-blind people tell apart."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from model.labels import ETHNICITIES, GENDERS

# Okabe and Ito's palette; those that stand out from a white and from a black page alike.
BLUE, VERMILION, GREEN, PURPLE, ORANGE = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"
GREY = "#8A8F98"
GENDER_COLORS = dict(zip(GENDERS, (BLUE, VERMILION), strict=True))
ETHNICITY_COLORS = dict(zip(ETHNICITIES, (BLUE, ORANGE, GREEN, PURPLE, VERMILION), strict=True))
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
    colors = GENDER_COLORS if split_by == "gender" else ETHNICITY_COLORS
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


def group_bars(groups: dict[str, dict], metric: str, label: str, group_label: str, percent: bool) -> go.Figure:
    """One metric by group, each bar with its bootstrap 95% interval; `groups` as in `report.json`."""
    scored = {name: group for name, group in groups.items() if metric in group}
    factor, unit = (100, "%") if percent else (1, "")
    values = [group[metric]["value"] * factor for group in scored.values()]
    above = [(group[metric]["high"] - group[metric]["value"]) * factor for group in scored.values()]
    below = [(group[metric]["value"] - group[metric]["low"]) * factor for group in scored.values()]
    ends = [
        (group[metric]["low"] * factor, group[metric]["high"] * factor, group["photos"]) for group in scored.values()
    ]
    figure = go.Figure(
        go.Bar(
            x=[name.capitalize() for name in scored],
            y=values,
            marker_color=BLUE,
            error_y={"type": "data", "array": above, "arrayminus": below, "color": GREY, "thickness": 2},
            customdata=ends,
            hovertemplate=(
                f"%{{x}}: %{{y:.1f}}{unit}<br>95% interval %{{customdata[0]:.1f}} to %{{customdata[1]:.1f}}{unit}"
                "<br>%{customdata[2]:,} photos<extra></extra>"
            ),
        )
    )
    if percent:
        # Bars of shares all near the top say nothing from zero; the axis title says where it starts.
        lowest = min(group[metric]["low"] for group in scored.values()) * factor
        start = max(0, int(lowest // 10) * 10 - 10)
        figure.update_yaxes(range=[start, 100.5])
    figure.update_xaxes(type="category")
    return _finished(figure, group_label, label)


def predicted_against_true(predictions: pd.DataFrame) -> go.Figure:
    """A point a photo, coloured by true gender, beside the line on which a perfect model would lie."""
    figure = go.Figure()
    highest = 5 + int(predictions[["age", "predicted_age"]].to_numpy().max())
    figure.add_scatter(
        x=[0, highest],
        y=[0, highest],
        mode="lines",
        name="Perfect",
        line={"color": GREY, "dash": "dash"},
        hoverinfo="skip",
    )
    for gender, color in GENDER_COLORS.items():
        part = predictions[predictions["gender"] == gender]
        figure.add_scattergl(
            x=part["age"],
            y=part["predicted_age"],
            mode="markers",
            name=gender.capitalize(),
            marker={"color": color, "size": 5, "opacity": 0.45},
            hovertemplate="Labelled %{x} years, predicted %{y:.1f}<extra>" + gender.capitalize() + "</extra>",
        )
    figure.update_yaxes(range=[0, highest])
    figure.update_xaxes(range=[0, highest])
    return _finished(figure, "Labelled age (years)", "Predicted age (years)", height=460)


def gender_confusion(predictions: pd.DataFrame) -> go.Figure:
    """Labelled against predicted gender, as counts and as shares of the labelled gender."""
    predicted = np.array(GENDERS)[(predictions["female_probability"] >= 0.5).to_numpy().astype(int)]
    counts = pd.crosstab(predictions["gender"], predicted, dropna=False)
    counts = counts.reindex(index=GENDERS, columns=GENDERS, fill_value=0)
    shares = counts.div(counts.sum(axis=1), axis=0) * 100
    names = [name.capitalize() for name in GENDERS]
    numbers = zip(shares.to_numpy(), counts.to_numpy(), strict=True)
    text = [[f"{share:.1f}%<br>{count:,} photos" for share, count in zip(*row, strict=True)] for row in numbers]
    figure = go.Figure(
        go.Heatmap(
            x=names,
            y=names,
            z=shares.to_numpy(),
            zmin=0,
            zmax=100,
            text=text,
            texttemplate="%{text}",
            textfont={"size": 16},
            # Solid colours: what shows through a see-through one is light or dark with the theme.
            colorscale=[[0, "#E3EEF5"], [1, BLUE]],
            showscale=False,
            hovertemplate="Labelled %{y}, predicted %{x}: %{text}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    return _finished(figure, "Predicted gender", "Labelled gender", height=460)


def reliability(bins: list[dict]) -> go.Figure:
    """How often the gender named was right, by the probability stated; `bins` as in `report.json`."""
    stated, observed = ([row[name] * 100 for row in bins] for name in ("stated", "observed"))
    figure = go.Figure()
    figure.add_scatter(
        x=[50, 100], y=[50, 100], mode="lines", name="Perfect", line={"color": GREY, "dash": "dash"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=stated,
        y=observed,
        mode="lines+markers",
        name="Model",
        line={"color": BLUE},
        marker={"size": 9},
        customdata=[row["photos"] for row in bins],
        hovertemplate="Stated %{x:.1f}%, right %{y:.1f}%<br>%{customdata:,} photos<extra></extra>",
    )
    return _finished(figure, "Stated probability (%)", "Share that was right (%)")


def learning_curve(history: pd.DataFrame, metric: str, label: str, factor: float = 1) -> go.Figure:
    """A metric of the train and the validation split by epoch; columns as Keras names them."""
    figure = go.Figure()
    for name, column, color in (("Train", metric, GREY), ("Validation", f"val_{metric}", BLUE)):
        figure.add_scatter(
            x=history["epoch"],
            y=history[column] * factor,
            mode="lines+markers",
            name=name,
            line={"color": color},
            hovertemplate="Epoch %{x}: %{y:.2f}<extra>" + name + "</extra>",
        )
    return _finished(figure, "Epoch", label, height=340)


def study(experiments: pd.DataFrame) -> go.Figure:
    """A point an experiment: validation age error against gender accuracy; rows as in `experiments.csv`."""
    figure = go.Figure(
        go.Scatter(
            x=experiments["validation_age_mae"],
            y=experiments["validation_gender_accuracy"] * 100,
            mode="markers+text",
            text=experiments["name"],
            textposition="top center",
            marker={"size": 11, "color": [VERMILION if name == "shipped" else BLUE for name in experiments["name"]]},
            customdata=experiments[["change", "epochs"]],
            hovertemplate=(
                "%{text}: %{customdata[0]}<br>%{x:.2f} years, %{y:.1f}%, %{customdata[1]} epochs<extra></extra>"
            ),
            cliponaxis=False,
        )
    )
    return _finished(figure, "Validation age error (years)", "Validation gender accuracy (%)")


def _parts(photos: pd.DataFrame, split_by: str | None) -> list[tuple[str, str, pd.DataFrame]]:
    if split_by is None:
        return [("Photos", BLUE, photos)]
    colors = GENDER_COLORS if split_by == "gender" else ETHNICITY_COLORS
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
