"""Take a picture with the camera or use live video, and see ages and genders."""

from importlib.util import find_spec

import streamlit as st

from components import front_door
from components.webcam.camera import show_camera

front_door.require()
bar = st.container(key="bar", horizontal=True, vertical_alignment="center")
with bar:
    st.title("Try it on yourself", width="content")
    mode = st.segmented_control(
        "Mode", ["Picture", "Live video"], default="Picture", required=True, bind="query-params", key="mode",
        label_visibility="collapsed",
    )  # fmt: skip
if mode == "Picture":
    front_door.of_open_page().clear()
    show_camera(bar)
elif find_spec("streamlit_webrtc"):
    from components.webcam.live import show_live  # not at the top: it needs a package that may not be installed

    show_live(bar)
else:
    st.info(
        "Live video needs one more package. Run `pip install streamlit-webrtc` and restart the app.",
        icon=":material/extension:",
    )
