"""Upload photos, or try a sample, and see ages and genders."""

from pathlib import Path

import streamlit as st

from components.photo.predictions import judge_photos, warm_up
from components.photo.results import show_results
from model.image import SUFFIXES

FOLDER = Path(__file__).resolve().parent.parent / "samples"
SAMPLES = {"Eileen Collins": FOLDER / "eileen-collins.jpg", "Grace Hopper": FOLDER / "grace-hopper.jpg"}

st.title("How old does this face look?")
st.write(
    "A neural network trained on the UTKFace photos estimates the age and gender of every face in a picture. "
    "Your photos are judged in memory; they are neither stored nor logged."
)

upload, samples = st.columns([3, 2], gap="large")
uploads = upload.file_uploader(
    "Photos",
    type=[suffix.removeprefix(".") for suffix in SUFFIXES],
    accept_multiple_files=True,
    help="JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF; as many as you like.",
)
small_faces = upload.toggle(
    "Find small faces",
    help="For group photos: finds faces half as large, down to a hundredth of the picture's longer side, and takes "
    "about four times as long.",
)
with samples:
    st.caption("No photo at hand? Try one of these.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, path in SAMPLES.items():
            with st.container(width=130):
                st.image(path, width="stretch", alt=f"Portrait of {name}")
                if st.button(name, width="stretch", disabled=bool(uploads)):
                    st.session_state["sample"] = name

if uploads:
    st.session_state.pop("sample", None)
    photos = [(file.name, file.getvalue()) for file in uploads]
elif sample := st.session_state.get("sample"):
    photos = [(SAMPLES[sample].name, SAMPLES[sample].read_bytes())]
else:
    photos = []

if photos:
    show_results(judge_photos(photos, small_faces))
else:
    st.info("Add a photo, or pick a sample, and the faces appear here.", icon=":material/arrow_upward:")
    warm_up()
