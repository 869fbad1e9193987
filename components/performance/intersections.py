"""The Intersections tab of the Model performance page: gender by group by age, and changes since the last release."""

from typing import Any

import pandas as pd
import streamlit as st

from components.chart_card import show
from components.developers import for_developers
from components.filters import OPTIONS
from components.performance import intersection_charts
from components.performance.charts import MEASURES, Measure
from components.published import read_table
from reports import intersections, releases
from reports.data_sets import UTKFACE, DataSet
from reports.intersections import BANDS, Difference
from reports.metrics import FEWEST_PHOTOS

ALL = "All"
NAMES = ("Gender accuracy", "Age error", "Right bracket")
"""The measures, by their names in `MEASURES`."""

CHANGES: dict[str, Any] = {
    "metric": "Error",
    "group": st.column_config.TextColumn("Group", pinned=True),
    "photos": st.column_config.NumberColumn("Photos", format="localized"),
    "before": st.column_config.NumberColumn(releases.PREVIOUS, format="%.2f"),
    "after": st.column_config.NumberColumn("Now", format="%.2f"),
    "change": st.column_config.NumberColumn("Change", format="%+.2f"),
    "low": st.column_config.NumberColumn("95% from", format="%+.2f"),
    "high": st.column_config.NumberColumn("to", format="%+.2f"),
    "verdict": "",
}


def show_intersections(predictions: pd.DataFrame, data: DataSet) -> None:
    """Every combination of gender, group and age, whatever the filters are; and what the last release did."""
    names = [name for name in NAMES if name != ("Right bracket" if "age" in predictions else "Age error")]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            "Measure", names, default=names[0], required=True, bind="query-params", key=f"cell{data.suffix}"
        )
        band = st.segmented_control(
            "Age (years)", [ALL, *BANDS], default=ALL, required=True, bind="query-params", key="band"
        )
    measure = MEASURES[name]
    photos = predictions.assign(band=intersections.age_bands(predictions["bracket"]))
    columns = ["gender"] if data.group is None else [data.group, "gender"]
    of_band = photos if band == ALL else photos[photos["band"] == band]
    left, right = st.columns(2, gap="medium")
    with left:
        table = intersections.cells(of_band, columns, measure.column)
        column = data.group or "gender"
        show(
            intersection_charts.by_gender(table, column, measure, OPTIONS[column][0]),
            gap_finding(intersections.largest_gap(table, measure.column), measure),
            table,
            "intersections",
            caption=f"Lines: 95% intervals. Pale: fewer than {FEWEST_PHOTOS} photos.",
        )
    with right:
        cells = intersections.cells(photos, [*columns, "band"], measure.column)
        gap = intersections.largest_gap(cells, measure.column)
        compared = f" of {gap.compared} cells" if gap else ""
        show(
            intersection_charts.grid(cells, columns, measure),
            gap_finding(gap, measure),
            cells,
            "intersections-by-age",
            caption=f"Cells with fewer than {FEWEST_PHOTOS} photos are left blank. The largest gap{compared} is partly "
            "chance: expect less of it on new photos.",
        )
    st.caption(
        "After Gender Shades (Buolamwini and Gebru, FAT* 2018), with the data set's own groups in place of skin types. "
        "Intervals: Wilson's for shares, normal ones for years, Newcombe's (1998) for gaps."
    )
    if data == UTKFACE:
        show_changes(predictions)


def show_changes(predictions: pd.DataFrame) -> None:
    """Which groups got better or worse than with the previous release."""
    st.header(f"Compared with release {releases.PREVIOUS}")
    changes = releases.compare(predictions, read_table(releases.PREVIOUS_FILE))
    worse, better = changes[changes["worse"]], changes[changes["better"]]
    st.write(
        f"Of {len(changes)} errors by group, {len(better)} became smaller and {len(worse)} larger by more than their "
        "95% interval; the same photos are compared."
    )
    in_percent = changes["metric"] == "gender_error"
    shown = changes.assign(
        metric=changes["metric"].map({"age_mae": "Age error (years)", "gender_error": "Wrong genders (%)"}),
        verdict=changes["worse"].map({True: "worse", False: ""}) + changes["better"].map({True: "better", False: ""}),
    )
    values = ["before", "after", "change", "low", "high"]
    shown[values] = shown[values].mul(in_percent.map({True: 100, False: 1}), axis=0)
    st.dataframe(
        shown,
        hide_index=True,
        column_order=CHANGES,
        column_config=CHANGES,
        height=300,
        alt=f"Table of the errors of each group with release {releases.PREVIOUS} and now",
    )
    for_developers(
        "`python -m train compare` computes the same and fails if the error of any group rose by more than chance "
        "explains."
    )


def gap_finding(gap: Difference | None, measure: Measure) -> str:
    """The largest gap between two cells, with its interval."""
    if gap is None:
        return f"Fewer than two groups have {FEWEST_PHOTOS} photos"
    value, low, high = (number * measure.factor for number in (gap.value, gap.low, gap.high))
    unit = " points" if measure.factor == 100 else " years"
    return f"Largest gap: {value:.1f}{unit} ({low:.1f} to {high:.1f}) between {gap.best} (best) and {gap.worst} (worst)"
