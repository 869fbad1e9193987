"""What the model learned from: UTKFace's ages, genders and ethnicities, its gaps and its noise."""

from functools import partial

import numpy as np
import streamlit as st

from components import columns, findings, front_door
from components.chart_card import show
from components.dataset import charts as dataset_charts
from components.dataset import faces as dataset_faces
from components.dataset import tables as dataset_tables
from components.filters import choose, described, narrow, toggle
from components.published import ResultError, explain, read_report, read_table
from model.labels import BRACKET_NAMES

CARD_WIDTH = 170  # pixels: two fit side by side on a phone
FACES = 12
IN_AVERAGE = 100  # photos at most: an average of more looks the same and takes longer

front_door.require()
st.title("The data set")
st.write(
    "[UTKFace](https://susanqq.github.io/UTKFace/) is a collection of face photos from the web, each labelled with an "
    "age, a gender and an ethnicity. The labels are estimates that people checked, not facts from birth certificates."
)
try:
    photos = dataset_tables.with_brackets(read_table("labels.parquet"))
    counts = read_report("dataset.json", "photos", "read", "identical", "near_identical")
except ResultError as error:
    explain(error, "python -m train data")
    st.stop()

identical, near = counts["identical"], counts["near_identical"]
figures = {
    "Photos": (f"{counts['photos']:,}", f"Distinct pictures among {counts['read']:,} files read."),
    "Median age": (
        f"{photos['age'].median():.0f} years",
        f"From {photos['age'].min()} to {photos['age'].max()} years.",
    ),
    "Copies joined": (f"{identical['copies_joined']:,}", "Files that repeat another byte for byte."),
    "Near-copies": (f"{near['pairs']:,}", "Pairs of near-identical pictures, which never part between train and test."),
}
with st.container(horizontal=True):
    for label, (value, explanation) in figures.items():
        st.metric(label, value, help=explanation, border=True, width=CARD_WIDTH)

st.subheader("Ages")
chosen = choose("gender", "ethnicity", "split", "bracket")
with st.container(horizontal=True, vertical_alignment="bottom"):
    split_by = st.segmented_control(
        "Colour by", ["gender", "ethnicity", "split"], default="gender", format_func=str.capitalize,
        bind="query-params", key="colour",
    )  # fmt: skip
    bins = st.segmented_control(
        "Bins", dataset_tables.BINS, default="Years", required=True, bind="query-params", key="bins"
    )
    measure = st.segmented_control(
        "Height", list(dataset_charts.MEASURES), default="Photos", required=True, bind="query-params", key="height"
    )
    scale = st.segmented_control(
        "Scale", ["Linear", "Log"], default="Linear", required=True, bind="query-params", key="scale"
    )
of_all_ages = narrow(photos, chosen, but="bracket")
selected = narrow(of_all_ages, {"bracket": chosen["bracket"]})
if selected.empty:
    st.info("No photo matches. Take away a choice.", icon=":material/filter_alt_off:")
    st.stop()
st.caption(
    f"{len(selected):,} of {len(photos):,} photos; their median age is {selected['age'].median():.0f} years. "
    "Click a bar to choose its age bracket for everything below, click again to let it go."
)
key = f"ages-{'-'.join(chosen['bracket'])}"  # a fresh chart after each choice, so that every click counts as a new one
distribution = dataset_tables.distribution(of_all_ages, bins, split_by)
bracket_table = dataset_tables.brackets(of_all_ages)
show(
    dataset_charts.distribution(distribution, split_by, measure, scale == "Log", chosen["bracket"]),
    findings.distribution(bracket_table),
    distribution,
    "ages",
    caption="On a logarithmic scale, and for shares, each colour is a line of its own: stacked they would mislead.",
    key=key,
    on_select=partial(toggle, key, "bracket"),
)

st.subheader("Who is in each age bracket")
share, table = st.columns([3, 2], gap="medium")
with share:
    composition = dataset_tables.composition(selected, split_by or "gender")
    show(
        dataset_charts.composition(composition, split_by or "gender"),
        findings.composition(composition),
        composition,
        "composition",
    )
