"""Why this age? A map of what the model looks at in a face, computed on request."""

import hashlib

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.chart_card import config
from components.photo.face_charts import occlusion_map, region_bars
from components.photo.predictions import estimate
from model.inspection.occlusion import Explanation, age_in_words, explain, gender_in_words


def show_why(chip: NDArray[np.uint8], requested: bool) -> None:
    """Draws the explanation of a face once it has been requested; it is kept in the session.

    Args:
        chip: (200, 200, 3), RGB, 0-255: the face, cropped and upright.
        requested: whether to explain the face if it has not been explained before.
    """
    known: dict[str, Explanation] = st.session_state.setdefault("explanations", {})
    key = hashlib.sha256(chip.tobytes()).hexdigest()
    if requested and key not in known:
        known[key] = _explain(chip)
    if key in known:
        st.header("Why this age?")
        _show(chip, known[key])


def _explain(chip: NDArray[np.uint8]) -> Explanation:
    text = "Covering one part of the face after another…"
    bar = st.progress(0.0, text=text)
    explanation = explain(chip, estimate, lambda share: bar.progress(share, text=text))
    bar.empty()
    return explanation


@st.fragment
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
        words = f"lower log odds of “{gender}”", f"higher log odds of “{gender}”"
        heat = occlusion_map(chip, explanation.gender_change, label.capitalize(), words)
        parts = region_bars(explanation.region_gender_changes(), "Change when covered (log odds)", label)
    change = "how much the estimate changes when"
    overlay.plotly_chart(heat, config=config("why-map"), alt=f"Map of {change} each place of the face is covered")
    bars.plotly_chart(parts, config=config("why-parts"), alt=f"Bar chart of {change} each part of the face is covered")
    st.caption(
        "Blue: covering this place makes the face look younger, so what is there makes it look older. Orange: the "
        "reverse. For the map, a patch one fifth as wide as the picture moves over the face; for the bars, whole parts "
        "are covered. Both show what this model reacts to, not what makes a person look old."
        if of_age
        else f"Blue: covering this place makes “{gender}” less probable. Orange: more probable. If the log odds rise "
        "by 1, a probability of 50% becomes 73%."
    )
