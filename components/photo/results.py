"""What was found in one photo: the picture with its faces marked, and beside it the answer for the selected face."""

from pathlib import PurePath

import streamlit as st

from components.card.sharing import show_card
from components.file_names import as_code
from components.guess import game
from components.photo.album import Photo
from components.photo.face_card import announce, bracket_of, measured_error, show_face
from components.photo.face_picture import show_face_picture
from components.photo.predictions import PhotoResult, found_in, load_predictor
from components.photo.samples import documented_age
from components.photo.why import show_why
from model.admission import shared_queue
from model.drawing import describe
from model.formats import Found, as_csv, as_json


def show_photo(result: PhotoResult, key: str, found: Found) -> None:
    """Draws a photo, the answer for its largest or selected face, and what else can be done with it.

    Args:
        result: what was found.
        key: of the photo, unique on the page.
        found: names and faces of all photos, for the downloads.
    """
    if result.error:
        show_error(result)
        return
    picture, answer = st.columns([3, 2], gap="medium")
    with answer:
        number = show_answer(result, key)
    with picture.container(key="picture"):
        show_picture(result, key, number)
    if number is not None:
        show_actions(result, key, number, found)


def show_photo_or_ask(result: PhotoResult, photo: Photo, key: str) -> None:
    """Draws a single photo with its answer, or asks for guesses first if the visitor wants that.

    Args:
        result: what was found.
        photo: that it was found in.
        key: of the answer, unique on the page.
    """
    if result.faces and game.is_hidden(photo.id):
        game.ask(photo.id, result.faces[result.main_face], lambda: _show_unmarked(result), documented_age(photo.data))
        return
    game.show_reveal(photo.id)
    show_photo(result, key, found_in([photo]))


def _show_unmarked(result: PhotoResult) -> None:
    st.image(shared_queue.run(lambda: result.unmarked), alt=f"{result.name}, whose answer is hidden")
    if len(result.faces) > 1:
        st.caption("Guess the age of the largest face.")


def show_error(result: PhotoResult) -> None:
    """Says why a photo could not be read."""
    st.error(f"{as_code(result.name)} — {result.error}", icon=":material/broken_image:")


def show_no_face(result: PhotoResult) -> None:
    """Says that a photo has no face, and what to try."""
    st.warning(
        f"**No face found in {as_code(result.name)}.** Try a photo in which the face looks towards the camera, is "
        "well lit and uncovered, and is at least one fiftieth as wide as the longer side of the picture.",
        icon=":material/face_retouching_off:",
    )


def show_answer(result: PhotoResult, key: str) -> int | None:
    """Draws the answer for one face, and a strip to choose another where there are several.

    Returns:
        The index of the face, or None if there is none.
    """
    if not result.faces:
        show_no_face(result)
        return None
    number, label = 0, "Likely age"
    if len(result.faces) > 1:
        number = _choose_face(result, key)
        label = f"Face {number + 1}: likely age"
    face = result.faces[number]
    announce(face, label)
    show_face(face, label)
    return number


def show_picture(result: PhotoResult, key: str, number: int | None) -> None:
    """Draws the photo with its faces marked; those of a group can be clicked."""
    if len(result.faces) > 1:
        show_face_picture(result, number or 0, f"picture-{key}", lambda i: _choose(key, i))
        return
    described = f"{result.name} with faces marked: {describe(result.faces[0])}" if result.faces else ""
    st.image(
        result.preview,
        alt=described or f"{result.name}, in which no face was found",
    )


def show_actions(result: PhotoResult, key: str, number: int, found: Found) -> None:
    """Draws what can be done next: explain the face, change it, see the errors at its age, and download."""
    face = result.faces[number]
    with st.container(horizontal=True, vertical_alignment="center", key="actions"):
        explained = st.button("Explain this face", icon=":material/visibility:", key=f"explain-{key}")
        if st.button("Result card", icon=":material/share:", key=f"card-{key}", help="A picture to share"):
            show_card(result.data, result.faces, number)
        st.page_link("pages/what_if.py", label="What if it were worse?", icon=":material/tune:")
        st.page_link("pages/compare.py", label="Compare faces", icon=":material/compare:")
        if measured_error(face):
            bracket = bracket_of(face)
            st.page_link(
                "pages/performance.py",
                label=f"See errors at age {bracket}",
                icon=":material/monitoring:",
                query_params={"bracket": bracket},
            )
        _show_downloads(result, found)
    st.session_state["chosen_face"] = result.name, number
    show_why(result.chips[number], explained)


def _choose_face(result: PhotoResult, key: str) -> int:
    """A strip of the faces, left to right; the largest is selected first."""
    widget = f"face-{key}"
    st.session_state.setdefault(widget, result.main_face)
    chosen = st.pills(
        "Faces from left to right",
        range(len(result.faces)),
        format_func=lambda i: f"{i + 1} · {result.faces[i].age:.0f}",
        key=widget,
        required=True,
        wrap=False,
        persist_state="session",
        help="The number of each face in the picture, and its best guess. Click a face in the picture to choose it.",
    )
    return chosen or 0


def _choose(key: str, number: int) -> None:
    st.session_state[f"face-{key}"] = number


def _show_downloads(result: PhotoResult, found: Found) -> None:
    st.download_button(
        "Save picture",
        lambda: shared_queue.run(lambda: result.annotated),
        f"{PurePath(result.name).stem}-faces.jpg",
        "image/jpeg",
        icon=":material/image:",
        on_click="ignore",
    )
    st.download_button("CSV", as_csv(found), "faces.csv", "text/csv", icon=":material/table:", on_click="ignore")
    st.download_button(
        "JSON",
        as_json(found, load_predictor().provenance),
        "faces.json",
        "application/json",
        icon=":material/data_object:",
        on_click="ignore",
    )
