"""What the model learned from: the ages, genders and ethnicities in UTKFace, its gaps and its label noise."""

from functools import partial

import numpy as np
import streamlit as st

from components import columns, front_door
from components.brackets import composition_chart, largest_bracket
from components.cards import CARD_WIDTH
from components.chart_card import show
from components.dataset import charts as dataset_charts
from components.dataset import faces as dataset_faces
from components.dataset import findings
from components.dataset import tables as dataset_tables
from components.developers import for_developers
from components.filters import describe, matching, show_filters, toggle
from components.published import ResultError, explain, read_report, read_table
from model.labels import BRACKET_NAMES

FACES = 12
IN_AVERAGE = 100  # photos at most: the average of more looks the same and takes longer

front_door.require()
st.title("The data set")
st.write(
    "[UTKFace](https://susanqq.github.io/UTKFace/) is a collection of face photos from the web, each labelled with an "
    "age, a gender and an ethnicity. The labels are estimates checked by people, not facts from birth certificates."
)
try:
    photos = dataset_tables.with_brackets(read_table("labels.parquet"))
    counts = read_report("dataset.json", "photos", "read", "identical")
except ResultError as error:
    explain(error, "python -m train data")
    st.stop()

identical, near = counts["identical"], dataset_tables.label_pairs(photos)
figures = {
    "Photos": (f"{counts['photos']:,}", f"Different pictures among the {counts['read']:,} files read."),
    "Median age": (
        f"{photos['age'].median():.0f} years",
        f"From {photos['age'].min()} to {photos['age'].max()} years.",
    ),
    "Duplicates merged": (f"{identical['copies_joined']:,}", "Files that are byte-for-byte copies of another file."),
    "Near-duplicates": (f"{len(near):,}", "Pairs of near-identical pictures. Both are always in the same split."),
}
with st.container(horizontal=True):
    for label, (value, explanation) in figures.items():
        st.metric(label, value, help=explanation, border=True, width=CARD_WIDTH)

st.header("Ages")
selection = show_filters("gender", "ethnicity", "split", "bracket")
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
of_all_ages = matching(photos, selection, ignored="bracket")
selected = matching(of_all_ages, {"bracket": selection["bracket"]})
if selected.empty:
    st.info("No photos match these filters. Clear a filter.", icon=":material/filter_alt_off:")
    st.stop()
st.caption(
    f"{len(selected):,} of {len(photos):,} photos, with a median age of {selected['age'].median():.0f} years. "
    "Click a bar to filter everything below by its age bracket. Click it again to clear the selection."
)
# A new chart after each selection, so that every click counts as a new one.
key = f"ages-{'-'.join(selection['bracket'])}"
distribution = dataset_tables.distribution(of_all_ages, bins, split_by)
bracket_table = dataset_tables.brackets(of_all_ages)
show(
    dataset_charts.distribution(distribution, split_by, measure, scale == "Log", selection["bracket"]),
    largest_bracket(bracket_table),
    distribution,
    "ages",
    caption="On a logarithmic scale, and for shares, each colour has its own line, because stacked bars would mislead.",
    key=key,
    on_select=partial(toggle, key, "bracket"),
)

st.header("Who is in each age bracket")
share, table = st.columns([3, 2], gap="medium")
with share:
    composition = dataset_tables.composition(selected, split_by or "gender")
    show(
        composition_chart(composition, split_by or "gender"),
        findings.composition(composition),
        composition,
        "composition",
    )
table.dataframe(
    bracket_table,
    hide_index=True,
    column_config=columns.BRACKETS,
    alt="Table of age brackets with their photos, share, photos per year of age, female share and photos in each split",
)

st.header("How uneven the data is")
sentences = findings.imbalance(dataset_tables.brackets(photos), photos, dataset_tables.rounding(photos))
st.markdown("\n".join(f"- {sentence}" for sentence in sentences))

st.header("How noisy the labels are")
pairs = dataset_tables.label_pairs(selected)
if pairs.empty:
    st.info("None of these photos has a near-duplicate.", icon=":material/content_copy:")
else:
    st.write(
        f"There are {len(pairs):,} pairs of near-identical photos: the same picture, cropped or saved differently, and "
        f"labelled separately each time. {(~pairs['same_gender']).sum():,} of the pairs differ in gender. If the two "
        "labels have independent errors of the same size, each label is off by "
        f"{pairs['difference'].mean() / np.sqrt(2):.1f} years on average. Even a perfect model would appear to be off "
        "by that much."
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
            caption="The bracket is that of the mean of the two labels.",
        )

st.header("How the data was prepared")
reasons = "; ".join(f"{count:,} {reason}" for reason, count in counts["skipped"].items()) or "none"
splits = ", ".join(f"{count:,} for {name}" for name, count in counts["splits"].items())
st.markdown(
    f"""
- **Files read:** {counts["read"]:,} of {counts["files"]:,}. Skipped: {reasons}. Files whose name lacks the ethnicity
  ({counts["without_ethnicity"]}) or a dot, or contains an extra space, are read as well.
- **Duplicates merged:** {identical["copies_joined"]:,} byte-for-byte copies of {identical["photos_with_copies"]:,}
  photos. The copies of {identical["differ_in_age"]:,} of these photos had different ages, and those of
  {identical["differ_in_gender"]:,} had different genders: noise that no model can overcome. Each photo counts once,
  with the median age.
- **Near-duplicates kept together:** {len(near):,} pairs (the same picture, cropped or saved differently).
  {(near["difference"] > 0).sum():,} of them differ in age. The mean difference over all pairs is
  {near["difference"].mean():.1f} years.
- **Split by photo:** {splits}. Near-identical photos are always in the same split, so that the test does not reward
  memorising.
"""
)
for_developers("The figures on this page are created by `python -m train data`.")

st.header("Faces")
folder, found = dataset_faces.choose_folder(set(photos["photo"]))
if found:
    there = selected[selected["photo"].isin(list(found))]
    st.write(f"**{describe(selection) or 'All photos'}**: {min(FACES, len(there))} of {len(there):,}, at random.")
    seed = st.session_state.setdefault("faces_seed", 0)
    some = there.sample(min(FACES, len(there)), random_state=seed).sort_values("age")
    pictures = dataset_faces.read_chips(found, list(some["photo"]))
    ages = dict(zip(some["photo"], some["age"], strict=True))
    dataset_faces.show_faces(pictures, {photo: f"{age} years" for photo, age in ages.items()})
    if st.button("Show other faces", icon=":material/shuffle:"):
        st.session_state["faces_seed"] = seed + 1
        st.rerun()

    st.write(f"**The average face** in each age bracket, from up to {IN_AVERAGE} photos")
    averages = {}
    for bracket in selection["bracket"] or BRACKET_NAMES:
        members = there.loc[there["bracket"] == bracket, "photo"]
        average = dataset_faces.average_face(folder, tuple(members[:IN_AVERAGE]), found)
        if average is not None:
            averages[bracket] = average
    dataset_faces.show_faces(averages, {bracket: f"{bracket} years" for bracket in averages})
