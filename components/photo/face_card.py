"""One card for each face: its likely age, gender and quality warnings, and the error measured at its age."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from components.published import ResultError, read_report
from model.face import UNCERTAIN, Face
from model.inspection.quality import WARNINGS
from reports.metrics import age_brackets

WIDTH = 300  # pixels: fits on a phone
ICONS = {
    "unsure detection": ":material/help:",
    "small": ":material/photo_size_select_small:",
    "blurred": ":material/blur_on:",
    "turned": ":material/3d_rotation:",
    "tilted": ":material/screen_rotation:",
}


def show_face(face: Face, chip: NDArray[np.uint8], number: int, alone: bool) -> None:
    """Draws the card of one face.

    Args:
        face: its estimates.
        chip: (200, 200, 3), RGB, 0-255: the face, cropped and upright.
        number: of the face in its photo, counted from 1.
        alone: whether the photo has no other face.
    """
    with st.container(border=True, width=WIDTH):
        crop, age = st.columns([2, 3], vertical_alignment="center", wrap=False)
        crop.image(chip, width="stretch", alt=f"Face {number}, cropped and upright")
        show_estimate(face, "Likely age" if alone else f"Face {number}: likely age", age)
        for code in face.warnings:
            st.markdown(f":orange-badge[{ICONS[code]} {code.capitalize()}] {WARNINGS[code]}")
        _link_measured_error(face)


def show_estimate(face: Face, label: str, age_place: DeltaGenerator | None = None) -> None:
    """Draws the likely range of a face's age, in `age_place` if given, and its gender below."""
    place = age_place or st
    place.metric(
        label,
        f"{face.age_low:.0f}–{face.age_high:.0f}",
        help="About 80 of 100 faces like those the model was tested on have their true age in this range.",
    )
    place.markdown(f"Best guess **{face.age:.0f}**")
    st.progress(face.gender_probability, text=gender_in_words(face))


def gender_in_words(face: Face) -> str:
    """The stated gender: "Female: 97% probable", or "Gender uncertain: 62% female, 38% male"."""
    if face.stated_gender != UNCERTAIN:
        return f"{face.gender.capitalize()}: {face.gender_probability:.0%} probable"
    female = round(100 * face.female_probability)
    return f"Gender uncertain: {female}% female, {100 - female}% male"


def measured_error(face: Face) -> tuple[str, float] | None:
    """The age bracket of a face and the mean age error of test photos in it, years; None if it was not measured."""
    bracket = age_brackets(pd.Series([round(face.age)]))[0]
    try:
        group = read_report("report.json", "by_age")["by_age"][bracket]
    except ResultError:
        return None
    return (bracket, group["age_mae"]["value"]) if group["photos"] else None


def _link_measured_error(face: Face) -> None:
    if measured := measured_error(face):
        bracket, years = measured
        st.caption(f"In test photos of people aged {bracket}, the mean error is {years:.1f} years.")
        st.page_link(
            "pages/performance.py",
            label=f"See errors at age {bracket}",
            icon=":material/monitoring:",
            query_params={"bracket": bracket},
        )
