"""The Labels tab of the Data set page: labels under a magnifier."""

from typing import Any

import pandas as pd
import streamlit as st

from components.cards import show_explained
from components.chart_card import show
from components.columns import show_table
from components.dataset import faces as dataset_faces
from components.dataset import noise_charts
from components.dataset.tables import with_brackets
from components.published import read_table
from reports import label_noise
from reports.data_sets import ALL_AGE_FACES, UTKFACE, DataSet
from reports.metrics import photo_scores
from reports.releases import PREVIOUS, PREVIOUS_FILE

SHOWN = 24  # faces of suspects
SUSPECTS: dict[str, Any] = {
    "photo": st.column_config.TextColumn("Photo", help="The first 16 hex digits of the file's SHA-256 hash"),
    "reason": st.column_config.TextColumn("Reason", pinned=True),
    "age": st.column_config.NumberColumn("Age", format="%d"),
    "gender": "Gender",
    "evidence": st.column_config.TextColumn("Evidence", width="large"),
    "split": "Split",
}


def show_labels(photos: pd.DataFrame, data: DataSet) -> None:
    """Where labels are probably wrong, how noisy they are, and the best that any model could do.

    Args:
        photos: the label table of UTKFace, or the labels of another data set's test photos.
        data: which of them.
    """
    if data != UTKFACE:
        show_digits({data.name: photos["age"]})
        return
    predictions = with_brackets(read_table(UTKFACE.predictions))
    pairs = label_noise.label_pairs(photos)
    suspects = label_noise.suspects(photos, label_noise.disagreements(both_networks(predictions)), pairs)
    show_cards(suspects, pairs)
    st.header("How noisy the labels are")
    st.write(
        f"{len(pairs):,} pairs of near-identical photos, the same picture cropped or saved differently, were labelled "
        "separately. How much their labels differ says how far off each label is. On such labels no model can have a "
        "smaller error, not even one that knows the truth."
    )
    scores = photo_scores(predictions)
    left, right = st.columns(2, gap="medium")
    with left:
        years = label_noise.age_noise(pairs)
        errors = by_group(scores["age_mae"], predictions, years["group"])
        show(
            noise_charts.age_floor(years, errors),
            noise_charts.age_finding(years),
            years.assign(model=errors.to_numpy()),
            "age-label-noise",
            caption="Vertical lines: 95% intervals. Pairs are few: some points are little more than a guess.",
        )
    with right:
        genders = label_noise.gender_noise(pairs)
        accuracy = by_group(scores["gender_accuracy"], predictions, genders["group"])
        show(
            noise_charts.gender_ceiling(genders, accuracy),
            noise_charts.gender_finding(genders),
            genders.assign(model=accuracy.to_numpy()),
            "gender-label-noise",
            caption="If each label is wrong with probability p, two differ with probability 2p(1 − p).",
        )
    show_digits({UTKFACE.name: photos["age"], ALL_AGE_FACES.name: read_table(ALL_AGE_FACES.predictions)["age"]})
    show_suspects(suspects, set(photos["photo"]))


def show_cards(suspects: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """How many labels are suspected, and why."""
    reasons = suspects["reason"].str.partition(":")[0].value_counts()
    disagreeing, default = (reasons.get(name, 0) for name in (label_noise.DISAGREEMENT, label_noise.DEFAULT))
    figures = {
        "Networks contradict the label": (f"{disagreeing:,}", "Test photos whose labels both networks contradict."),
        "Default labels": (f"{default:,}", "Photos of two batches that carry one label throughout."),
        "Contradicting pairs": (
            f"{len(label_noise.contradictions(pairs)):,}",
            f"Near-duplicates with different genders, or more than {label_noise.YEARS_APART} years apart.",
        ),
    }  # fmt: skip
    show_explained(figures)


def show_digits(ages: dict[str, pd.Series]) -> None:
    """How often ages end in each digit."""
    st.header("Round numbers")
    tables = {name: label_noise.last_digits(values) for name, values in ages.items()}
    first, last = label_noise.MYERS_AGES
    indexes = "; ".join(f"{name} {label_noise.myers_index(table):.1%}" for name, table in tables.items())
    show(
        noise_charts.digits(tables),
        noise_charts.digit_finding(tables),
        pd.concat([table.assign(data=name) for name, table in tables.items()]),
        "last-digits",
        caption=f"Ages from {first} to {last}, blended after Myers (1940). Labels that would have to change for all "
        f"digits to be equally frequent: {indexes}.",
    )


def show_suspects(suspects: pd.DataFrame, known: set[str]) -> None:
    """The list of suspects to look through and to download, with faces where UTKFace is at hand."""
    st.header("Suspects")
    st.write(
        "A suspect is not yet an error: look at the photo. The two networks are those of this release and of release "
        f"{PREVIOUS}, neither of which saw these test photos; genders of children under {label_noise.YOUNGEST} do not "
        "count."
    )
    show_table(suspects, SUSPECTS, "Table of photos whose labels are probably wrong, with the reasons", height=320)
    st.download_button(
        "Suspects as CSV", suspects.to_csv(index=False), "suspects.csv", "text/csv", on_click="ignore",
        icon=":material/download:",
    )  # fmt: skip
    _, found = dataset_faces.choose_folder(known)
    if found:
        some = suspects[suspects["photo"].isin(list(found))].head(SHOWN)
        captions = {row["photo"]: f"{row['gender']}, {row['age']}" for row in some.to_dict("records")}
        dataset_faces.show_faces(dataset_faces.read_chips(found, list(captions)), captions)


def both_networks(predictions: pd.DataFrame) -> pd.DataFrame:
    """The predictions of this release and, with the suffix `_other`, of the previous one for the same photos."""
    previous = read_table(PREVIOUS_FILE)
    return predictions.merge(previous, on="photo", suffixes=("", "_other"))


def by_group(scores: pd.Series, photos: pd.DataFrame, groups: pd.Series) -> pd.Series:
    """The mean score of each group: "All", a bracket or a gender; unknown without photos."""
    means = {"All": scores.mean()}
    for column in ("bracket", "gender"):
        means |= {str(name): mean for name, mean in scores.groupby(photos[column], observed=True).mean().items()}
    return groups.map(means)
