"""How well the model does on photos it has never seen, and for whom it does worse."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from components import front_door
from components.cards import show_cards
from components.chart_card import show
from components.dataset.tables import with_brackets
from components.filters import OPTIONS, describe, matching, show_filters, toggle
from components.performance import background, findings, intersections, sections, selective, thresholds
from components.performance import charts as performance_charts
from components.performance import tables as performance_tables
from components.performance.cards import figures
from components.published import ResultError, explain, read_table
from reports.data_sets import BY_NAME, UTKFACE, with_groups

COMMAND = "python -m train data && python -m train && python -m train evaluate && python -m train study"

front_door.require()
st.title("Model performance")
name = st.segmented_control(
    "Test photos of", list(BY_NAME), default=UTKFACE.name, required=True, bind="query-params", key="data"
)
data = BY_NAME[name]
try:
    predictions = with_brackets(with_groups(read_table(data.predictions), data))
except ResultError as error:
    explain(error, COMMAND)
    st.stop()
st.write(
    f"{data.about} Measured on {len(predictions):,} test photos that were used neither for training nor for tuning."
)
groupings = [column for column in ("bracket", "gender", data.group) if column]


def show_selection() -> tuple[dict[str, list[str]], pd.DataFrame]:
    """Draws the filters and the figures of the photos that match them; returns the selection and these photos."""
    with st.container(key="filters"):
        selection = show_filters("gender", *([data.group] if data.group else []), "bracket")
    selected = matching(predictions, selection)
    if selected.empty:
        st.info("No test photos match these filters. Clear a filter.", icon=":material/filter_alt_off:")
        return selection, selected
    show_cards(figures(performance_tables.overall_scores(selected)))
    st.caption(
        f"{describe(selection) or 'All test photos'}: {len(selected):,} of {len(predictions):,} photos. Thin lines and "
        "ranges are 95% intervals: Wilson's for shares, bootstrap intervals for years."
    )
    return selection, selected


def show_groups(column: str, name: str, selection: dict[str, list[str]]) -> None:
    """The measure for each group of one grouping; clicking a bar selects its group."""
    measure = performance_charts.MEASURES[name]
    table = performance_tables.scores_by(matching(predictions, selection, ignored=column), column)
    figure = performance_charts.group_bars(table, column, measure, OPTIONS[column][0], selection[column])
    # A new chart after each selection, so that every click counts as a new one.
    key = f"by-{column}-{'-'.join(selection[column])}"
    show(
        figure,
        findings.groups(table, column, name, measure),
        table,
        f"by-{column}",
        caption="In parentheses: the number of photos in the group.",
        key=key,
        on_select=partial(toggle, key, column),
    )


def show_all_groups(selection: dict[str, list[str]], selected: pd.DataFrame) -> None:
    """The same measure by age bracket, by gender and, if known, by group of people."""
    st.write("Click a bar to filter every other chart by its group. Click it again to clear the selection.")
    names = list(performance_charts.measures_of(performance_tables.overall_scores(selected)))
    name = st.segmented_control(
        "Measure", names, default=names[0], required=True, bind="query-params", key="measure" + data.suffix
    )
    show_groups("bracket", name, selection)
    if data.group is None:
        show_groups("gender", name, selection)
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        show_groups("gender", name, selection)
    with right:
        show_groups(data.group, name, selection)


def show_selected(title: str) -> None:
    """Draws a tab that the filters narrow."""
    selection, selected = show_selection()
    if selected.empty:
        return
    if title == "By group":
        show_all_groups(selection, selected)
    elif title == "Age":
        of_all_ages = matching(predictions, selection, ignored="bracket")
        sections.show_ages(selected, predictions, of_all_ages, selection["bracket"])
    elif title == "Gender":
        sections.show_genders(selected, data.group or "gender")
    elif title == "When sure":
        selective.show_selective(selected, groupings)
    else:
        sections.show_errors(selected, data)


TABS: dict[str, Callable[[], None]] = {
    "By group": partial(show_selected, "By group"),
    "Age": partial(show_selected, "Age"),
    "Gender": partial(show_selected, "Gender"),
    "Thresholds": thresholds.show_thresholds,
    "When sure": partial(show_selected, "When sure"),
    "Intersections": partial(intersections.show_intersections, predictions, data),
    "Largest errors": partial(show_selected, "Largest errors"),
    "Training": background.show_training,
    "Other systems": background.show_comparison,
}
for show_tab, tab in zip(TABS.values(), st.tabs(list(TABS), key="view", bind="query-params"), strict=True):
    if tab.open:
        with tab:
            try:
                show_tab()
            except ResultError as error:
                explain(error, COMMAND)
