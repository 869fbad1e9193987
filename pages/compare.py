"""Choose two faces, and see which one looks older, by how much, and whether that is more than chance."""

import streamlit as st

from components import front_door
from components.compare import answer, choice
from components.compare.difference import check, difference
from components.data_uri import data_uri
from components.photo import album
from components.photo.predictions import result_of
from components.photo.results import show_error, show_no_face
from components.photo.start import SMALL_FACES
from components.photo.uploader import show_uploader
from components.published import ResultError, read_table
from components.published import explain as explain_missing
from model.drawing import describe, encode_jpeg
from model.estimator import ModelError
from reports.data_sets import UTKFACE

front_door.require()
with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
    st.title("Compare two faces", width="content")
    show_uploader("Add photos", compact=True, keep=True)
    with st.container(key="use-webcam", width="content"):  # phones have a button of their own
        with_camera = st.toggle("Camera", key="compare-camera")
if not album.photos():
    st.caption("Add two photos of your own: then and now, or with and without glasses. Nothing is stored or logged.")
if with_camera:
    key = album.camera_key()
    st.camera_input("Add a picture", key=key, on_change=album.add_picture, args=(key,), width=480)
with st.spinner("Looking for faces…"):
    results = [result_of(photo, bool(st.session_state.get(SMALL_FACES))) for photo in album.photos()]
for one in results:
    if one.error:
        show_error(one)
    elif not one.faces:
        show_no_face(one)
try:
    found = choice.candidates()
except ModelError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()
choice.follow(found)
pictures, result = st.columns([3, 2], gap="medium")
chosen = []
for side, column in zip((choice.LEFT, choice.RIGHT), pictures.columns(2, wrap=False), strict=True):
    with column:
        chosen.append(candidate := choice.show_choice(found, side))
        face = candidate.face
        chip = encode_jpeg(candidate.result.chips[candidate.index])
        st.image(data_uri(chip), width="stretch", alt=f"{side.capitalize()} face: {describe(face)}")
        st.markdown(f"**{face.age_low:.0f}–{face.age_high:.0f} years**  \nBest guess {face.age:.0f}")
left, right = chosen
with result:
    if left == right:
        st.info("Choose two different faces.", icon=":material/compare:")
        st.stop()
    apart = difference(left.face, right.face)
    answer.show_answer(apart)
    try:
        predictions = read_table(UTKFACE.predictions)
    except ResultError as error:
        explain_missing(error, "python -m train evaluate")
    else:
        st.caption(answer.explain(check(predictions, apart.clarity), len(predictions)))
