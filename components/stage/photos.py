"""Photos on stage, one face at a time: the picture as large as the window allows, and the answer or the guesses."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.guess import game
from components.photo import album
from components.photo.album import Photo
from components.photo.face_card import ICONS, announce, show_estimate
from components.photo.gallery import SHOWN
from components.photo.hill import show_hill
from components.photo.predictions import PhotoResult, analyse_sample, known_result, result_of
from components.photo.results import show_error
from components.photo.samples import SAMPLES, documented_age, sample_of
from components.photo.start import SMALL_FACES, TITLE
from components.stage import frame
from model.admission import shared_queue
from model.drawing import describe
from model.estimator import ModelError


def show_stage(photos: Sequence[Photo], take_another: Callable[[], None] | None = None) -> None:
    """Draws the photo that was shown last; without any, the portraits that a visitor can try.

    Args:
        photos: to choose from with the arrow keys.
        take_another: called by one more button, for another picture of the camera.
    """
    frame.fill_window()
    shown = photos or [album.photo_of(*sample.read()) for sample in SAMPLES]
    photo = next((photo for photo in shown if photo.id == st.session_state.get(SHOWN)), shown[0])
    with st.spinner("Looking for faces…"):
        result = _result(photo)
    number = _face_shown(photo, result)
    with st.container(key="stage"):
        if result.size[1]:
            with st.container(key="stage-picture"):
                _show_picture(photo, result, number)
        with st.container(key="stage-answer"):
            st.title(_title(shown, photo, result, number))
            _show_answer(photo, result, number)
        with frame.foot():
            if len(shown) > 1 or len(result.faces) > 1:
                _show_step("Previous", "Left", ":material/arrow_back:", _step(shown, photo, result, number, -1))
                _show_step("Next", "Right", ":material/arrow_forward:", _step(shown, photo, result, number, 1))
            if take_another:
                st.button("Take another picture", icon=":material/photo_camera:", on_click=take_another)


def _result(photo: Photo) -> PhotoResult:
    """Portraits are no photos of the visit, so that it stays as it is."""
    if (sample := sample_of(photo.data)) and known_result(photo) is None:
        try:
            return analyse_sample(sample.file)
        except ModelError as error:
            st.error(str(error), icon=":material/error:")
            st.stop()
    return result_of(photo, bool(st.session_state.get(SMALL_FACES)))


def _face_shown(photo: Photo, result: PhotoResult) -> int:
    """The index of the face selected before; the largest if none was, or if people guess, who are asked about that."""
    if not result.faces:
        return 0
    chosen = None if game.is_on() else st.session_state.get(_chosen(photo))
    return result.main_face if chosen is None else min(int(chosen), len(result.faces) - 1)


def _chosen(photo: Photo) -> str:
    """Where the Photo page, too, keeps the index of the selected face."""
    return f"face-{photo.id}"


def _step(
    photos: Sequence[Photo], photo: Photo, result: PhotoResult, number: int, by: int
) -> tuple[Photo, int | None] | None:
    """Where a step forwards (1) or back (-1) leads: to another face of the photo, or else to another photo.

    Returns:
        The photo and the index of the face, which is None for the largest one; None at either end.
    """
    if not game.is_on() and 0 <= number + by < len(result.faces):
        return photo, number + by
    position = photos.index(photo) + by
    if not 0 <= position < len(photos):
        return None
    if game.is_on() or (known := known_result(photos[position])) is None:
        return photos[position], None
    return photos[position], 0 if by > 0 else max(0, len(known.faces) - 1)


def _show_step(label: str, key: str, icon: str, target: tuple[Photo, int | None] | None) -> None:
    st.button(label, icon=icon, key=f"stage-{key}", shortcut=key, disabled=target is None, on_click=_go, args=target)


def _go(photo: Photo, number: int | None) -> None:
    st.session_state[SHOWN] = photo.id
    if number is not None:
        st.session_state[_chosen(photo)] = number


def _title(photos: Sequence[Photo], photo: Photo, result: PhotoResult, number: int) -> str:
    """The name of a portrait, or the place of photo and face among several."""
    if sample := sample_of(photo.data):
        return sample.name
    places = []
    if len(photos) > 1:
        places.append(f"photo {photos.index(photo) + 1} of {len(photos)}")
    if len(result.faces) > 1 and not game.is_on():
        places.append(f"face {number + 1} of {len(result.faces)}")
    return ", ".join(places).capitalize() or TITLE


def _show_picture(photo: Photo, result: PhotoResult, number: int) -> None:
    """Draws the picture without ages; of several faces, the one that the answer is about is marked."""
    width, height = result.size
    st.html(f"<style>.st-key-stage {{ --ratio: {width / height:.4f} }}</style>")
    several = len(result.faces) > 1
    picture = result.preview if several else shared_queue.run(lambda: result.unmarked)
    if not result.faces:
        said = "no face found"
    elif game.is_hidden(photo.id):
        said = "answer hidden"
    else:
        said = describe(result.faces[number])
    st.image(picture, width="stretch", alt=f"{result.name}: {said}")
    if several:
        x, y, box_width, box_height = result.faces[number].box
        st.html(
            f'<div class="stage-face" style="left: {x / width:.2%}; top: {y / height:.2%}; '
            f'width: {box_width / width:.2%}; height: {box_height / height:.2%}"></div>'
        )


def _show_answer(photo: Photo, result: PhotoResult, number: int) -> None:
    if result.error:
        show_error(result)
    elif not result.faces:
        st.warning("No face found.", icon=":material/face_retouching_off:")
    elif game.is_hidden(photo.id):
        game.show_form(photo.id, result.faces[number], documented_age(photo.data))
    else:
        face = result.faces[number]
        announce(face, "Likely age")
        if game.has_guesses(photo.id):
            st.metric("Likely age", f"{face.age_low:.0f}–{face.age_high:.0f}", label_visibility="collapsed")
            game.show_reveal(photo.id)
        else:
            show_estimate(face, "Likely age")
            for code in face.warnings:
                st.markdown(f":orange-badge[{ICONS[code]} {code.capitalize()}]")
            show_hill(face)
