"""What the page shows before anybody has given photos: the portraits of this repository."""

import streamlit as st

from components.evaluate.estimating import estimate
from components.evaluate.visit import Visit
from components.photo.predictions import load_predictor
from components.photo.samples import SAMPLES
from reports.own_people.analysis import Outcome

TABLE = b"file,born,taken,gender\ngrace-hopper.jpg,1906-12-09,1984-01,female\n"
"""`samples/README.md` says where the date of the portrait is from."""

TEXT = (
    "**An example, until you drop photos.** Grace Hopper was born on 9 December 1906 and photographed in January 1984. "
    "There is no record of when Eileen Collins was photographed, so her true age is unknown and does not count."
)


def show_text() -> None:
    """Says what the example is."""
    portraits, text = st.columns([1, 5], vertical_alignment="center")
    with portraits.container(horizontal=True):
        for sample in SAMPLES:
            st.image(str(sample.file), width=72, alt=f"Portrait of {sample.name}")
    text.info(TEXT)


@st.cache_resource(max_entries=1, show_spinner=False)
def estimate_samples() -> dict[str, Outcome]:
    """What was found in the portraits, by file, the same for all visitors.

    Raises:
        ModelError: if the trained model is missing or unreadable.
    """
    visit = Visit()
    visit.add(sample.read() for sample in SAMPLES)
    for photo in visit.photos:
        estimate(load_predictor(), photo)
    return visit.outcomes
