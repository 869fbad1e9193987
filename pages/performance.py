"""How well the model does on photos it has never seen, and for whom it does worse."""

from functools import partial

import pandas as pd
import streamlit as st

from components import columns, front_door
from components.cards import show_cards
from components.chart_card import show
from components.dataset import faces as dataset_faces
from components.dataset.tables import with_brackets
from components.filters import OPTIONS, describe, matching, show_filters, toggle
from components.performance import charts as performance_charts
from components.performance import findings, training_charts
from components.performance import tables as performance_tables
from components.performance.charts import MEASURES
from components.published import ResultError, explain, read_table
from reports import metrics

WORST = 24  # photos in the table of the largest errors
HISTORY = ("epoch", "age_mae", "val_age_mae", "gender_accuracy", "val_gender_accuracy")

front_door.require()
st.title("Model performance")
try:
    predictions = with_brackets(read_table("test_predictions.parquet"))
    labels = read_table("labels.parquet")
    sharpness = read_table("sharpness.parquet")
    history = read_table("history.csv", *HISTORY)
    experiments = read_table("experiments.csv", *columns.STUDY)
except ResultError as error:
    explain(error, "python -m train data && python -m train && python -m train evaluate && python -m train study")
    st.stop()
st.write(
    f"Measured on {len(predictions):,} test photos that were used neither for training nor for tuning. "
    "Thin lines and ranges are 95% bootstrap intervals."
)
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

st.subheader("By group")
st.write("Click a bar to filter every other chart by its group. Click it again to clear the selection.")
name = st.segmented_control(
    "Measure", list(MEASURES), default="Age error", required=True, bind="query-params", key="measure"
)
measure = MEASURES[name]


def show_groups(column: str) -> None:
    """The measure for each group of one grouping; clicking a bar selects its group."""
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


show_groups("bracket")
gender, ethnicity = st.columns([2, 3], gap="medium")
with gender:
    show_groups("gender")
with ethnicity:
    show_groups("ethnicity")

st.subheader("Age")
left, right = st.columns(2, gap="medium")
with left:
    density = performance_tables.age_density(selected)
    show(
        performance_charts.age_density(density),
        findings.age_density(selected),
        density,
        "age-density",
        caption=f"Each square covers {performance_tables.DENSITY_YEARS} by {performance_tables.DENSITY_YEARS} years.",
    )
with right:
    curves = {"Selected photos": performance_tables.cumulative_scores(selected)}
    if len(selected) < len(predictions):
        curves["All test photos"] = performance_tables.cumulative_scores(predictions)
    show(
        performance_charts.cumulative_scores(curves),
        findings.cumulative_scores(curves["Selected photos"]),
        pd.concat([curve.assign(group=name) for name, curve in curves.items()]),
        "cumulative-scores",
    )
coverage = performance_tables.scores_by(selected, "bracket")
show(
    performance_charts.group_bars(
        coverage, "bracket", MEASURES["Interval coverage"], OPTIONS["bracket"][0], selected=()
    ),
    findings.coverage(scores),
    coverage[["bracket", "photos"]].join(coverage.filter(like="interval")),
    "interval-coverage",
    caption="Ideally, every bar ends at the dashed line. "
    f"The intervals are {scores['value']['interval_width']:.0f} years wide on average.",
)

st.subheader("Gender")
st.write(findings.stated_genders(selected))
left, right = st.columns(2, gap="medium")
with left:
    grid = performance_tables.accuracy_grid(selected)
    show(
        performance_charts.accuracy_grid(grid),
        findings.accuracy_grid(grid),
        grid,
        "gender-by-age-and-ethnicity",
        caption="Share of photos with the right gender (%). Groups with fewer than "
        f"{performance_charts.FEWEST_IN_CELL} photos are left blank.",
    )
with right:
    confusion = metrics.confusion(selected)
    show(performance_charts.confusion(confusion), findings.confusion(confusion), confusion, "gender-confusion")
