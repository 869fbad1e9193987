"""The tabs of the Model performance page that no filter concerns: training, and other systems."""

import streamlit as st

from components import columns
from components.chart_card import show
from components.developers import for_developers
from components.performance import findings, training_charts
from components.performance import tables as performance_tables
from components.published import read_table

HISTORY = ("epoch", "age_mae", "val_age_mae", "gender_accuracy", "val_gender_accuracy")


def show_training() -> None:
    """How the model learned, and how it was selected."""
    history = read_table("history.csv", *HISTORY)
    experiments = read_table("experiments.csv", *columns.STUDY)
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
        "Both are measured on the photos of all data sets together; where ages are brackets, the error is the distance "
        "from the bracket. The train error is measured on augmented photos with dropout, so it can be higher."
    )

    st.header("How the model was selected")
    st.write(
        "The first rows are complete training recipes. The rows after *unseen* and after *base* each change one "
        "thing in a short recipe. All are compared on UTKFace's validation split; the test split is reserved for the "
        "model in use. It is not the best in every column: the adjustment of rare ages costs a little overall and "
        "makes the estimates for old people less biased. Averaging two networks, or a face and its mirror image, takes "
        "twice as long and gains little."
    )
    show(training_charts.study(experiments), findings.study(experiments), experiments, "study")
    columns.show_table(
        experiments, columns.STUDY, "Table of the experiments with their age error, gender accuracy, size and times"
    )
    st.caption("Times are for two CPU cores, and for faces in batches of 32.")
    for_developers(
        "Created by `python -m train`, `python -m train evaluate` and, for the comparison of recipes, "
        "`python -m train study`."
    )


def show_comparison() -> None:
    """Where this model stands among published systems on UTKFace."""
    predictions, labels = read_table("test_predictions.parquet"), read_table("labels.parquet")
    st.write(
        "On UTKFace, whatever is selected above. Read this comparison with care: each system was tested on different "
        "photos with a different split. Adults are easier than all ages, a random split leaves copies of a photo in "
        "both training and test, and some systems were trained on the photos they were tested on. Only the two rows on "
        "this project's test split are directly comparable."
    )
    comparison = performance_tables.comparison(predictions, labels.loc[labels["split"] == "train", "age"])
    show(training_charts.comparison(comparison), findings.comparison(comparison), comparison, "comparison", height=620)
    columns.show_table(
        comparison, columns.COMPARISON, "Table of systems with their age error, gender accuracy, protocol and source"
    )
    st.caption(
        "“Measured for this comparison”: run once by the authors of this project on aligned chips of UTKFace that are "
        "not in this project's data. These rows cannot be reproduced with this repository."
    )
