"""A picture taken with the camera, and beside it the answer."""

import streamlit as st

from components.photo import album
from components.photo.predictions import PhotoResult, found_in, result_of
from components.photo.results import show_actions, show_answer, show_error, show_picture
from components.webcam.camera_help import explain_camera

CAMERA = "camera"
KEY = "webcam"  # of the answer


def show_camera() -> None:
    """Draws the camera and the answer for its last picture, which stays while other pages are visited."""
    place, answer = st.columns([3, 2], gap="medium")
    photo = album.camera_photo()
    taken = st.session_state.get(CAMERA) is not None
    number: int | None = None
    if photo is None or taken:
        with place.container(key="camera-place"):
            _show_input()
    result = None
    if photo:
        with answer, st.spinner("Looking for faces…"):
            result = result_of(photo)
            number = _show_result(result)
    else:
        with answer:
            st.info("Allow the camera, look into it, and press **Take Photo**.", icon=":material/photo_camera:")
            st.caption("The picture is analysed in memory, and neither stored nor logged.")
            explain_camera()
    if photo and result and not taken:
        with place.container(key="picture"):
            if not result.error:
                show_picture(result, KEY, number)
            st.button("Take another picture", icon=":material/photo_camera:", on_click=album.clear_camera)
    if photo and result and number is not None:
        show_actions(result, KEY, number, found_in([photo]))


def _show_input() -> None:
    st.camera_input(
        "Camera",
        key=CAMERA,
        resolution="720p",
        label_visibility="collapsed",
        on_change=album.take_picture,
        args=(CAMERA,),
    )


def _show_result(result: PhotoResult) -> int | None:
    if result.error:
        show_error(result)
        return None
    return show_answer(result, KEY)
