"""The answer for one face: its likely age, gender and quality warnings, and the error measured at its age."""

from typing import Any

import pandas as pd
import streamlit as st

from components.photo.hill import show_hill
from components.published import ResultError, read_report
from components.wording import percent
from model.calibration import COVERAGE
from model.face import UNCERTAIN, Face
from model.inspection.quality import WARNINGS
from reports.metrics import age_brackets

ICONS = {
    "unsure detection": ":material/help:",
    "small": ":material/photo_size_select_small:",
    "blurred": ":material/blur_on:",
    "turned": ":material/3d_rotation:",
    "tilted": ":material/screen_rotation:",
}


def show_face(face: Face, label: str) -> None:
    """Draws the answer for one face: the largest type on the page is its age."""
    with st.container(key="answer", gap="small"):
        show_estimate(face, label)
        for code in face.warnings:
            st.markdown(f":orange-badge[{ICONS[code]} {code.capitalize()}] {WARNINGS[code]}")
        if measured := measured_error(face):
            bracket, years = measured
            covered = round(100 * _measured(face)["interval_coverage"]["value"])
            st.caption(
                f"In test photos of people aged {bracket}, the mean error is {years:.1f} years, and for {covered} of "
                "100 of them the range contained the labelled age."
            )
        show_hill(face)


def announce(face: Face, label: str) -> None:
    """Tells the answer to people who do not see the page, as soon as it is there."""
    answer = f"{label}: {face.age_low:.0f} to {face.age_high:.0f} years, best guess {face.age:.0f}."
    st.html(f'<p class="only-heard" role="status" aria-live="polite">{answer} {gender_in_words(face)}.</p>')


def show_estimate(face: Face, label: str) -> None:
    """Draws the likely range of a face's age, its best guess and its gender."""
    st.metric(
        label,
        f"{face.age_low:.0f}–{face.age_high:.0f}",
        help=f"For about {100 * COVERAGE:.0f} of 100 faces like those the model was tested on, the labelled age is in "
        "this range. Labels mostly say how old a face looks to people.",
    )
    st.markdown(f"Best guess **{face.age:.0f}**")
    with st.container(key=f"gender-{face.stated_gender}"):  # for its colour
        st.progress(face.gender_probability, text=gender_in_words(face))


def gender_in_words(face: Face) -> str:
    """The stated gender: "Female: 97% probable", or "Gender uncertain: 62% female, 38% male"."""
    if face.stated_gender != UNCERTAIN:
        return f"{face.gender.capitalize()}: {percent(face.gender_probability)} probable"
    female = round(100 * face.female_probability)
    return f"Gender uncertain: {female}% female, {100 - female}% male"


def bracket_of(face: Face) -> str:
    """The age bracket of a face, by the age shown."""
    return str(age_brackets(pd.Series([round(face.age)]))[0])


def measured_error(face: Face) -> tuple[str, float] | None:
    """The age bracket of a face and the mean age error of test photos in it, years; None if it was not measured."""
    group = _measured(face)
    return (bracket_of(face), group["age_mae"]["value"]) if group else None


def _measured(face: Face) -> dict[str, Any]:
    """What the report says of test photos in the face's age bracket; empty if nothing."""
    try:
        group: dict[str, Any] = read_report("report.json", "by_age")["by_age"][bracket_of(face)]
    except ResultError:
        return {}
    return group if group["photos"] else {}
