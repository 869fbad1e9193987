"""Where the faces of the Demographics page come from: a sample, the photos of this visit, or a table."""

from collections.abc import Callable

import streamlit as st

from components.demographics.reading import FaceTable, TableError, read_faces
from components.file_names import as_code
from components.photo.predictions import results_of_visit
from components.published import ResultError, read_table
from components.wording import count
from model.face import UNCERTAIN
from model.formats import as_csv
from reports.metrics import gender_probability, predicted_gender, stated_gender

UPLOADED = "face_table"
SAMPLE = "Sample: the test photos of UTKFace"


def choose_table() -> FaceTable | None:
    """Lets the visitor choose the faces; None, with an explanation, if there are none to choose."""
    _show_uploader()
    sources: dict[str, Callable[[], FaceTable]] = {}
    if uploaded := st.session_state.get(UPLOADED):
        name, table = uploaded
        sources[f"Table {name}"] = lambda: table
    results = results_of_visit().values()
    if faces := sum(len(result.faces) for result in results):
        sources[f"Use these faces: {count(faces, 'face')} in your photos"] = _faces_of_visit
    sources[SAMPLE] = _sample
    labels = list(sources)
    chosen = labels[0] if uploaded else SAMPLE
    if len(labels) > 1:
        chosen = st.radio("Faces", labels, index=labels.index(chosen), horizontal=True) or chosen
    else:
        st.caption("Until you add a table, this page shows a sample: the test photos of UTKFace.")
    try:
        return sources[chosen]()
    except ResultError:
        st.info("Add a table of faces to see who is in it.", icon=":material/arrow_upward:")
        return None


def _show_uploader() -> None:
    upload = st.file_uploader(
        "Table of faces",
        type=["parquet", "csv"],
        key="face_table_upload",
        on_change=_forget_table,
        help="The CSV file of the *Photo* or *Video* page, or a table of a whole folder of photos.",
    )
    if upload and UPLOADED not in st.session_state:
        try:
            st.session_state[UPLOADED] = as_code(upload.name), read_faces(upload.name, upload.getvalue())
        except TableError as error:
            st.error(f"{as_code(upload.name)} — {error}", icon=":material/error:")
            st.stop()


def _forget_table() -> None:
    st.session_state.pop(UPLOADED, None)


def _faces_of_visit() -> FaceTable:
    results = [result for result in results_of_visit().values() if not result.error]
    table = read_faces("faces.csv", as_csv((result.name, result.faces) for result in results).encode())
    return FaceTable(table.faces, len(results))


def _sample() -> FaceTable:
    """What the model estimates for the test photos; each shows one face."""
    photos = read_table("test_predictions.parquet")
    gender = predicted_gender(photos)
    faces = photos[["age_low", "age_high"]].assign(
        face=1,
        confidence=1.0,
        age=photos["predicted_age"],
        gender=gender,
        gender_probability=gender_probability(photos),
        stated_gender=gender.where(stated_gender(photos), UNCERTAIN),
    )
    return FaceTable(faces, len(photos))
