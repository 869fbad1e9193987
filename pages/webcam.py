"""Take a picture with the camera and see ages and genders."""

import streamlit as st

from components import front_door
from components.predictions import judge_photos
from components.results import show_results

front_door.require()
st.title("Try it on yourself")
st.write("Take a picture with your camera. It is judged in memory, and neither stored nor logged.")

camera, _ = st.columns([3, 2])
picture = camera.camera_input(
    "Camera",
    resolution="720p",
    help="Your browser asks for permission first. Light from the front and a level camera give the best estimate.",
)
if picture:
    show_results(judge_photos([("webcam.jpg", picture.getvalue())]))
else:
    st.info("Allow the camera, look into it, and press **Take photo**.", icon=":material/photo_camera:")
