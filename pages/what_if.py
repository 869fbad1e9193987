"""Change a face with sliders and see how the estimates respond."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from components import front_door
from components.chart_card import config
from components.filters import capitalized
from components.photo.face_card import gender_in_words
from components.photo.face_charts import age_curve, data_uri, gender_curve
from components.photo.predictions import PhotoResult, analyse_photos, estimate
from components.photo.robustness import show_robustness
from components.published import ResultError, explain, read_report
from model.inspection.perturbations import PERTURBATIONS, perturb, sweep

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "grace-hopper.jpg"


def note_moved(name: str) -> None:
    """Remembers which slider moved last; the curves show that one."""
    st.session_state["moved"] = name


def reset() -> None:
    """Returns every slider to where it changes nothing."""
    for name, perturbation in PERTURBATIONS.items():
        st.session_state[name] = perturbation.neutral


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


front_door.require()
st.title("What if the photo were worse?")
st.write(
    "Move a slider to change the face, and see how the estimates respond. How robust is the model, and where does it "
    "fail?"
)

results: list[PhotoResult] = [result for result in st.session_state.get("results", {}).values() if result.faces]
results = results or analyse_photos([(SAMPLE.name, SAMPLE.read_bytes())])
faces = [(result, i) for result in results for i in range(len(result.faces))]
selected = 0
if len(faces) > 1:
    selected = st.selectbox(
        "Face", range(len(faces)), format_func=lambda n: f"{faces[n][0].name}, face {faces[n][1] + 1}", width=400
    )
result, index = faces[selected]
before, chip = result.faces[index], result.chips[index]

pictures, sliders = st.columns([2, 3], gap="large")
strengths: dict[str, float] = {}
with sliders:
    pair = st.columns(2, gap="medium")
    for i, (name, perturbation) in enumerate(PERTURBATIONS.items()):
        whole = float(perturbation.step).is_integer()
        number = int if whole else float
        strengths[name] = pair[i % 2].slider(
            f"{perturbation.label} ({perturbation.unit.strip()})" if perturbation.unit else perturbation.label,
            number(perturbation.low),
            number(perturbation.high),
            number(perturbation.neutral),
            number(perturbation.step),
            help=capitalized(perturbation.description) + ".",
            key=name,
            bind="query-params",
            on_change=note_moved,
            args=(name,),
        )
    st.button("Reset", icon=":material/restart_alt:", on_click=reset)

changed = perturb(chip, strengths)
after = estimate(changed[None])[0]
with pictures:
    original, altered = st.columns(2, wrap=False)
    for column, picture, face, label in ((original, chip, before, "Original"), (altered, changed, after, "Changed")):
        # As a data URI: when a slider moves, Streamlit deletes a picture's file, even if the browser has not loaded it.
        column.image(data_uri(picture), width="stretch", alt=f"{label} face, estimated age {face.age:.0f}")
        shift = f"{face.age - before.age:+.0f} years" if face is after else None
        column.metric(label, f"{face.age_low:.0f}–{face.age_high:.0f}", shift, delta_color="off")
        column.markdown(f"Best guess **{face.age:.0f}**")
        column.markdown(gender_in_words(face))

# On a page opened from a shared link, sliders can be away from neutral without having been moved.
shifted = [name for name, strength in strengths.items() if strength != PERTURBATIONS[name].neutral]
moved = st.session_state.get("moved") or next(iter(shifted), "blur")
perturbation = PERTURBATIONS[moved]
curve = response(chip, strengths, moved)
youngest, oldest = curve["age"].min(), curve["age"].max()
st.subheader(f"{perturbation.label} moves the estimated age between {youngest:.0f} and {oldest:.0f} years")
st.caption(f"{capitalized(perturbation.description)}. The other sliders keep their positions.")
age, gender = st.columns(2, gap="medium")
age.plotly_chart(
    age_curve(curve, perturbation, strengths[moved]),
    config=config("what-if-age"),
    alt=f"Line chart of the estimated age of this face by {perturbation.label.lower()}",
)
gender.plotly_chart(
    gender_curve(curve, perturbation, strengths[moved]),
    config=config("what-if-gender"),
    alt=f"Line chart of the probability of “female” by {perturbation.label.lower()}",
)
st.download_button(
    "CSV of this curve",
    curve.round(4).to_csv(index=False),
    f"{moved}.csv",
    "text/csv",
    icon=":material/table:",
    on_click="ignore",
)

st.subheader("How much does it matter over many faces?")
try:
    robustness = read_report("robustness.json", "photos", "split", "perturbations")
except ResultError as error:
    explain(error, "python -m train robustness")
else:
    show_robustness(robustness)
