"""What the model learned from: UTKFace's ages, genders and ethnicities, and what was skipped and joined."""

import streamlit as st

from components import charts, front_door
from components.published import explain_missing, read_report, read_table
from model.labels import ETHNICITIES, GENDERS, MAX_AGE, age_brackets

CARD_WIDTH = 170  # pixels: two fit side by side on a phone

front_door.require()
st.title("The data set")
st.write(
    "[UTKFace](https://susanqq.github.io/UTKFace/) is a collection of face photos from the web, each labelled with an "
    "age, a gender and an ethnicity. The labels are estimates that people checked, not facts from birth certificates."
)
try:
    photos = read_table("labels.parquet")
    counts = read_report("dataset.json")
except FileNotFoundError as error:
    explain_missing(error, "python -m train data")

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
with st.container(horizontal=True, vertical_alignment="bottom"):
    genders = st.pills(
        "Gender", GENDERS, selection_mode="multi", format_func=str.capitalize, bind="query-params", key="gender"
    )
    ethnicities = st.pills("Ethnicity", ETHNICITIES, selection_mode="multi", bind="query-params", key="ethnicity")
    split_by = st.segmented_control(
        "Colour by", ["gender", "ethnicity"], default="gender", format_func=str.capitalize, required=True,
        bind="query-params", key="colour",
    )  # fmt: skip
first, last = st.slider("Ages (years)", 0, MAX_AGE, (0, MAX_AGE), bind="query-params", key="ages")
chosen = photos[
    photos["age"].between(first, last)
    & photos["gender"].isin(genders or GENDERS)
    # The few photos without an ethnicity count as long as none is asked for.
    & (photos["ethnicity"].isin(ethnicities) if ethnicities else True)
]
if chosen.empty:
    st.info("No photo matches. Widen the ages, or take away a choice.", icon=":material/filter_alt_off:")
    st.stop()

st.caption(f"{len(chosen):,} of {len(photos):,} photos; their median age is {chosen['age'].median():.0f} years.")
wide = last - first > 30
st.plotly_chart(
    charts.age_histogram(chosen, split_by, bin_years=2 if wide else 1),
    config=charts.CONFIG,
    alt="Histogram of photos by age",
)

st.subheader("Who is in each age bracket")
bracketed = chosen.assign(bracket=age_brackets(chosen["age"]))
share, table = st.columns([3, 2], gap="medium")
share.plotly_chart(
    charts.share_by_bracket(bracketed, split_by), config=charts.CONFIG, alt=f"Share of each {split_by} by age bracket"
)
brackets = (
    bracketed["bracket"].value_counts(sort=False).rename_axis("Age bracket (years)").rename("Photos").reset_index()
)
brackets["Share"] = brackets["Photos"] / len(chosen)
table.dataframe(
    brackets,
    hide_index=True,
    column_config={
        "Share": st.column_config.ProgressColumn(
            "Share", format="percent", min_value=0, max_value=float(brackets["Share"].max())
        )
    },
    alt="Photos and share by age bracket",
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
st.caption(
    "Made by `python -m train data`. The images themselves are for non-commercial research and are not shown here."
)
