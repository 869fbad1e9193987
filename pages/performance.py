"""How well the model does on photos it has never seen, and for whom it does worse."""

from functools import partial

import streamlit as st

from components import columns, front_door
from components.cards import show_cards
from components.chart_card import show
from components.dataset.tables import with_brackets
from components.filters import OPTIONS, describe, matching, show_filters, toggle
from components.performance import charts as performance_charts
from components.performance import findings, sections
from components.performance import tables as performance_tables
from components.performance.charts import MEASURES
from components.published import ResultError, explain, read_table

TABS = ("By group", "Age", "Gender", "Largest errors", "Training", "Other systems")

front_door.require()
st.title("Model performance")
try:
    predictions = with_brackets(read_table("test_predictions.parquet"))
    labels = read_table("labels.parquet")
    sharpness = read_table("sharpness.parquet")
    history = read_table("history.csv", *sections.HISTORY)
    experiments = read_table("experiments.csv", *columns.STUDY)
except ResultError as error:
    explain(error, "python -m train data && python -m train && python -m train evaluate && python -m train study")
    st.stop()
st.write(
    f"Measured on {len(predictions):,} test photos that were used neither for training nor for tuning. "
    "Thin lines and ranges are 95% intervals: Wilson's for shares, bootstrap intervals for years."
)
with st.container(key="filters"):
    selection = show_filters("gender", "ethnicity", "bracket")
selected = matching(predictions, selection)
if selected.empty:
    st.info("No test photos match these filters. Clear a filter.", icon=":material/filter_alt_off:")
    st.stop()
scores = performance_tables.overall_scores(selected)


def share(metric: str) -> tuple[str, str]:
    """A share and its interval as percentages."""
    value, low, high = scores.loc[metric, ["value", "low", "high"]]
    return f"{value:.1%}", f"95% interval {low:.1%} to {high:.1%}"


value, low, high = scores.loc["age_mae", ["value", "low", "high"]]
figures = {
    "Age error (years)": (f"{value:.2f}", f"95% interval {low:.2f} to {high:.2f}"),
    "Within 5 years": share("cs5"),
    "Gender accuracy": share("gender_accuracy"),
    "80% interval coverage": share("interval_coverage"),
}
show_cards(figures)
st.caption(f"{describe(selection) or 'All test photos'}: {len(selected):,} of {len(predictions):,} photos.")

by_group, age, gender, errors, training, others = st.tabs(TABS)


def show_groups(column: str, name: str) -> None:
    """The measure for each group of one grouping; clicking a bar selects its group."""
    measure = MEASURES[name]
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


with by_group:
    st.write("Click a bar to filter every other chart by its group. Click it again to clear the selection.")
    name = st.segmented_control(
        "Measure", list(MEASURES), default="Age error", required=True, bind="query-params", key="measure"
    )
    show_groups("bracket", name)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        show_groups("gender", name)
    with right:
        show_groups("ethnicity", name)
with age:
    of_all_ages = matching(predictions, selection, ignored="bracket")
    sections.show_ages(selected, predictions, of_all_ages, selection["bracket"])
with gender:
    sections.show_genders(selected)
with errors:
    sections.show_errors(selected, labels, sharpness)
with training:
    sections.show_training(history, experiments)
with others:
    sections.show_comparison(predictions, labels)
