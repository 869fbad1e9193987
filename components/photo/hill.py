"""The hill: the network's probability for every year, with the range marked, and one sentence on its width.

Drawn with HTML and CSS alone, because a chart library would load longer than the answer takes.
"""

import math

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.published import ResultError, read_report
from model.face import Face

NEAR = 5
"""Years around the best guess within which the probability is counted."""

WIDER = 1.15
"""From how many times the mean width a range is called wide; narrow below the inverse."""

SECOND_PEAK, VALLEY = 0.5, 0.8
"""A second peak has at least this share of the first's height, and the valley before it at most this share of its."""


def show_hill(face: Face) -> None:
    """Draws the hill of a face; nothing for a network without distributions."""
    if face.age_distribution is None:
        return
    hill = np.asarray(face.age_distribution)
    sentence = explain_width(face, hill, _mean_width())
    st.html(draw(face, hill, sentence))
    st.caption(sentence)


def explain_width(face: Face, hill: NDArray[np.float64], mean_width: float | None) -> str:
    """Why the range is wide or narrow, in one sentence computed from the hill.

    Args:
        face: whose range it is.
        hill: probability of each year from 0.
        mean_width: of the ranges of all test photos, years; None if it was not measured.
    """
    width = face.age_high - face.age_low
    near = _share_near(face.age, hill)
    if ages := two_peaks(hill):
        return (
            f"The range is {width:.0f} years wide because the network wavers between two ages, about {ages[0]} and "
            f"about {ages[1]}."
        )
    usual = mean_width or width
    if width > WIDER * usual:
        size, only = f"wide, {width:.0f} years instead of the usual {usual:.0f}", "only "
    elif width < usual / WIDER:
        size, only = f"narrow, {width:.0f} years instead of the usual {usual:.0f}", ""
    else:
        size, only = f"{width:.0f} years wide" + (", about as usual" if mean_width else ""), ""
    return (
        f"The range is {size}: the network puts {only}{near:.0%} of the probability within {NEAR} years of its best "
        "guess."
    )


def two_peaks(hill: NDArray[np.float64]) -> tuple[int, int] | None:
    """The ages of the two peaks of a hill, youngest first; None if it has one."""
    smooth = np.convolve(hill, np.ones(5) / 5, "same")
    tops = [i for i in range(1, len(smooth) - 1) if smooth[i - 1] < smooth[i] >= smooth[i + 1]]
    tops.sort(key=lambda i: -smooth[i])
    for other in tops[1:]:
        low, high = sorted((tops[0], other))
        valley = smooth[low : high + 1].min()
        if smooth[other] >= SECOND_PEAK * smooth[tops[0]] and valley <= VALLEY * smooth[other]:
            return low, high
    return None


def draw(face: Face, hill: NDArray[np.float64], sentence: str) -> str:
    """The hill as HTML; its looks are in `page.css`.

    Args:
        face: whose range is marked.
        hill: probability of each year from 0.
        sentence: read to people who do not see the picture.
    """
    cumulative = hill.cumsum() / hill.sum()
    lowest, highest = (float(np.searchsorted(cumulative, share)) for share in (0.01, 0.99))
    first = 10 * math.floor(min(face.age_low, lowest) / 10)
    last = 10 * math.ceil(max(face.age_high, highest) / 10)

    def place(age: float) -> str:
        return f"{100 * (age - first) / (last - first):.1f}%"

    years = np.arange(first, last + 1)
    heights = np.interp(years, np.arange(len(hill)), hill, right=0.0) / hill.max()
    points = [f"{place(year)} {100 - 100 * height:.1f}%" for year, height in zip(years.tolist(), heights, strict=True)]
    outline = ", ".join(["0% 100%", *points, "100% 100%"])
    ticks = "".join(f'<span style="left: {place(age)}">{age}</span>' for age in range(first, last + 1, 10))
    width = f"{100 * (face.age_high - face.age_low) / (last - first):.1f}%"
    return (
        f'<div class="hill" role="img" aria-label="Probability of each year. {sentence}">'
        f'<div class="range" style="left: {place(face.age_low)}; width: {width}"></div>'
        f'<div class="shape" style="clip-path: polygon({outline})"></div>'
        f'<div class="guess" style="left: {place(face.age)}"></div>'
        f'<div class="years">{ticks}</div></div>'
    )


def _share_near(age: float, hill: NDArray[np.float64]) -> float:
    years = np.arange(len(hill))
    return float(hill[np.abs(years - age) <= NEAR].sum() / hill.sum())


def _mean_width() -> float | None:
    try:
        return float(read_report("report.json", "overall")["overall"]["interval_width"]["value"])
    except (ResultError, KeyError, TypeError):
        return None
