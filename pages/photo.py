"""Upload photos or try a sample, and see ages and genders."""

from pathlib import Path

import streamlit as st

from components.photo.predictions import analyse_photos, warm_up
from components.photo.results import show_results
from model.image import SUFFIXES

FOLDER = Path(__file__).resolve().parent.parent / "samples"
SAMPLES = {"Eileen Collins": FOLDER / "eileen-collins.jpg", "Grace Hopper": FOLDER / "grace-hopper.jpg"}

st.title("How old does this face look?")
st.write(
    "A neural network trained on the UTKFace photos estimates the age and gender of every face in a picture. "
    "Your photos are analysed in memory. They are neither stored nor logged."
)

upload, samples = st.columns([3, 2], gap="large")
uploads = upload.file_uploader(
    "Photos",
    type=[suffix.removeprefix(".") for suffix in SUFFIXES],
    accept_multiple_files=True,
    help="One or more photos in JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF format.",
)
small_faces = upload.toggle(
    "Find small faces",
    help="For group photos. Finds faces half as large, down to one hundredth of the longer side of the picture, but "
    "takes about four times as long.",
)
with samples:
    st.caption("No photo to hand? Try one of these.")
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
    show_results(analyse_photos(photos, small_faces))
else:
    st.info("Add a photo or select a sample to see results here.", icon=":material/arrow_upward:")
    warm_up()