table.dataframe(
    bracket_table,
    hide_index=True,
    column_config=columns.BRACKETS,
    alt="Photos, share, photos per year of age, female share and splits by age bracket",
)

st.subheader("How uneven it is")
sentences = findings.imbalance(dataset_tables.brackets(photos), photos, dataset_tables.rounding(photos))
st.markdown("\n".join(f"- {sentence}" for sentence in sentences))

st.subheader("How noisy the labels are")
pairs = dataset_tables.label_pairs(selected)
if pairs.empty:
    st.info("None of these photos has a near-identical copy.", icon=":material/content_copy:")
else:
    st.write(
        f"Groups of near-identical photos hold {len(pairs):,} pairs: one picture twice, cut or stored differently, "
        f"each labelled on its own. {(~pairs['same_gender']).sum():,} of the pairs differ in gender. If both labels "
        f"err alike and by chance, each is off by {pairs['difference'].mean() / np.sqrt(2):.1f} years on average: even "
        "a perfect model would seem to err by that much."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        table_of_differences = dataset_tables.differences(pairs)
        show(
            dataset_charts.differences(table_of_differences),
            findings.differences(pairs),
            table_of_differences,
            "label-differences",
        )
    with right:
        table_of_noise = dataset_tables.noise(pairs)
        show(
            dataset_charts.noise(table_of_noise),
            findings.noise(table_of_noise),
            table_of_noise,
            "label-noise",
            caption="By the mean of the two labels.",
        )

st.subheader("How the data was prepared")
reasons = "; ".join(f"{count:,} {reason}" for reason, count in counts["skipped"].items()) or "none"
splits = ", ".join(f"{count:,} for {name}" for name, count in counts["splits"].items())
st.markdown(
    f"""
- **Read:** {counts["read"]:,} of {counts["files"]:,} files. Skipped: {reasons}. Names with a missing ethnicity
  ({counts["without_ethnicity"]}), a stray space or a lost dot are read all the same.
- **Joined:** {identical["copies_joined"]:,} byte-identical copies of {identical["photos_with_copies"]:,} photos.
  {identical["differ_in_age"]:,} of those photos carried different ages and {identical["differ_in_gender"]:,} different
  genders from copy to copy: noise that no model can beat. Each counts once, with the median age.
- **Kept together:** {near["pairs"]:,} near-identical pairs (the same picture cut or stored twice).
  {near["differ_in_age"]:,} of them differ in age; over all pairs by {near["mean_age_difference"]:.1f} years on average.
- **Split by photo:** {splits}. Near-identical photos never part, so the test is not a memory test.
"""
)
st.caption("Made by `python -m train data`.")

st.subheader("Faces")
folder, found = dataset_faces.choose_folder(set(photos["photo"]))
if found:
    there = selected[selected["photo"].isin(list(found))]
    st.write(f"**{described(chosen) or 'All photos'}**: {min(FACES, len(there))} of {len(there):,}, picked at random.")
    seed = st.session_state.setdefault("faces_seed", 0)
    some = there.sample(min(FACES, len(there)), random_state=seed).sort_values("age")
    pictures = dataset_faces.read_chips(found, list(some["photo"]))
    ages = dict(zip(some["photo"], some["age"], strict=True))
    dataset_faces.show_faces(pictures, {photo: f"{age} years" for photo, age in ages.items()})
    if st.button("Other faces", icon=":material/shuffle:"):
        st.session_state["faces_seed"] = seed + 1
        st.rerun()

    st.write(f"**The average face** of up to {IN_AVERAGE} photos in each age bracket")
    averages = {}
    for bracket in chosen["bracket"] or BRACKET_NAMES:
        members = there.loc[there["bracket"] == bracket, "photo"]
        average = dataset_faces.average_face(folder, tuple(members[:IN_AVERAGE]), found)
        if average is not None:
            averages[bracket] = average
    dataset_faces.show_faces(averages, {bracket: f"{bracket} years" for bracket in averages})
