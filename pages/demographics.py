"""Who is in many photos: ages and genders from a table of faces, as counts and as shares with intervals."""

import streamlit as st

from components import front_door
from components.brackets import composition_chart, largest_bracket
from components.cards import show_cards
from components.chart_card import show
from components.demographics import charts as demographics_charts
from components.demographics import findings
from components.demographics import tables as demographics
from components.demographics.corrected import FILTERED, FRAMES, choose_correction, describe
from components.demographics.over_time import show_over_time
from components.demographics.sources import choose_table
from components.developers import for_developers
from model.face import CERTAIN_GENDER, UNCERTAIN
from model.labels import MAX_AGE

front_door.require()
st.title("Demographics")
st.write(
    "How old the people in many photos or in a video look, and how many are estimated to be female or male. "
    "Your table is read in memory. It is neither stored nor logged."
)
table = choose_table()
if table is None:
    st.stop()
faces = table.faces
if faces.empty:
    st.info("The table contains no faces.", icon=":material/face_retouching_off:")
    st.stop()

ages, confidence, certainty = st.columns(3, gap="medium")
first, last = ages.slider("Ages (years)", 0, MAX_AGE, (0, MAX_AGE), bind="query-params", key="ages")
least_confidence = confidence.slider(
    "Minimum detector confidence", 0.0, 1.0, 0.0, 0.01, format="percent", bind="query-params", key="confidence",
    help="How certain the detector is that this is a face.",
)  # fmt: skip
least_certainty = certainty.slider(
    "Minimum gender probability", 0.5, 1.0, 0.5, 0.01, format="percent", bind="query-params", key="certainty",
    help="How certain the model is of the gender. Faces below this are left out of the whole page, ages included.",
)  # fmt: skip
selected = faces[
    faces["age"].between(first, last + 1, inclusive="left")
    & (faces["confidence"] >= least_confidence)
    & (faces["gender_probability"] >= least_certainty)
]
if "has_warnings" in faces and st.toggle(
    f"Leave out faces with quality warnings ({faces['has_warnings'].sum():,})", bind="query-params", key="flawless",
    help="Faces that are small, blurred, turned or tilted, and uncertain detections.",
):  # fmt: skip
    selected = selected[~selected["has_warnings"]]
if selected.empty:
    st.info("No faces match. Select a wider age range or a lower minimum.", icon=":material/filter_alt_off:")
    st.stop()

unit = "people" if table.people else "faces"
with_face = int((faces["face"] == 1).sum())
analysed = "an unknown number of photos" if table.photos is None else f"{table.photos:,} photos"
figures = {} if table.people else {"Photos with a face": (f"{with_face:,}", f"of {analysed}")}
figures |= {
    unit.capitalize(): (f"{len(selected):,}", f"of {len(faces):,} in the table"),
    "Median age": (
        f"{selected['age'].median():.0f} years",
        f"from {selected['age'].min():.0f} to {selected['age'].max():.0f}",
    ),
}
for gender in demographics.shares_by_gender(selected).to_dict("records"):
    interval = f"95% interval {gender['low']:.0%} to {gender['high']:.0%}"
    label = "Gender uncertain" if gender["gender"] == UNCERTAIN else str(gender["gender"]).capitalize()
    figures[label] = f"{gender['share']:.0%}", interval
show_cards(figures)
st.caption(
    f"A gender is uncertain if its probability is below {CERTAIN_GENDER:.0%}. If each face is counted by its "
    f"probability instead, {demographics.expected_female_share(selected):.0%} of the {unit} are female."
)

st.header("Ages")
brackets = demographics.shares_by_age(selected)
filtered = (first, last, least_certainty) != (0, MAX_AGE, 0.5)
correction = choose_correction(selected, FRAMES if table.frames else FILTERED if filtered else "", unit)
share, counts = st.columns([3, 2], gap="medium")
if correction:
    rows = demographics.beside(brackets, correction.ages)
    chart = demographics_charts.corrected_shares(brackets, correction.ages, unit)
    title, name = findings.correction(rows), "corrected-shares-by-age"
else:
    rows, chart = brackets, demographics_charts.shares_by_age(brackets, unit)
    title, name = largest_bracket(brackets.rename(columns={"faces": unit}), unit), "shares-by-age"
with share:
    show(chart, title, rows, name)
percentages = rows.columns.difference(["bracket", "faces"])
counts.dataframe(
    rows.assign(**rows[percentages].mul(100)),
    hide_index=True,
    column_config={
        "bracket": "Age (years)",
        "faces": st.column_config.NumberColumn(unit.capitalize(), format="localized"),
        "share": st.column_config.NumberColumn("Share", format="%.0f%%"),
        "estimated": st.column_config.NumberColumn("Estimated", format="%.0f%%"),
        "corrected": st.column_config.NumberColumn("Corrected", format="%.0f%%"),
        "low": st.column_config.NumberColumn("95% from", format="%.0f%%"),
        "high": st.column_config.NumberColumn("95% to", format="%.0f%%"),
    },
    alt=f"Table of age brackets with their {unit}, share and 95% interval",
)
if correction:
    st.caption(describe(correction, selected))
else:
    median_width = (selected["age_high"] - selected["age_low"]).median()
    st.caption(
        "These are Wilson intervals: they say how far a share can vary by chance in a sample of this size. They do not "
        f"include the errors of the model. Half of these {unit} have an 80% age interval wider than "
        f"{median_width:.0f} years, so neighbouring brackets overlap."
    )
by_year = demographics.ages(selected, bin_years=2 if last - first > 30 else 1)
show(demographics_charts.ages(by_year, unit), findings.middle_half(selected["age"], unit), by_year, "ages")

st.header("Genders by age")
genders = demographics.genders_by_age(selected)
parts = genders.rename(columns={"gender": "part", "faces": unit})
show(composition_chart(parts, "stated_gender", unit=unit), findings.genders(genders), genders, "genders-by-age")
st.caption(
    ("A person who leaves and comes back" if table.people else "A person in several photos")
    + " counts each time. The gender is the label that UTKFace's annotators would most likely have chosen. "
    "*Model performance* shows how often it is wrong, and for whom."
)
if table.people:
    show_over_time(selected)
for_developers(
    "A table of a folder with any number of photos: `python -m model annotate FOLDER --output faces.parquet`"
)
