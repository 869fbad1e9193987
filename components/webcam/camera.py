"""A picture taken with the camera, and beside it the answer."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import stage_switch
from components.guess import game
from components.photo import album
from components.photo.predictions import result_of
from components.photo.results import show_photo_or_ask
from components.stage import frame
from components.stage.photos import show_stage
from components.webcam.camera_help import explain_camera


def show_camera(controls: DeltaGenerator) -> None:
    """Draws the camera, or the answer for its picture, which stays while other pages are visited.

    Args:
        controls: where the button for another picture is drawn, in view above the picture.
    """
    photo = album.camera_photo()
    if stage_switch.is_on() and photo:
        show_stage([photo], album.clear_camera)
        return
    with controls:
        game.show_switch()
        stage_switch.show_button()
    if photo:
        controls.button("Take another picture", icon=":material/photo_camera:", on_click=album.clear_camera)
        with st.spinner("Looking for faces…"):
            result = result_of(photo)
        show_photo_or_ask(result, photo, photo.id)
        return
    place, help_ = st.columns([3, 2], gap="medium")
    with place.container(key="camera"):
        key = album.camera_key()
        st.camera_input(
            "Camera",
            key=key,
            resolution="720p",
            label_visibility="collapsed",
            on_change=album.take_picture,
            args=(key,),
        )
    with help_:
        st.info("Allow the camera, look into it, and press **Take Photo**.", icon=":material/photo_camera:")
        st.caption("The picture is analysed in memory, and neither stored nor logged.")
        explain_camera()
    if stage_switch.is_on():
        frame.fill_window()
        with frame.foot():
            pass