left, right = st.columns(2, gap="medium")
with left:
    reliability = metrics.reliability(selected)
    show(
        performance_charts.reliability(reliability),
        findings.reliability(reliability),
        reliability,
        "gender-reliability",
        caption="Trustworthy probabilities lie on the dashed line: of the faces said to be “80% female”, 80% are "
        "labelled female.",
    )
with right:
    if selected["gender"].nunique() < 2:
        st.info("The ROC curve needs photos of both genders.", icon=":material/filter_alt_off:")
    else:
        curve = metrics.roc(selected)
        show(
            performance_charts.roc(curve),
            findings.roc(curve),
            curve,
            "gender-roc",
            caption="The percentage in the title is the area under the curve.",
        )

st.subheader("The largest errors")
task = st.segmented_control("Task", ["Age", "Gender"], default="Age", required=True, bind="query-params", key="errors")
worst = performance_tables.largest_errors(selected, labels, sharpness, task, WORST)
st.dataframe(
    worst,
    hide_index=True,
    column_order=columns.ERRORS,
    column_config=columns.ERRORS,
    alt=f"Table of the photos with the largest {task.lower()} errors and the likely reasons",
)
st.caption(
    "Label noise: a near-identical photo has another gender label, or an age label that differs by "
    f"{performance_tables.LABELS_APART} years or more. Child: up to {performance_tables.CHILD_UNTIL} years. "
    f"Elderly: {performance_tables.ELDERLY_FROM} years or older. Blur: among the least sharp "
    f"{performance_tables.SOFTEST:.0%} of the test photos. A likely reason is not proof."
)
_, found = dataset_faces.choose_folder(set(labels["photo"]))
if found:
    captions = {
        str(row.photo): f"{row.age} years, estimate {row.predicted_age:.0f}"
        if task == "Age"
        else f"{row.gender}, {row.age} years"
        for row in worst.itertuples()
    }
    dataset_faces.show_faces(dataset_faces.read_chips(found, list(worst["photo"])), captions)

st.subheader("Learning curves")
learning = history[list(HISTORY)]
left, right = st.columns(2, gap="medium")
for column, metric, label, factor in (
    (left, "age_mae", "Mean absolute age error (years)", 1),
    (right, "gender_accuracy", "Gender accuracy (%)", 100),
):
    with column:
        show(
            training_charts.learning_curve(learning, metric, label, factor),
            findings.learning(learning, metric),
            learning,
            f"learning-{metric.replace('_', '-')}",
        )
st.caption(
    "The train error is measured on augmented photos with dropout, so it can be higher than the validation error. "
    "Created by `python -m train` and `python -m train evaluate`."
)

st.subheader("How the model was selected")
st.write(
    "The first rows are complete training recipes. The rows from *base* on start from one short recipe and change one "
    "thing at a time. All are compared on the validation split; the test split is reserved for the model in use. That "
    "model is the best single network. Averaging two networks, or a face and its mirror image, takes twice as long and "
    "gains little."
)
show(training_charts.study(experiments), findings.study(experiments), experiments, "study")
st.dataframe(
    experiments,
    hide_index=True,
    column_order=columns.STUDY,
    column_config=columns.STUDY,
    alt="Table of the experiments with their age error, gender accuracy, size and times",
)
st.caption("Created by `python -m train study`. Times are for two CPU cores, and for faces in batches of 32.")

st.subheader("Compared with other systems")
st.write(
    "Read this comparison with care: each system was tested on different photos with a different split. Adults are "
    "easier than all ages, a random split leaves copies of a photo in both training and test, and some systems were "
    "trained on the photos they were tested on. Only the two rows on this project's test split are directly comparable."
)
comparison = performance_tables.comparison(predictions, labels.loc[labels["split"] == "train", "age"])
show(training_charts.comparison(comparison), findings.comparison(comparison), comparison, "comparison", height=620)
st.dataframe(
    comparison,
    hide_index=True,
    column_order=columns.COMPARISON,
    column_config=columns.COMPARISON,
    alt="Table of systems with their age error, gender accuracy, protocol and source",
)
st.caption(
    "“Measured for this comparison”: run once by the authors of this project on aligned chips of UTKFace that are not "
    "in this project's data. These rows cannot be reproduced with this repository."
)
