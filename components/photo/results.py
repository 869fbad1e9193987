"""The results for photos: the picture, one card for each face, a table and downloads."""

from pathlib import PurePath

import pandas as pd
import streamlit as st

from components.file_names import as_code
from components.photo.face_card import show_face
from components.photo.predictions import PhotoResult
from components.photo.why import show_why
from model.drawing import describe
from model.face import COLUMNS, Face
from model.formats import as_csv, as_json, rows, safe_cell


def show_results(results: list[PhotoResult]) -> None:
    """Draws one or several photos with everything that was found in them."""
    for result in results:
        if result.error:
            st.error(f"{as_code(result.name)} — {result.error}", icon=":material/broken_image:")
    readable = [result for result in results if not result.error]
    if not readable:
        return
    if len(readable) > 1:
        _show_counts(readable)
    shown = readable[0] if len(readable) == 1 else _select(readable)
    _show_photo(shown)
    found = [(result.name, result.faces) for result in readable]
    if any(faces for _, faces in found):
        _show_table(found)
    _show_downloads(shown, found)


def _show_counts(results: list[PhotoResult]) -> None:
    faces = [face for result in results for face in result.faces]
    empty = sum(not result.faces for result in results)
    photos, found, without = st.columns(3)
    photos.metric("Photos", len(results), border=True)
    found.metric("Faces", len(faces), border=True)
    without.metric("Photos without a face", empty, border=True)


def _select(results: list[PhotoResult]) -> PhotoResult:
    def name(number: int) -> str:
        count = len(results[number].faces)
        return f"{results[number].name} ({'no face' if not count else '1 face' if count == 1 else f'{count} faces'})"

    return results[st.selectbox("Photo to show", range(len(results)), format_func=name)]


def _show_photo(result: PhotoResult) -> None:
    if not result.faces:
        st.warning(
            f"**No face found in {as_code(result.name)}.** Try a photo in which the face looks towards the camera, is "
            "well lit and uncovered, and is at least one fiftieth as wide as the longer side of the picture.",
            icon=":material/face_retouching_off:",
        )
        st.image(result.preview, width="stretch", alt=f"{result.name}, in which no face was found")
        return
    picture, cards = st.columns([3, 2], gap="medium")
    described = "; ".join(describe(face) for face in result.faces)
    picture.image(result.preview, width="stretch", alt=f"{result.name} with faces marked: {described}")
    with cards.container(horizontal=True, gap="small"):
        for number, (face, chip) in enumerate(zip(result.faces, result.chips, strict=True), start=1):
            show_face(face, chip, number, alone=len(result.faces) == 1)
    show_why(result)
    st.page_link("pages/what_if.py", label="What if the photo were darker, blurred or tilted?", icon=":material/tune:")


def _show_table(found: list[tuple[str, list[Face]]]) -> None:
    st.subheader("All faces")
    safe = [(safe_cell(name), faces) for name, faces in found]  # because the table can be downloaded, too
    table = pd.DataFrame(rows(safe), columns=list(COLUMNS))
    st.dataframe(
        table.assign(female_probability=[face.female_probability for _, faces in found for face in faces]),
        hide_index=True,
        column_config={
            "file": "File",
            "face": "Face",
            "width": st.column_config.NumberColumn("Width (px)"),
            "height": st.column_config.NumberColumn("Height (px)"),
            "confidence": st.column_config.NumberColumn("Detector confidence", format="percent"),
            "age": st.column_config.NumberColumn("Age (years)", format="%.1f"),
            "age_low": st.column_config.NumberColumn("80% interval from", format="%.1f"),
            "age_high": st.column_config.NumberColumn("80% interval to", format="%.1f"),
            "stated_gender": st.column_config.TextColumn("Gender", help="“uncertain” if neither reaches 80%"),
            "female_probability": st.column_config.NumberColumn("Probability of female", format="percent"),
            "warnings": "Quality warnings",
        },
        column_order=[
            "file", "face", "age", "age_low", "age_high", "stated_gender", "female_probability", "warnings",
            "confidence", "width", "height",
        ],
        alt="Table of all faces with age, 80% interval, gender, probability and quality warnings",
    )  # fmt: skip


def _show_downloads(shown: PhotoResult, found: list[tuple[str, list[Face]]]) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Annotated picture",
            shown.annotated,
            f"{PurePath(shown.name).stem}-faces.jpg",
            "image/jpeg",
            icon=":material/image:",
            on_click="ignore",
        )
        st.download_button("CSV", as_csv(found), "faces.csv", "text/csv", icon=":material/table:", on_click="ignore")
        st.download_button(
            "JSON", as_json(found), "faces.json", "application/json", icon=":material/data_object:", on_click="ignore"
        )
