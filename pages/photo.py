"""Upload photos, or try a sample, and see ages and genders."""

from pathlib import Path

import streamlit as st

from components.predictions import judge_photos
from components.results import show_results
from model.image import SUFFIXES

SAMPLES = {
    "Eileen Collins": Path("samples/eileen-collins.jpg"),
    "Grace Hopper": Path("samples/grace-hopper.jpg"),
}
ROOT = Path(__file__).resolve().parent.parent

st.title("How old does this face look?")
st.write(
    "A neural network trained on the UTKFace photos estimates the age and gender of every face in a picture. "
    "Your photos are judged in memory; they are neither stored nor logged."
)

uploads = st.file_uploader(
    "Photos",
    type=[suffix.removeprefix(".") for suffix in SUFFIXES],
    accept_multiple_files=True,
    help="JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF; as many as you like.",
)
if not uploads:
    sample = st.pills("No photo at hand? Try a sample:", list(SAMPLES), key="sample")
    photos = [(SAMPLES[sample].name, (ROOT / SAMPLES[sample]).read_bytes())] if sample else []
else:
    photos = [(upload.name, upload.getvalue()) for upload in uploads]

if photos:
    show_results(judge_photos(photos))
else:
    st.info("Add a photo above, or pick a sample, and the faces appear here.", icon=":material/arrow_upward:")
