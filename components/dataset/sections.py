"""The tabs of the Data set page about who is in the photos: ages, brackets, and the faces themselves."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from components import columns
from components.brackets import composition_chart, largest_bracket
from components.chart_card import show
from components.dataset import charts as dataset_charts
from components.dataset import faces as dataset_faces
from components.dataset import findings
from components.dataset import tables as dataset_tables
from components.filters import OPTIONS, describe, matching, toggle
from model.labels import BRACKET_NAMES
from reports.data_sets import UTKFACE, DataSet

FACES = 12
IN_AVERAGE = 100  # photos at most: the average of more looks the same and takes longer


def show_ages(photos: pd.DataFrame, selection: Mapping[str, Sequence[str]], data: DataSet) -> None:
    """How the ages are distributed, and who is in each bracket."""
    in_years = "age" in photos
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split_by = st.segmented_control(
            "Colour by", [column for column in selection if column != "bracket"], default="gender",
            format_func=lambda column: OPTIONS[column][0], bind="query-params", key="colour" + data.suffix,
        )  # fmt: skip
        bins = "Brackets"
        if in_years:
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
    median = f", with a median age of {selected['age'].median():.0f} years" if in_years else ""
    st.caption(
        f"{len(selected):,} of {len(photos):,} photos{median}. Click a bar to filter everything below by its age "
        "bracket. Click it again to clear the selection."
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
        caption="On a logarithmic scale, and for shares, each colour has its own line, because stacked bars would "
        "mislead.",
        key=key,
        on_select=partial(toggle, key, "bracket"),
    )
    st.header("Who is in each age bracket")
    share, table = st.columns(2, gap="medium")
    with share:
        composition = dataset_tables.composition(selected, split_by or "gender")
        show(
            composition_chart(composition, split_by or "gender"),
            findings.composition(composition),
            composition,
            "composition",
        )
    table.dataframe(
        bracket_table.round({"share": 2, "female": 2}),
        hide_index=True,
        column_config=columns.BRACKETS,
        alt="Table of age brackets with their photos, share, photos per year of age, and female share",
    )
    if data == UTKFACE:
        st.header("How uneven the data is")
        sentences = findings.imbalance(dataset_tables.brackets(photos), photos, dataset_tables.rounding(photos))
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def show_faces(photos: pd.DataFrame, selection: Mapping[str, Sequence[str]]) -> None:
    """Some faces at random, and the average face of each bracket, for visitors who have UTKFace."""
    folder, found = dataset_faces.choose_folder(set(photos["photo"]))
    if not found:
        return
    selected = matching(photos, selection)
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
