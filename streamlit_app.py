"""The front door: page configuration and navigation, after limits on memory and keeping uploads off the disk.

streamlit run streamlit_app.py
"""

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow loads, or its messages fill the console

import streamlit as st
from starlette.formparsers import MultiPartParser

from components import front_door
from components.data_uri import data_uri
from components.memory import limit_pools
from components.tour import bar as tour

STYLE = Path(__file__).resolve().parent / "components" / "page.css"
ICON = Path(__file__).resolve().parent / ".streamlit" / "icon.png"

MultiPartParser.spool_max_size = 0  # unlimited, or Starlette writes uploads above 1 MB to disk
limit_pools()

# Before the navigation: it would have the browser fetch each page's symbol from elsewhere for its tab.
st.set_page_config(page_icon=data_uri(ICON.read_bytes(), "png"), layout="wide")
st.html(STYLE)
front_door.enter()
page = st.navigation(
    [
        st.Page("pages/photo.py", title="Photo", icon=":material/add_photo_alternate:", default=True),
        st.Page("pages/webcam.py", title="Webcam", icon=":material/photo_camera:"),
        st.Page("pages/video.py", title="Video", icon=":material/movie:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare:"),
        st.Page("pages/what_if.py", title="What if", icon=":material/tune:"),
        st.Page("pages/demographics.py", title="Demographics", icon=":material/groups:"),
        st.Page("pages/dataset.py", title="Data set", icon=":material/dataset:"),
        st.Page("pages/performance.py", title="Model performance", icon=":material/monitoring:"),
        st.Page("pages/evaluate.py", title="Test it yourself", icon=":material/fact_check:"),
        st.Page("pages/about.py", title="About", icon=":material/info:"),
    ],
    position="top",
)
st.set_page_config(page_title=f"{page.title} · Age and gender from a photo")
front_door.note_page(page.url_path)
front_door.close_menu(page.url_path)
tour.show_bar()
page.run()
