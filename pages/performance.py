"""How well the model does on photos it has never seen, and on whom it does worse."""

from functools import partial

import pandas as pd
import streamlit as st

from components import columns, findings, front_door
from components.chart_card import show
from components.dataset import faces as dataset_faces
from components.dataset.tables import with_brackets
from components.filters import OPTIONS, choose, described, narrow, toggle
from components.performance import charts as performance_charts
from components.performance import tables as performance_tables
from components.performance import training_charts
from components.performance.charts import MEASURES
from components.published import ResultError, explain, read_table

CARD_WIDTH = 170  # pixels: two fit side by side on a phone
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
    f"Measured on {len(predictions):,} test photos that played no part in training or tuning. "
    "Thin lines and ranges are bootstrap 95% intervals."
)
chosen = choose("gender", "ethnicity", "bracket")
selected = narrow(predictions, chosen)
if selected.empty:
    st.info("No test photo matches. Take away a choice.", icon=":material/filter_alt_off:")
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
    "80% interval holds": share("interval_coverage"),
}
with st.container(horizontal=True):
    for label, (figure, interval) in figures.items():
        with st.container(border=True, width=CARD_WIDTH):
            st.metric(label, figure)
            st.caption(interval)
st.caption(f"{described(chosen) or 'All test photos'}: {len(selected):,} of {len(predictions):,} photos.")

st.subheader("By group")
st.write("Click a bar to choose its group for every other chart; click it again to let it go.")
name = st.segmented_control(
    "Measure", list(MEASURES), default="Age error", required=True, bind="query-params", key="measure"
)
measure = MEASURES[name]


def show_groups(column: str) -> None:
    """The measure by one grouping, whose bars choose from it."""
    table = performance_tables.scores_by(narrow(predictions, chosen, but=column), column)
    figure = performance_charts.group_bars(table, column, measure, OPTIONS[column][0], chosen[column])
    # A fresh chart after each choice, so that every click counts as a new one.
    key = f"by-{column}-{'-'.join(chosen[column])}"
    show(
        figure,
        findings.groups(table, column, name, measure),
        table,
        f"by-{column}",
        caption="In parentheses: photos of the group.",
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
        caption=f"Squares of {performance_tables.DENSITY_YEARS} years.",
    )
with right:
    curves = {"Chosen photos": performance_tables.cumulative_scores(selected)}
    if len(selected) < len(predictions):
        curves["All test photos"] = performance_tables.cumulative_scores(predictions)
    show(
        performance_charts.cumulative_scores(curves),
        findings.cumulative_scores(curves["Chosen photos"]),
        pd.concat([curve.assign(group=name) for name, curve in curves.items()]),
        "cumulative-scores",
    )
coverage = performance_tables.scores_by(selected, "bracket")
show(
    performance_charts.group_bars(coverage, "bracket", MEASURES["Interval coverage"], OPTIONS["bracket"][0], chosen=()),
    findings.coverage(scores),
    coverage[["bracket", "photos"]].join(coverage.filter(like="interval")),
    "interval-coverage",
    caption="The dashed line is where every bar would end if all groups were served alike. "
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
        caption="Share of photos with the right gender, %. Groups with fewer than "
        f"{performance_charts.FEWEST_IN_CELL} photos are left blank.",
    )
with right:
    confusion = performance_tables.confusion(selected)
    show(performance_charts.confusion(confusion), findings.confusion(confusion), confusion, "gender-confusion")
left, right = st.columns(2, gap="medium")
with left:
    reliability = performance_tables.reliability(selected)
    show(
        performance_charts.reliability(reliability),
        findings.reliability(reliability),
        reliability,
        "gender-reliability",
        caption="If a probability can be trusted, 80% of the faces called “80% female” are labelled female, and the "
        "points lie on the dashed line.",
    )
with right:
    if selected["gender"].nunique() < 2:
        st.info("The ROC curve needs photos of both genders.", icon=":material/filter_alt_off:")
    else:
        curve = performance_tables.roc(selected)
        show(
            performance_charts.roc(curve),
            findings.roc(curve),
            curve,
            "gender-roc",
            caption="The area under the curve is that share of pairs.",
        )

st.subheader("The largest errors")
task = st.segmented_control("Task", ["Age", "Gender"], default="Age", required=True, bind="query-params", key="errors")
worst = performance_tables.largest_errors(selected, labels, sharpness, task, WORST)
st.dataframe(
    worst,
    hide_index=True,
    column_order=columns.ERRORS,
    column_config=columns.ERRORS,
    alt=f"The photos with the largest {task.lower()} errors and the likely reason",
)
st.caption(
    "Label noise: a near-identical photo is labelled otherwise, by "
    f"{performance_tables.LABELS_APART} years or more for ages. Child: up to {performance_tables.CHILD_UNTIL} years. "
    f"Elderly: from {performance_tables.ELDERLY_FROM} years. Blur: among the softest "
    f"{performance_tables.SOFTEST:.0%} of the test photos. A likely reason is not a proof."
)
_, found = dataset_faces.choose_folder(set(labels["photo"]))
if found:
    said = {
        str(row.photo): f"{row.age}, judged {row.predicted_age:.0f}"
        if task == "Age"
        else f"{row.gender}, {row.age} years"
        for row in worst.itertuples()
    }
    dataset_faces.show_faces(dataset_faces.read_chips(found, list(worst["photo"])), said)

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
    "The train curve is measured on augmented photos with dropout, hence it can lie above the validation error. "
    "Made by `python -m train` and `python -m train evaluate`."
)

st.subheader("How the model was found")
st.write(
    "First whole recipes; from *base* on, a short one and what happens when one thing in it is changed. All are judged "
    "on the validation split: the test split is for the model that ships. That is the best single network: averaging "
    "two, or both sides of a face, gains little for twice the time."
)
show(training_charts.study(experiments), findings.study(experiments), experiments, "study")
st.dataframe(
    experiments,
    hide_index=True,
    column_order=columns.STUDY,
    column_config=columns.STUDY,
    alt="The experiments of the study",
)
st.caption("Made by `python -m train study`. Times are for two CPU cores; a face is timed in a batch of 32.")

st.subheader("Beside other systems")
st.write(
    "Read with care: every system was judged on photos of its own choice, split in its own way. Adults alone are "
    "easier than all ages, a random split leaves copies of a photo on both sides, and some were trained on the very "
    "photos that they are judged on. Only the two rows on this project's test split can be compared with each other."
)
comparison = performance_tables.comparison(predictions, labels.loc[labels["split"] == "train", "age"])
show(training_charts.comparison(comparison), findings.comparison(comparison), comparison, "comparison", height=620)
st.dataframe(
    comparison,
    hide_index=True,
    column_order=columns.COMPARISON,
    column_config=columns.COMPARISON,
    alt="Systems with their age error, gender accuracy, protocol and source",
)
st.caption(
    "“Measured for this comparison” means run once by the authors of this project on aligned chips of UTKFace that are "
    "not in this project's data; those rows cannot be repeated with this repository."
)
