"""The tabs of the Model performance page after the first: ages, genders, errors, training and other systems."""

import pandas as pd
import streamlit as st

from components import columns
from components.chart_card import show
from components.dataset import faces as dataset_faces
from components.developers import for_developers
from components.performance import charts as performance_charts
from components.performance import findings, gender_charts, training_charts
from components.performance import tables as performance_tables
from components.performance.tables import DENSITY_YEARS
from reports import metrics

WORST = 24  # photos in the table of the largest errors
HISTORY = ("epoch", "age_mae", "val_age_mae", "gender_accuracy", "val_gender_accuracy")


def show_ages(
    selected: pd.DataFrame, predictions: pd.DataFrame, of_all_ages: pd.DataFrame, brackets: list[str]
) -> None:
    """How far ages are off, and how often the intervals contain them.

    Args:
        selected: predictions for the photos that match the filters.
        predictions: for all test photos.
        of_all_ages: those that match the filters, except that of the age brackets.
        brackets: selected, to be highlighted.
    """
    scores = performance_tables.overall_scores(selected)
    left, right = st.columns(2, gap="medium")
    with left:
        density = performance_tables.age_density(selected)
        show(
            performance_charts.age_density(density),
            findings.age_density(selected),
            density,
            "age-density",
            caption=f"Each square covers {DENSITY_YEARS} by {DENSITY_YEARS} years.",
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
    coverage = performance_tables.scores_by(of_all_ages, "bracket")
    show(
        performance_charts.coverage_points(coverage, brackets),
        findings.coverage(scores),
        coverage[["bracket", "photos"]].join(coverage.filter(like="interval")),
        "interval-coverage",
        caption="Ideally, every point lies on the dashed line. "
        f"The intervals are {scores['value']['interval_width']:.0f} years wide on average.",
    )


def show_genders(selected: pd.DataFrame) -> None:
    """How often genders are right, for whom, and how far the probabilities can be trusted."""
    st.write(findings.stated_genders(selected))
    left, right = st.columns(2, gap="medium")
    with left:
        grid = performance_tables.accuracy_grid(selected)
        show(
            gender_charts.accuracy_grid(grid),
            findings.accuracy_grid(grid),
            grid,
            "gender-by-age-and-ethnicity",
            caption="Share of photos with the right gender (%). Groups with fewer than "
            f"{gender_charts.FEWEST_IN_CELL} photos are left blank.",
        )
    with right:
        confusion = metrics.confusion(selected)
        show(gender_charts.confusion(confusion), findings.confusion(confusion), confusion, "gender-confusion")
    left, right = st.columns(2, gap="medium")
    with left:
        reliability = metrics.reliability(selected)
        show(
            gender_charts.reliability(reliability),
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
                gender_charts.roc(curve),
                findings.roc(curve),
                curve,
                "gender-roc",
                caption="The percentage in the title is the area under the curve.",
            )


def show_errors(selected: pd.DataFrame, labels: pd.DataFrame, sharpness: pd.DataFrame) -> None:
    """The photos with the largest errors, with likely reasons and, where the data set is at hand, their faces."""
    task = st.segmented_control(
        "Task", ["Age", "Gender"], default="Age", required=True, bind="query-params", key="errors"
    )
    worst = performance_tables.largest_errors(selected, labels, sharpness, task, WORST)
    st.dataframe(
        worst,
        hide_index=True,
        column_order=columns.ERRORS,
        column_config=columns.ERRORS,
        placeholder="–",
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


def show_training(history: pd.DataFrame, experiments: pd.DataFrame) -> None:
    """How the model learned, and how it was selected."""
    st.header("Learning curves")
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
        "The train error is measured on augmented photos with dropout, so it can be higher than the validation error."
    )

    st.header("How the model was selected")
    st.write(
        "The first rows are complete training recipes. The rows from *base* on start from one short recipe and change "
        "one thing at a time. All are compared on the validation split; the test split is reserved for the model in "
        "use. That model is the best single network. Averaging two networks, or a face and its mirror image, takes "
        "twice as long and gains little."
    )
    show(training_charts.study(experiments), findings.study(experiments), experiments, "study")
    st.dataframe(
        experiments,
        hide_index=True,
        column_order=columns.STUDY,
        column_config=columns.STUDY,
        placeholder="–",
        alt="Table of the experiments with their age error, gender accuracy, size and times",
    )
    st.caption("Times are for two CPU cores, and for faces in batches of 32.")
    for_developers(
        "Created by `python -m train`, `python -m train evaluate` and, for the comparison of recipes, "
        "`python -m train study`."
    )


def show_comparison(predictions: pd.DataFrame, labels: pd.DataFrame) -> None:
    """Where this model stands among published systems."""
    st.write(
        "Read this comparison with care: each system was tested on different photos with a different split. Adults are "
        "easier than all ages, a random split leaves copies of a photo in both training and test, and some systems "
        "were trained on the photos they were tested on. Only the two rows on this project's test split are directly "
        "comparable."
    )
    comparison = performance_tables.comparison(predictions, labels.loc[labels["split"] == "train", "age"])
    show(training_charts.comparison(comparison), findings.comparison(comparison), comparison, "comparison", height=620)
    st.dataframe(
        comparison,
        hide_index=True,
        column_order=columns.COMPARISON,
        column_config=columns.COMPARISON,
        placeholder="–",
        alt="Table of systems with their age error, gender accuracy, protocol and source",
    )
    st.caption(
        "“Measured for this comparison”: run once by the authors of this project on aligned chips of UTKFace that are "
        "not in this project's data. These rows cannot be reproduced with this repository."
    )
