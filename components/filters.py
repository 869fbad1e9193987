"""Which photos are looked at: choices that stand in the address, so that a view can be shared."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from model.labels import BRACKET_NAMES, ETHNICITIES, GENDERS

OPTIONS: dict[str, tuple[str, Sequence[str]]] = {
    "gender": ("Gender", GENDERS),
    "ethnicity": ("Ethnicity", ETHNICITIES),
    "bracket": ("Age bracket (years)", BRACKET_NAMES),
    "split": ("Split", ("train", "validation", "test")),
}
"""By column of the table: the label and the values to choose from."""

Chosen = Mapping[str, Sequence[str]]
"""By column, the values that are wanted; none means all."""


def choose(*columns: str) -> dict[str, list[str]]:
    """Draws a row of pills for each column and returns what is chosen."""
    chosen = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for column in columns:
            label, options = OPTIONS[column]
            chosen[column] = st.pills(
                label,
                options,
                selection_mode="multi",
                format_func=capitalized,
                wrap=True,
                bind="query-params",
                key=column,
            )
    return chosen


def narrow(photos: pd.DataFrame, chosen: Chosen, but: str | None = None) -> pd.DataFrame:
    """The photos that match; the choice for the column `but` does not count.

    So a chart by age bracket still shows every bracket when one of them is picked in it.
    """
    for column, values in chosen.items():
        if values and column != but:
            photos = photos[photos[column].isin(values)]
    return photos


def described(chosen: Chosen) -> str:
    """The choices in words, such as `Female · 20–29`; empty if there are none."""
    return " · ".join(" or ".join(map(capitalized, values)) for values in chosen.values() if values)


def toggle(chart: str, column: str) -> None:
    """Takes what was clicked in a chart into the choices for a column, or out of them.

    Args:
        chart: key of the chart, whose points have the value of the column as the first of their `customdata`.
        column: whose pills are changed.
    """
    picked = {str(point["customdata"][0]) for point in st.session_state[chart].selection.points}
    before = set(st.session_state[column] or ())
    st.session_state[column] = [value for value in OPTIONS[column][1] if value in before ^ picked]


def capitalized(name: str) -> str:
    """With a capital first letter, and the others as they are."""
    return name[:1].upper() + name[1:]
