"""Change a face with sliders and see how the estimates respond."""

import streamlit as st

from components import address, front_door
from components.data_uri import data_uri
from components.photo.face_card import gender_in_words
from components.photo.predictions import analyse_sample, estimate, faces_of_visit
from components.photo.robustness import show_robustness
from components.photo.samples import SAMPLES
from components.published import ResultError, explain, read_report
from components.what_if.curve import show_curve
from components.what_if.sliders import moved_last, show_sliders
from components.wording import years_more
from model.drawing import encode_jpeg
from model.estimator import ModelError
from model.inspection.perturbations import perturb

front_door.require()
st.title("What if the photo were worse?")
try:
    faces = faces_of_visit() or [(analyse_sample(SAMPLES[0].file), 0)]
except ModelError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()

names = [f"{result.name}, face {i + 1}" for result, i in faces]
numbers = range(1, len(faces) + 1)
chosen = st.session_state.get("chosen_face")
first = next((n for n, (result, i) in zip(numbers, faces, strict=True) if (result.name, i) == chosen), 1)
if st.session_state.get("face", 1) not in numbers:
    del st.session_state["face"]  # its photo was removed
address.seed("face", lambda text: numbers[numbers.index(int(text))], first)
if len(faces) > 1:
    st.selectbox("Face", numbers, format_func=lambda n: names[n - 1], key="face", width=400)
number: int = st.session_state["face"] if len(faces) > 1 else 1
address.write("face", number, 1)
result, index = faces[number - 1]
before, chip = result.faces[index], result.chips[index]

effects, controls = st.columns([3, 2], gap="medium")
with controls:
    strengths = show_sliders()
changed = perturb(chip, strengths)
after = estimate(changed[None])[0]
moved = moved_last(strengths)
with effects.container(key="effects"):
    columns = st.columns(2, wrap=False)
    for column, picture, face, label in zip(
        columns, (chip, changed), (before, after), ("Original", "Changed"), strict=True
    ):
        shift = years_more(round(face.age) - round(before.age)) if moved and face is after else None
        with column:
            with st.container(horizontal=True, vertical_alignment="top", wrap=False, gap="small"):
                # As a data URI: when a slider moves, Streamlit deletes a picture's file, even if it is not yet loaded.
                st.image(data_uri(encode_jpeg(picture)), width=110, alt=f"{label} face, estimated age {face.age:.0f}")
                st.metric(label, f"{face.age_low:.0f}–{face.age_high:.0f}", shift, delta_color="off", delta_arrow="off")
            st.markdown(f":small[Best guess **{face.age:.0f}** · {gender_in_words(face)}]")
    if moved:
        show_curve(chip, strengths, moved)
    else:
        st.info("Move a slider to see how the estimates respond.", icon=":material/tune:")

st.header("How much does it matter over many faces?")
try:
    robustness = read_report("robustness.json", "photos", "split", "perturbations")
except ResultError as error:
    explain(error, "python -m train robustness")
else:
    show_robustness(robustness)
