"""Who is in many photos: ages and genders of a table of faces, as counts and as shares with intervals."""

import streamlit as st

from components import front_door
from components.brackets import composition_chart, largest_bracket
from components.cards import show_cards
from components.chart_card import show
from components.demographics import charts as demographics_charts
from components.demographics import findings
from components.demographics import tables as demographics
from components.demographics.tables import FaceTable, TableError, read_faces
from components.file_names import as_code
from model.labels import MAX_AGE


def read_upload() -> FaceTable | None:
    """The table that the visitor gave, read once and kept in the session alone."""
    upload = st.file_uploader(
        "Table of faces",
        type=["parquet", "csv"],
        help="The Parquet file of `python -m model annotate`, or a CSV of this app or of `python -m model predict`.",
    )
    if not upload:
        st.session_state.pop("table", None)
        return None
    known, table = st.session_state.get("table", (None, None))
    if known != upload.file_id:
        try:
            table = read_faces(upload.name, upload.getvalue())
        except TableError as error:
            st.error(f"{as_code(upload.name)} — {error}", icon=":material/error:")
            st.stop()
        st.session_state["table"] = upload.file_id, table
    return table


front_door.require()
st.title("Demographics")
st.write(
    "How old the people in many photos look, and how they divide into the two genders that the model tells apart. "
    "Your table is read in memory; it is neither stored nor logged."
)
table = read_upload()
if table is None:
    st.info(
        "Make a table from a folder of photos, of any number, and add it here. A CSV from the *Photo* page does too.",
        icon=":material/arrow_upward:",
    )
    st.code("python -m model annotate FOLDER --output faces.parquet", language="bash", wrap_lines=True)
    st.stop()
faces = table.faces
if faces.empty:
    st.info("The table holds no faces.", icon=":material/face_retouching_off:")
    st.stop()

ages, confidence, certainty = st.columns(3, gap="medium")
first, last = ages.slider("Ages (years)", 0, MAX_AGE, (0, MAX_AGE), bind="query-params", key="ages")
least_confidence = confidence.slider(
    "Detector confidence, at least", 0.0, 1.0, 0.0, 0.01, format="percent", bind="query-params", key="confidence",
    help="How sure the detector is that this is a face.",
)  # fmt: skip
least_certainty = certainty.slider(
    "Gender probability, at least", 0.5, 1.0, 0.5, 0.01, format="percent", bind="query-params", key="certainty",
    help="How sure the model is of the gender. Faces below are left out of the ages as well.",
)  # fmt: skip
chosen = faces[
    faces["age"].between(first, last + 1, inclusive="left")
    & (faces["confidence"] >= least_confidence)
    & (faces["gender_probability"] >= least_certainty)
]
if chosen.empty:
    st.info("No face matches. Widen the ages, or lower a threshold.", icon=":material/filter_alt_off:")
    st.stop()

with_face = int((faces["face"] == 1).sum())
ages_seen = chosen["age"]
looked_at = "an unknown number" if table.photos is None else f"{table.photos:,} looked at"
figures = {
    "Photos with a face": (f"{with_face:,}", f"of {looked_at}"),
    "Faces": (f"{len(chosen):,}", f"of {len(faces):,} in the table"),
    "Median age": (f"{ages_seen.median():.0f} years", f"from {ages_seen.min():.0f} to {ages_seen.max():.0f}"),
}
for gender in demographics.shares_by_gender(chosen).to_dict("records"):
    interval = f"95% interval {gender['low']:.1%} to {gender['high']:.1%}"
    figures[str(gender["gender"]).capitalize()] = f"{gender['share']:.1%}", interval
show_cards(figures)

st.subheader("Ages")
brackets = demographics.shares_by_age(chosen)
median_width = (chosen["age_high"] - chosen["age_low"]).median()
share, counts = st.columns([3, 2], gap="medium")
with share:
    show(demographics_charts.shares_by_age(brackets), largest_bracket(brackets, "faces"), brackets, "shares-by-age")
percentages = ["share", "low", "high"]
counts.dataframe(
    brackets.assign(**brackets[percentages].mul(100)),
    hide_index=True,
    column_config={
        "bracket": "Age (years)",
        "faces": st.column_config.NumberColumn("Faces", format="localized"),
        "share": st.column_config.NumberColumn("Share", format="%.1f%%"),
        "low": st.column_config.NumberColumn("95% from", format="%.1f%%"),
        "high": st.column_config.NumberColumn("95% to", format="%.1f%%"),
    },
    alt="Faces and share of each age bracket with its 95% interval",
)
st.caption(
    "The intervals (Wilson's) say where a share would lie if as many other faces came from the same crowd. They do not "
    "hold the model's own errors: half of these faces have an 80% age interval of more than "
    f"{median_width:.0f} years, so neighbouring brackets run into each other."
)
by_year = demographics.ages(chosen, bin_years=2 if last - first > 30 else 1)
show(demographics_charts.ages(by_year), findings.middle_half(chosen["age"]), by_year, "ages")

st.subheader("Genders by age")
genders = demographics.genders_by_age(chosen)
parts = genders.rename(columns={"gender": "part"})
show(composition_chart(parts, "gender", unit="faces"), findings.genders(genders), genders, "genders-by-age")
st.caption(
    "A person in several photos counts once for each. The gender is the label that UTKFace's annotators would most "
    "likely have given; how often it is wrong, and for whom, stands under *Model performance*."
)
