"""How a visit begins: finished examples to click, the uploader and the camera; later, the same in one line."""

from contextlib import suppress

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import stage_switch
from components.guess import game
from components.photo import album
from components.photo.predictions import analyse_sample, results_of_visit
from components.photo.samples import SAMPLES, Sample
from components.photo.uploader import show_uploader
from components.wording import percent
from model.estimator import ModelError
from model.face import UNCERTAIN, Face

TITLE = "How old does this face look?"
SMALL_FACES = "small_faces"


def show_start() -> None:
    """Draws the first screen."""
    st.title(TITLE)
    st.markdown(
        "A neural network gives an age range for every face, tells you how often such ranges are right, and shows what "
        "it looks at. Try it on yourself: photos are analysed in memory, neither stored nor logged."
    )
    with st.container(key="start"):
        examples, own = st.columns([3, 2], gap="medium")
        with own:
            show_uploader("Your photos")
            with st.container(key="use-webcam"):  # phones have a button of their own
                st.caption("Or drop photos anywhere on this page, or paste one.")
                if st.button("Use your camera", icon=":material/photo_camera:", type="primary", width="stretch"):
                    st.switch_page("pages/webcam.py")
            game.show_switch()
            stage_switch.show_button()
        with examples:
            columns = st.columns(len(SAMPLES), wrap=False)
            places = [_show_portrait(sample, column) for sample, column in zip(SAMPLES, columns, strict=True)]
    # Last, because the models have to be loaded for the first visitor.
    for sample, place in zip(SAMPLES, places, strict=True):
        if (face := _example(sample)) and not game.is_on():
            known = f" {sample.name} was {sample.age}." if sample.age else ""
            place.markdown(f"**{face.age_low:.0f}–{face.age_high:.0f} years**  \n{_gender(face, sample)}.{known}")


def show_bar() -> bool:
    """Draws the title and the ways to other photos in one line.

    Returns:
        Whether to look for small faces.
    """
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(TITLE, width="content")
        show_uploader("New photos", compact=True)
        with st.popover("More", icon=":material/tune:"):
            st.page_link("pages/webcam.py", label="Use your camera", icon=":material/photo_camera:")
            for sample in SAMPLES:
                st.button(sample.name, key=f"bar-{sample.name}", on_click=_show_sample, args=(sample,), width="stretch")
            game.show_switch()
            small_faces = st.toggle(
                "Find small faces",
                key=SMALL_FACES,
                persist_state="session",
                on_change=album.analyse_again,
                help="For group photos. Finds faces half as large, down to one hundredth of the longer side of the "
                "picture, but takes about four times as long.",
            )
        stage_switch.show_button()
        st.button("Clear", icon=":material/delete:", on_click=album.clear, help="Removes the photos and all results.")
    return small_faces


def _show_portrait(sample: Sample, column: DeltaGenerator) -> DeltaGenerator:
    """A portrait that is a button; returns the place below it."""
    with column.container(key=f"tile-{sample.file.stem}", gap="xsmall"):
        st.image(str(sample.file), width="stretch", alt=f"Portrait of {sample.name}")
        st.button(sample.name, key=f"sample-{sample.name}", on_click=_show_sample, args=(sample,), width="stretch")
        return st.empty()


def _show_sample(sample: Sample) -> None:
    album.show_instead([sample.read()])
    if not st.session_state.get(SMALL_FACES):
        with suppress(ModelError):  # the page says so itself
            results_of_visit()[album.photos()[0].id] = analyse_sample(sample.file)


def _example(sample: Sample) -> Face | None:
    try:
        result = analyse_sample(sample.file)
    except ModelError:
        return None  # said once a photo is added
    return result.faces[0] if result.faces else None


def _gender(face: Face, sample: Sample) -> str:
    if face.stated_gender == UNCERTAIN:
        return "Gender uncertain"
    wrong = "" if face.gender == sample.gender else ", which is wrong"
    return f"{face.gender.capitalize()}, {percent(face.gender_probability)} probable{wrong}"
