"""The front door: page config and navigation, nothing else.

streamlit run streamlit_app.py
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow loads, or its notices fill the console

import streamlit as st

st.set_page_config(page_title="Age and gender from a photo", page_icon=":material/face:", layout="wide")
st.navigation(
    [
        st.Page("pages/photo.py", title="Photo", icon=":material/add_photo_alternate:", default=True),
        st.Page("pages/webcam.py", title="Webcam", icon=":material/photo_camera:"),
        st.Page("pages/dataset.py", title="Data set", icon=":material/dataset:"),
        st.Page("pages/performance.py", title="Model performance", icon=":material/monitoring:"),
        st.Page("pages/about.py", title="About", icon=":material/info:"),
    ],
    position="top",
).run()
