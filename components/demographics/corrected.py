"""Shares by age and gender corrected for the model's own errors: the choice of the view, and what it needs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from components.demographics.tables import female_probabilities
from components.published import ResultError, explain, read_report, read_table
from reports.unfolding import (
    COUNTS,
    corrected_ages,
    corrected_female_share,
    count_answers,
    draw_confusions,
    unfold,
)

ESTIMATED, CORRECTED = "As estimated", "Corrected for the model’s errors"
FILTERED = (
    "The correction needs all faces, whatever their estimates. Select all ages and a minimum gender probability of 50%."
)
FRAMES = (
    "Faces in the frames of a video cannot be corrected, since each person appears in many frames. Use the table of "
    "people."
)


@dataclass(frozen=True)
class Correction:
    """Corrected shares of the people selected.

    ages: of `reports.unfolding.corrected_ages`.
    female: the share of women and girls, 0-1, and the ends of its 95% interval.
    """

    ages: pd.DataFrame
    female: tuple[float, float, float]


def choose_correction(faces: pd.DataFrame, obstacle: str, unit: str) -> Correction | None:
    """Draws the choice of the view; None, with the reason, if shares are shown as estimated.

    Args:
        faces: those selected.
        obstacle: why these faces cannot be corrected, in a sentence; empty if they can.
        unit: what is counted, faces or people.
    """
    view = st.segmented_control(
        "Shares", (ESTIMATED, CORRECTED), default=ESTIMATED, required=True, bind="query-params", key="shares"
    )
    if view == ESTIMATED:
        return None
    try:
        check = read_report("unfolding.json", "fewest", "people")
        confusions = _confusions(read_table("confusion.csv", *COUNTS))
    except ResultError as error:
        explain(error, "python -m train unfolding")
        return None
    if obstacle:
        st.info(obstacle, icon=":material/filter_alt:")
        return None
    if check["fewest"] is None or len(faces) < check["fewest"]:
        st.info(too_few(check, len(faces), unit), icon=":material/group:")
        return None
    answers = count_answers(faces["age"], female_probabilities(faces))
    return _correct(tuple(map(int, answers)), confusions)


def too_few(check: dict[str, Any], people: int, unit: str) -> str:
    """Why so few are shown as estimated only, from the figures of `unfolding.json`."""
    if check["fewest"] is None:
        return "In a check, corrected shares were not reliably better. Shares are shown as estimated."
    data_sets = check["people"].values()
    sizes = [int(size) for size in check["people"]["all"]]
    size = max([size for size in sizes if size <= people], default=min(sizes))
    closer = min(by_size[str(size)]["closer"] for by_size in data_sets if str(size) in by_size)
    return (
        f"Corrected shares need at least {check['fewest']} {unit}. With so few, they are not reliably better: in a "
        f"check with {size} people from one data set, they were closer to the truth in only {closer:.0%} of the "
        "samples. Shares are shown as estimated."
    )


def describe(correction: Correction, faces: pd.DataFrame) -> str:
    """What corrected shares mean, how sure they are, and the share of women."""
    check = read_report("unfolding.json", "validation_faces")
    female, low, high = correction.female
    return (
        "Corrected shares are estimated from the model’s answers and from how often it takes one age or gender for "
        f"another ({sum(check['validation_faces'].values()):,} validation photos). Their intervals include chance "
        "and the uncertainty about these errors. They assume that the model errs on these people as it does on those "
        "photos, which may not be true of other cameras, light or people.\n\n"
        f"Female, each counted by the likelier gender: {(faces['gender'] == 'female').mean():.0%} as estimated, "
        f"**{female:.0%} corrected** (95% interval {low:.0%} to {high:.0%})."
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def _confusions(counts: pd.DataFrame) -> NDArray[np.float64]:
    return draw_confusions(counts)


@st.cache_data(max_entries=32, show_spinner="Correcting…")
def _correct(answers: tuple[int, ...], _versions: NDArray[np.float64]) -> Correction:
    """Cached by the counts of answers, which are all that is kept of a visitor's table."""
    people = sum(answers)
    shares = unfold(np.array(answers), _versions)
    return Correction(corrected_ages(shares, people), corrected_female_share(shares, people))
