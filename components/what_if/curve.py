"""Age and gender of one face at every strength of one change."""

import hashlib

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from components import address
from components.chart_card import config
from components.filters import capitalized
from components.photo.face_charts import age_curve, gender_curve
from components.photo.predictions import estimate
from model.inspection.perturbations import PERTURBATIONS, sweep

MEASURES = ("Age", "Gender")


def show_curve(chip: NDArray[np.uint8], strengths: dict[str, float], moved: str) -> None:
    """Draws the curve of the slider that moved last, with its finding as the title.

    Args:
        chip: (200, 200, 3), RGB, 0-255: the unchanged face.
        strengths: of all changes.
        moved: the change that varies along the curve.
    """
    change = PERTURBATIONS[moved]
    curve = response(chip, strengths, moved)
    low, high = round(curve["age"].min()), round(curve["age"].max())
    st.header(
        f"{change.label}: the estimated age ranges from {low} to {high} years"
        if low != high
        else f"{change.label}: the estimated age stays at {low} years"
    )
    address.seed("curve", address.one_of(*MEASURES), MEASURES[0])
    with st.container(horizontal=True, vertical_alignment="center"):
        measure = st.segmented_control("Curve", MEASURES, key="curve", required=True, label_visibility="collapsed")
        measure = measure or MEASURES[0]
        st.download_button(
            "CSV of this curve",
            curve.round(4).to_csv(index=False),
            f"{moved}.csv",
            "text/csv",
            icon=":material/table:",
            type="tertiary",
            on_click="ignore",
        )
    address.write("curve", measure, MEASURES[0])
    draw, what = (age_curve, "estimated age") if measure == "Age" else (gender_curve, "probability of “female”")
    st.plotly_chart(
        draw(curve, change, strengths[moved]),
        config=config(f"what-if-{measure.lower()}"),
        alt=f"Line chart of the {what} of this face by {change.label.lower()}",
    )
    st.caption(f"{capitalized(change.description)}. The other sliders keep their positions.")


def response(chip: NDArray[np.uint8], strengths: dict[str, float], name: str) -> pd.DataFrame:
    """Age and gender at every strength of one change, recomputed only if another slider moves or the face changes."""
    others = sorted((other, strength) for other, strength in strengths.items() if other != name)
    key = hashlib.sha256(chip.tobytes()).hexdigest(), name, others
    if st.session_state.get("response", (None,))[0] != key:
        values, chips = sweep(chip, strengths, name)
        faces = estimate(chips)
        curve = pd.DataFrame(
            {
                "strength": values,
                "age": [face.age for face in faces],
                "age_low": [face.age_low for face in faces],
                "age_high": [face.age_high for face in faces],
                "female_probability": [face.female_probability for face in faces],
            }
        )
        st.session_state["response"] = key, curve
    kept: pd.DataFrame = st.session_state["response"][1]
    return kept
