"""The answer: how much older one face looks, how sure that is, and what test photos say of such answers."""

import math

import streamlit as st

from components.compare.difference import Check, Difference
from components.wording import count, percent
from model.calibration import COVERAGE


def show_answer(difference: Difference) -> None:
    """Draws the interval as the largest type of the page, the best guess, and whether it is more than chance.

    Args:
        difference: by how many years the right face is older than the left.
    """
    with st.container(key="answer", gap="small"):
        st.metric(label(difference), interval(difference), help=f"The {COVERAGE:.0%} interval of the difference.")
        st.html(draw(difference))
        st.markdown(f"{best_guess(difference)}. {verdict(difference)}")


def label(difference: Difference) -> str:
    """What the interval is."""
    if not difference.is_clear:
        return "Right minus left face (years)"
    return f"The {'right' if difference.years > 0 else 'left'} face looks older by (years)"


def interval(difference: Difference) -> str:
    """The ends of the interval in whole years: "12–41", or "−5 to +12" if it contains 0."""
    if not difference.is_clear:
        return f"{signed(difference.low)} to {signed(difference.high)}"
    low, high = sorted((abs(difference.low), abs(difference.high)))
    return f"{low:.0f}–{high:.0f}"


def best_guess(difference: Difference) -> str:
    """By how much one face is older."""
    years = round(abs(difference.years))
    if not years:
        return "Best guess: **the same age**"
    return f"Best guess: **the {'right' if difference.years > 0 else 'left'} face is {count(years, 'year')} older**"


def verdict(difference: Difference) -> str:
    """Whether the difference is more than chance."""
    if difference.is_clear:
        return f"That is **more than chance**: the {COVERAGE:.0%} interval does not contain 0."
    return f"That **may be due to chance**: the {COVERAGE:.0%} interval contains 0."


def explain(check: Check, photos: int) -> str:
    """What pairs of test photos say, in sentences; `photos` is how many test photos there are."""
    return (
        f"Checked with {check.pairs:,} random pairs of {photos:,} test photos: in {percent(check.coverage)} of them, "
        "the interval contains the difference of the labelled ages. For pairs about as clear as this one, "
        f"the model got the order right in {percent(check.right_order)}. Errors in two photos of one person tend to be "
        "alike, so for them the interval is wider than necessary."
    )


def draw(difference: Difference) -> str:
    """The interval on a line of years with 0 marked, left of it where the left face is older, as HTML.

    Its looks are in `page.css`.
    """
    first = 10 * math.floor(min(difference.low, -5) / 10)
    last = 10 * math.ceil(max(difference.high, 5) / 10)
    step = 10 if last - first <= 80 else 20

    def place(years: float) -> str:
        return f"{100 * (years - first) / (last - first):.1f}%"

    ticks = range(step * math.ceil(first / step), last + 1, step)
    labels = "".join(f'<span style="left: {place(years)}">{abs(years)}</span>' for years in ticks)
    width = f"{100 * (difference.high - difference.low) / (last - first):.1f}%"
    return (
        f'<div class="hill flat" role="img" aria-label="{COVERAGE:.0%} interval: {signed(difference.low)} to '
        f'{signed(difference.high)} years">'
        f'<div class="range" style="left: {place(difference.low)}; width: {width}"></div>'
        f'<div class="zero" style="left: {place(0)}"></div>'
        f'<div class="guess" style="left: {place(difference.years)}"></div>'
        f'<div class="years">{labels}</div></div>'
    )


def signed(years: float) -> str:
    """Whole years with their sign: "+12", "0", "−5"."""
    return f"{round(years):+d}".replace("-", "−") if round(years) else "0"
