"""Filters for photos. What is selected is kept in the page's address, so that a view can be shared as a link."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from model.labels import BRACKET_NAMES, ETHNICITIES, GENDERS
from reports.data_sets import FAIRFACE_GROUPS

OPTIONS: dict[str, tuple[str, Sequence[str]]] = {
    "gender": ("Gender", GENDERS),
    "ethnicity": ("Ethnicity", ETHNICITIES),
    "group": ("Group", FAIRFACE_GROUPS),
    "bracket": ("Age bracket (years)", BRACKET_NAMES),
    "split": ("Split", ("train", "validation", "test")),
}
"""For each column of the table, its label and the values to select from."""

Selection = Mapping[str, Sequence[str]]
"""For each column, the selected values; an empty sequence selects all."""


def show_filters(*columns: str) -> dict[str, list[str]]:
    """Draws a row of pills for each column and returns what is selected."""
    selection = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for column in columns:
            label, options = OPTIONS[column]
            selection[column] = st.pills(
                label,
                options,
                selection_mode="multi",
                format_func=capitalized,
                wrap=True,
                bind="query-params",
                key=column,
            )
    return selection


def matching(photos: pd.DataFrame, selection: Selection, ignored: str | None = None) -> pd.DataFrame:
    """The photos that match the selection.

    Args:
        photos: a table with the columns of `selection`.
        selection: the values to keep.
        ignored: a column whose selection does not count, so that a chart by age bracket still shows every bracket
            when one of them is selected in it.
    """
    for column, values in selection.items():
        if values and column != ignored:
            photos = photos[photos[column].isin(values)]
    return photos


def describe(selection: Selection) -> str:
    """The selection in words, such as `Female · 20–29`; empty if nothing is selected."""
    return " · ".join(" or ".join(map(capitalized, values)) for values in selection.values() if values)


def toggle(chart: str, column: str) -> None:
    """Adds the value clicked in a chart to the selection of a column, or removes it if it was selected.

    Args:
        chart: key of the chart, whose points have the value of the column as the first of their `customdata`.
        column: whose pills change.
    """
    clicked = {str(point["customdata"][0]) for point in st.session_state[chart].selection.points}
    before = set(st.session_state[column] or ())
    st.session_state[column] = [value for value in OPTIONS[column][1] if value in before ^ clicked]


def capitalized(name: str) -> str:
    """With a capital first letter, and the others unchanged."""
    return name[:1].upper() + name[1:]
