"""What the page shows below the inputs: an example, what is still needed, what is wrong, or the results."""

import pandas as pd
import streamlit as st

from components.evaluate import example
from components.evaluate.inputs import labels_of
from components.evaluate.notices import show_notices
from components.evaluate.results import show_results
from components.evaluate.visit import Visit
from components.file_names import as_code, as_text
from components.photo.predictions import load_predictor
from components.wording import count
from model.errors import UserError
from reports.own_people.analysis import evaluate
from reports.own_people.labels import parse_labels
from reports.own_people.matching import match


def show_state(visit: Visit) -> None:
    """Draws it."""
    try:
        labels = labels_of(visit)
        if labels is not None and visit.photos:
            _show_evaluation(labels, visit)
        elif labels is not None and visit.table:
            st.info(
                f"**{count(len(labels), 'true age')} read from {as_code(visit.table[0])}.** Now drop the photos.",
                icon=":material/add_photo_alternate:",
            )
        elif visit.photos:
            st.info(
                f"**{count(len(visit.photos), 'photo')} analysed.** Now add their true ages: upload a table, or choose "
                "*File names* if the names contain them.",
                icon=":material/table:",
            )
        else:
            _show_example()
    except UserError as error:
        st.error(as_text(str(error)), icon=":material/error:")


def _show_example() -> None:
    example.show_text()
    with st.spinner("Analysing the example…"):
        outcomes = example.estimate_samples()
    labels = parse_labels(example.TABLE, "example.csv")
    show_results(evaluate(match(labels, outcomes).labels, outcomes, load_predictor().estimator.calibration))


def _show_evaluation(labels: pd.DataFrame, visit: Visit) -> None:
    matched = match(labels, visit.outcomes)
    if matched.labels.empty:
        st.error(
            f"The table names none of the photos. Its column `file` needs names like {as_code(visit.photos[0].name)}.",
            icon=":material/error:",
        )
        return
    evaluation = evaluate(matched.labels, visit.outcomes, load_predictor().estimator.calibration)
    show_notices(matched, evaluation)
    show_results(evaluation)
