"""The Thresholds tab of the Model performance page: age limits, and the measures of NIST's evaluation by name."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from components.chart_card import show
from components.filters import capitalized
from components.performance import decision_charts
from components.published import read_report, read_table
from reports import thresholds
from reports.data_sets import ALL_AGE_FACES, UTKFACE, DataSet
from reports.thresholds import Figure

PUBLISHED = Path(__file__).resolve().parent / "published_age_checks.csv"
POOLED: tuple[DataSet, ...] = (UTKFACE, ALL_AGE_FACES)
"""The data sets with an age for each photo; brackets say nothing about a limit inside them."""

GROUPINGS = {"Age": "age_group", "Gender": "gender", "Ethnicity": "ethnicity", "Data set": "data"}
DEFAULT_LIMIT, DEFAULT_CHALLENGE = 18, 25  # years
LOWEST, HIGHEST = thresholds.CHALLENGE_AGES[0], thresholds.CHALLENGE_AGES[-1]
SHARES = ("challenge_25", "acc", "failure")
MEASURES = {
    "mae": "MAE: mean of the errors of each age (18–30) and sex, years",
    "challenge_25": "Challenge-25 rate: 14- to 17-year-olds estimated at 25 or older",
    "acc": "Acc(5): age error of at most 5 years",
    "failure": "Failure to process: no face found, or the file unreadable",
}


def pool() -> pd.DataFrame:
    """The predictions of all data sets with known ages, with the columns `data` and `age_group`.

    Raises:
        ResultError: if one of them is missing or damaged.
    """
    tables = [read_table(data.predictions).assign(data=data.name) for data in POOLED]
    pooled = pd.concat(tables, ignore_index=True)
    return pooled.assign(age_group=thresholds.age_groups(pooled["age"]))


def nist_measures(pooled: pd.DataFrame) -> pd.DataFrame:
    """NIST's measures: `measure` (a key of `MEASURES`), and the `Figure` of each data set, by its name."""
    columns: dict[str, list[Figure]] = {}
    for data in POOLED:
        part = pooled[pooled["data"] == data.name]
        columns[data.name] = [
            thresholds.cell_mae(part),
            thresholds.challenge_25(part),
            thresholds.acc(part),
            failures(data),
        ]
    return pd.DataFrame({"measure": list(MEASURES)} | columns)


def failures(data: DataSet) -> Figure:
    """NIST's failure to process; unknown for aligned faces.

    Raises:
        ResultError: if the report is missing or damaged.
    """
    if data.aligned:
        return thresholds.share(pd.Series(dtype=bool))
    return thresholds.failure_to_process(read_report(data.report, "skipped", "validation_photos", "overall"))


def show_thresholds() -> None:
    """Who passes an age limit and who is challenged, and how the model stands in NIST's terms."""
    pooled = pool()
    st.header("Not for age checks")
    counts = " and ".join(
        f"{(pooled['data'] == data.name).sum():,} test photos of {data.name} ({data.ages} ages)" for data in POOLED
    )
    st.write(
        f"What would happen if the model decided who is old enough? Measured on {counts}, whatever is selected above. "
        "Apparent ages are not true ages: a 17-year-old who looks 20 counts as 20 here."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        limit = st.segmented_control(
            "Limit T (years)", thresholds.LIMITS, default=DEFAULT_LIMIT, required=True, bind="query-params", key="limit"
        )
        challenge = st.slider(
            "Challenge age (years)", LOWEST, HIGHEST, DEFAULT_CHALLENGE, bind="query-params", key="challenge",
            help="Whoever is estimated to be younger is asked for proof of age; the others pass.", width=360,
        )  # fmt: skip
        name = st.segmented_control(
            "By", list(GROUPINGS), default="Age", required=True, bind="query-params", key="limit-by"
        )
    left, right = st.columns(2, gap="medium")
    with left:
        table = thresholds.curves(pooled, limit)
        show(
            decision_charts.threshold_curves(table, challenge),
            curve_finding(table, limit, challenge),
            table,
            "threshold-curves",
            caption=f"The limit is {limit} years; just under it means at most {thresholds.JUST_BELOW} years younger. "
            "Shaded: Wilson's 95% intervals.",
        )
    with right:
        groups = thresholds.by_group(pooled, GROUPINGS[name], limit, challenge)
        show(
            decision_charts.threshold_groups(groups, name),
            group_finding(groups, challenge),
            groups,
            "threshold-groups",
            caption="Ethnicities are those of UTKFace." if name == "Ethnicity" else "Lines: Wilson's 95% intervals.",
        )
    st.header("In NIST's terms")
    st.dataframe(
        nist_table(nist_measures(pooled)),
        hide_index=True,
        placeholder="–",
        column_config={"Source": st.column_config.LinkColumn("Source", display_text=r"https?://(?:www\.)?([^/]+)")},
        alt="Table of NIST's measures with this model's values and the best published ones",
    )
    st.caption(
        "Definitions: NIST IR 8525, Face Analysis Technology Evaluation (FATE): Age Estimation and Verification, 2024. "
        "NIST tests on millions of passport-like photos and mugshots with ages from documents, which neither of these "
        "data sets has: the published values show the order of magnitude, not a rank. UTKFace's faces are cropped "
        "already, so that none can fail to be found. In parentheses: 95% intervals."
    )


def nist_table(measures: pd.DataFrame) -> pd.DataFrame:
    """The measures in words, with the best published value of each and where it stands."""
    published = {row["measure"]: row for row in pd.read_csv(PUBLISHED).to_dict("records")}
    rows = []
    for row in measures.to_dict("records"):
        measure = str(row["measure"])
        best = published.get(measure)
        rows.append(
            {"Measure": MEASURES[measure]}
            | {f"{data.name} ({data.ages})": _in_words(Figure(*row[data.name]), measure) for data in POOLED}
            | {
                "Best published": None if best is None else _best(best, measure),
                "Source": None if best is None else best["link"],
            }
        )
    return pd.DataFrame(rows)


def curve_finding(table: pd.DataFrame, limit: int, challenge: int) -> str:
    """Both shares at the challenge age; from `thresholds.curves`."""
    at = table[table["challenge_age"] == challenge].set_index("curve")["share"]
    passed, challenged = at["Under the limit, passed"], at["At or over the limit, challenged"]
    return (
        f"A challenge at {challenge} lets {passed:.1%} of those under {limit} pass and stops {challenged:.1%} of the "
        "others"
    )


def group_finding(table: pd.DataFrame, challenge: int) -> str:
    """The group with the largest share passed under the limit; from `thresholds.by_group`."""
    under = table[table["under"] > 0]
    if under.empty:
        return "Nobody in these photos is under the limit"
    worst = under.nlargest(1, "passed").iloc[0]
    return (
        f"Those under the limit pass a challenge at {challenge} most often in the group "
        f"{capitalized(worst['group'])}: {worst['passed']:.1%} of {worst['under']:,}"
    )


def _in_words(figure: Figure, measure: str) -> str:
    if not figure.photos:
        return "–"
    return f"{_number(figure.value, measure)} ({_number(figure.low, measure)} to {_number(figure.high, measure)})"


def _best(row: dict[Any, Any], measure: str) -> str:
    return f"{_number(row['value'], measure)}: {row['system']}, {row['photos']}"


def _number(value: float, measure: str) -> str:
    return f"{value:.1%}" if measure in SHARES else f"{value:.2f}"
