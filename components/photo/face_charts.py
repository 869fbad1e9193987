"""Charts about one face, and about how robust estimates are over many photos."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.colors import hex_to_rgb

from components.data_uri import data_uri
from components.palette import BLUE, GREY, SKY, VERMILION
from model.alignment import CHIP_SIZE
from model.drawing import encode_jpeg
from model.face import CERTAIN_GENDER
from model.inspection.occlusion import CENTRES
from model.inspection.perturbations import Perturbation


def _translucent(color: str, opacity: float) -> str:
    return f"rgba{(*hex_to_rgb(color), opacity)}"


# The middle is transparent: where covering changes nothing, the face shows through.
DIVERGING = [
    [0, _translucent(BLUE, 0.85)],
    [0.25, _translucent(BLUE, 0.45)],
    [0.5, "rgba(255,255,255,0)"],
    [0.75, _translucent(VERMILION, 0.45)],
    [1, _translucent(VERMILION, 0.85)],
]
SHADE = _translucent(SKY, 0.3)
HEIGHT = 240  # pixels


def occlusion_map(chip: NDArray[np.uint8], change: NDArray[np.float64], unit: str, words: tuple[str, str]) -> go.Figure:
    """The change that covering each place makes, as in `Explanation`, drawn over the chip.

    Args:
        chip: (200, 200, 3), RGB, 0-255.
        change: (12, 12), rows from top to bottom.
        unit: of the change, for the colour scale.
        words: what a negative and what a positive change mean.
    """
    limit = max(float(np.abs(change).max()), 1e-3)
    hover = [[f"{abs(value):.1f} {words[int(value > 0)]}" for value in row] for row in change]
    figure = go.Figure(go.Image(source=data_uri(encode_jpeg(chip)), hoverinfo="skip"))
    figure.add_heatmap(
        x=CENTRES,
        y=CENTRES,
        z=change,
        zmin=-limit,
        zmax=limit,
        zsmooth="best",
        colorscale=DIVERGING,
        text=hover,
        hovertemplate="Covered here: %{text}<extra></extra>",
        colorbar={"title": {"text": unit, "side": "right"}, "thickness": 12, "outlinewidth": 0},
    )
    figure.update_xaxes(visible=False, range=[0, CHIP_SIZE], constrain="domain")
    figure.update_yaxes(visible=False, range=[CHIP_SIZE, 0], scaleanchor="x", constrain="domain")
    return _with_layout(figure, 360)


def region_bars(changes: dict[str, float], label: str, unit: str) -> go.Figure:
    """The change that covering each part of the face makes, by its name in `model.inspection.occlusion.REGIONS`."""
    figure = go.Figure(
        go.Bar(
            y=[name.removeprefix("the ").capitalize() for name in changes],
            x=list(changes.values()),
            orientation="h",
            marker_color=[BLUE if change < 0 else VERMILION for change in changes.values()],
            hovertemplate=f"%{{y}} covered: %{{x:+.1f}} {unit}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=label, zeroline=True, zerolinecolor=GREY)
    return _with_layout(figure, 360)


def age_curve(curve: pd.DataFrame, perturbation: Perturbation, strength: float) -> go.Figure:
    """The age of one face, with its 80% interval, at every strength of a perturbation.

    Args:
        curve: columns `strength`, `age`, `age_low`, `age_high`.
        perturbation: what was done to the face.
        strength: the position of the slider.
    """
    figure = go.Figure()
    ends = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=curve["strength"], y=curve["age_high"], showlegend=False, **ends)
    figure.add_scatter(
        x=curve["strength"], y=curve["age_low"], fill="tonexty", fillcolor=SHADE, name="80% interval", **ends
    )
    figure.add_scatter(
        x=curve["strength"],
        y=curve["age"],
        mode="lines",
        name="Age",
        line={"color": BLUE, "width": 3},
        customdata=curve[["age_low", "age_high"]],
        hovertemplate=(
            f"%{{x:.3~g}}{perturbation.unit}: %{{y:.1f}} years<br>80% interval %{{customdata[0]:.0f}} to "
            "%{customdata[1]:.0f}<extra></extra>"
        ),
    )
    figure.update_yaxes(title="Age (years)", rangemode="tozero")
    return _over_strengths(figure, perturbation, strength)


def gender_curve(curve: pd.DataFrame, perturbation: Perturbation, strength: float) -> go.Figure:
    """The probability of "female" at every strength of a perturbation, from column `female_probability` (0-1)."""
    figure = go.Figure(
        go.Scatter(
            x=curve["strength"],
            y=curve["female_probability"] * 100,
            mode="lines",
            line={"color": VERMILION, "width": 3},
            hovertemplate=f"%{{x:.3~g}}{perturbation.unit}: %{{y:.0f}}% female<extra></extra>",
            showlegend=False,
        )
    )
    certain = 100 * CERTAIN_GENDER
    figure.add_hrect(y0=100 - certain, y1=certain, fillcolor=GREY, opacity=0.15, line_width=0)
    figure.add_annotation(
        text="Uncertain", x=0, xref="paper", xanchor="left", y=50, showarrow=False, font={"color": GREY}
    )
    figure.update_yaxes(title="Probability of “female” (%)", range=[-2, 102])
    return _over_strengths(figure, perturbation, strength)


def robustness_curve(
    rows: list[dict[str, Any]],
    perturbation: Perturbation,
    metric: str,
    label: str,
    percent: bool,
    limits: tuple[float, float],
) -> go.Figure:
    """A metric at every strength of a perturbation, with 95% bootstrap intervals.

    Args:
        rows: as in `robustness.json`.
        perturbation: what was done to the photos.
        metric: its key in `rows`.
        label: of the vertical axis, with the unit.
        percent: whether to draw the metric as a percentage.
        limits: of the vertical axis, the same for all perturbations so that the charts can be compared.
    """
    factor, unit = (100, "%") if percent else (1, "")
    values, low, high = (np.array([row[metric][end] for row in rows]) * factor for end in ("value", "low", "high"))
    figure = go.Figure(
        go.Scatter(
            x=[row["strength"] for row in rows],
            y=values,
            mode="lines+markers",
            line={"color": BLUE},
            marker={"size": 8},
            error_y={
                "type": "data",
                "array": high - values,
                "arrayminus": values - low,
                "color": GREY,
                "thickness": 1.5,
            },
            customdata=np.stack([low, high], axis=-1),
            hovertemplate=(
                f"%{{x:.3~g}}{perturbation.unit}: %{{y:.1f}}{unit}<br>95% interval %{{customdata[0]:.1f}} to "
                f"%{{customdata[1]:.1f}}{unit}<extra></extra>"
            ),
            showlegend=False,
        )
    )
    figure.update_yaxes(title=label, range=limits)
    return _over_strengths(figure, perturbation, None)


def _over_strengths(figure: go.Figure, perturbation: Perturbation, strength: float | None) -> go.Figure:
    """Adds a dotted line where the photo is unchanged and a solid line at the position of the slider."""
    figure.add_vline(x=perturbation.neutral, line={"color": GREY, "dash": "dot", "width": 1})
    if strength is not None:
        figure.add_vline(x=strength, line={"color": GREY, "width": 2})
    unit = f" ({perturbation.unit.strip()})" if perturbation.unit else ""
    figure.update_xaxes(title=perturbation.label + unit)
    return _with_layout(figure, HEIGHT)


def _with_layout(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        # On a phone, a finger scrolls past the chart instead of zooming into it.
        dragmode=False,
    )
    return figure
