"""Take a picture with the camera or use live video, and see ages and genders."""

from importlib.util import find_spec

import streamlit as st

from components import front_door
from components.photo.predictions import analyse_photos
from components.photo.results import show_results
from components.webcam.camera_help import explain_camera

front_door.require()
st.title("Try it on yourself")
mode = st.segmented_control(
    "Mode", ["Picture", "Live video"], default="Picture", required=True, bind="query-params", key="mode",
    label_visibility="collapsed",
)  # fmt: skip

if mode == "Picture":
    st.write("Take a picture with your camera. It is analysed in memory, and neither stored nor logged.")
    camera, _ = st.columns([3, 2])
    picture = camera.camera_input(
        "Camera",
        resolution="720p",
        help="Your browser asks for permission first. Estimates are best with light from the front and a level camera.",
    )
    if picture:
        show_results(analyse_photos([("webcam.jpg", picture.getvalue())]))
    else:
        st.info("Allow the camera, look into it, and press **Take Photo**.", icon=":material/photo_camera:")
        explain_camera()
elif find_spec("streamlit_webrtc"):
    from components.webcam.live import show_live  # not at the top: it needs a package that may not be installed

    st.write("Faces are marked in the video from your camera. Frames are analysed in memory and then discarded.")
    show_live()
else:
    st.info(
        "Live video needs one more package. Run `pip install streamlit-webrtc` and restart the app.",
        icon=":material/extension:",
    )
