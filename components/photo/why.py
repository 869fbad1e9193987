"""Why this age? A map of what the model looks at, for a face of the photo shown, made when asked for."""

import hashlib

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.chart_card import config
from components.photo.face_charts import occlusion_map, region_bars
from components.photo.predictions import PhotoResult, load_predictor
from model.inspection.occlusion import Explanation, age_in_words, explain, gender_in_words


@st.fragment
def show_why(result: PhotoResult) -> None:
    """Offers the map for a face, and draws it once it is made; it stays in the session."""
    st.subheader("Why this age?")
    st.write("Cover a part of the face, and see how the answer changes: the model looked at the parts that matter.")
    number = 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(result.faces) > 1:
            number = st.selectbox(
                "Face to explain",
                range(len(result.faces)),
                format_func=lambda i: f"Face {i + 1}: {result.faces[i].age:.0f} years",
                width=220,
            )
        asked = st.button("Explain this face", icon=":material/visibility:")
    chip = result.chips[number]
    known: dict[str, Explanation] = st.session_state.setdefault("explanations", {})
    key = hashlib.sha256(chip.tobytes()).hexdigest()
    if asked and key not in known:
        known[key] = _explain(chip)
    if key in known:
        _show(chip, known[key])


def _explain(chip: NDArray[np.uint8]) -> Explanation:
    predictor = load_predictor()
    text = "Covering one part after another…"
    bar = st.progress(0.0, text=text)
    explanation = explain(chip, predictor.predict_aligned, lambda share: bar.progress(share, text=text))
    bar.empty()
    return explanation


def _show(chip: NDArray[np.uint8], explanation: Explanation) -> None:
    of_age = st.segmented_control("Explain", ["Age", "Gender"], default="Age", required=True) == "Age"
    st.markdown(f"**{age_in_words(explanation) if of_age else gender_in_words(explanation)}**")
    overlay, bars = st.columns([2, 3], gap="medium")
    gender = explanation.face.gender
    if of_age:
        words = "years younger", "years older"
        heat = occlusion_map(chip, explanation.age_change, "Years", words)
        parts = region_bars(explanation.region_age_changes(), "Change when covered (years)", "years")
    else:
        label = f"log odds of “{gender}”"
        words = f"less log odds of “{gender}”", f"more log odds of “{gender}”"
        heat = occlusion_map(chip, explanation.gender_change, label.capitalize(), words)
        parts = region_bars(explanation.region_gender_changes(), "Change when covered (log odds)", label)
    overlay.plotly_chart(
        heat, config=config("why-map"), alt="The face with the places that change the answer when covered"
    )
    bars.plotly_chart(parts, config=config("why-parts"), alt="Change of the answer with each part of the face covered")
    st.caption(
        "Blue: covered there, the face looks younger, so what is there makes it look older. Orange: the reverse. The "
        "map slides a patch over the face, a fifth of its side wide; the bars cover whole parts. It shows what this "
        "model reacts to, not what ages a face."
        if of_age
        else f"Blue: covered there, the model is less sure of “{gender}”. Orange: it is surer. A "
        "change of the log odds by 1 takes 50% to 73%."
    )
