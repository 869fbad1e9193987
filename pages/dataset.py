"""What the model learned from and is tested on: ages, genders and groups in three data sets, and their labels."""

import streamlit as st

from components import front_door
from components.dataset import magnifier, overview, sections
from components.dataset.tables import with_brackets
from components.developers import for_developers
from components.filters import matching, show_filters
from components.published import ResultError, explain, read_table
from reports.data_sets import BY_NAME, UTKFACE, with_groups

COMMAND = "python -m train data"

front_door.require()
st.title("The data set")
name = st.segmented_control(
    "Data set", list(BY_NAME), default=UTKFACE.name, required=True, bind="query-params", key="data"
)
data = BY_NAME[name]
try:
    labels = read_table("labels.parquet") if data == UTKFACE else with_groups(read_table(data.predictions), data)
    photos = with_brackets(labels)
    st.write(f"{overview.ABOUT[data]} {data.about}")
    overview.show_figures(photos, data)
except ResultError as error:
    explain(error, COMMAND if data == UTKFACE else "python -m train evaluate")
    st.stop()


def show_selected(title: str) -> None:
    """Draws a tab that the filters narrow."""
    selection = show_filters(
        "gender", *([data.group] if data.group else []), *(["split"] if data == UTKFACE else []), "bracket"
    )
    if matching(photos, selection).empty:
        st.info("No photos match these filters. Clear a filter.", icon=":material/filter_alt_off:")
    elif title == "Ages":
        sections.show_ages(photos, selection, data)
    else:
        sections.show_faces(photos, selection)


titles = ["Ages"]
if "age" in photos:
    titles.append("Labels")
if data == UTKFACE:
    titles += ["Preparation", "Faces"]
for title, tab in zip(titles, st.tabs(titles, key="view" + data.suffix, bind="query-params"), strict=True):
    if not tab.open:
        continue
    with tab:
        try:
            if title == "Labels":
                magnifier.show_labels(photos, data)
            elif title == "Preparation":
                overview.show_preparation(photos)
            else:
                show_selected(title)
        except ResultError as error:
            explain(error, "python -m train evaluate")
for_developers(f"The figures on this page are created by `{COMMAND}` and `python -m train evaluate`.")
