"""Which data sets there are, what their photos are labelled with, and what they are used for."""

from typing import Any

import pandas as pd
import streamlit as st

from components.cards import show_explained
from components.published import read_report
from reports.data_sets import ALL_AGE_FACES, FAIRFACE, UTKFACE, DataSet
from reports.label_noise import label_pairs

ABOUT = {
    UTKFACE: "[UTKFace](https://susanqq.github.io/UTKFace/) is a collection of face photos from the web, each labelled "
    "with an age, a gender and an ethnicity. The labels are estimates checked by people, not facts from birth "
    "certificates.",
    FAIRFACE: "[FairFace](https://github.com/joojs/fairface) is a collection of photos from Flickr, balanced over "
    "seven groups of people. This page shows photos of its published validation part, which are used only for "
    "testing.",
    ALL_AGE_FACES: "[All-Age-Faces](https://github.com/JingchunCheng/All-Age-Faces-Dataset) is a collection of "
    "mostly East Asian faces. This page shows photos of its published validation part, which are used only for "
    "testing.",
}
"""What each data set is, in Markdown."""


def read_counts() -> dict[str, Any]:
    """What `python -m train data` counted in UTKFace.

    Raises:
        ResultError: if the file is missing or damaged.
    """
    return read_report("dataset.json", "photos", "read", "identical")


def show_figures(photos: pd.DataFrame, data: DataSet) -> None:
    """Cards with the number of photos, their ages, and what was left out."""
    figures = {"Photos": (f"{len(photos):,}", "Shown on this page.")}
    if data == UTKFACE:
        counts = read_counts()
        copies, near = counts["identical"]["copies_joined"], len(label_pairs(photos))
        read = f"Different pictures among the {counts['read']:,} files read."
        figures = {
            "Photos": (f"{counts['photos']:,}", read),
            "Median age": (
                f"{photos['age'].median():.0f} years",
                f"From {photos['age'].min()} to {photos['age'].max()} years.",
            ),
            "Duplicates merged": (f"{copies:,}", "Files that are byte-for-byte copies of another file."),
            "Near-duplicates": (f"{near:,}", "Pairs of near-identical pictures. Both are always in the same split."),
        }
    else:
        report = read_report(data.report, "skipped")
        skipped = sum(report["skipped"].values())
        women = (photos["gender"] == "female").mean()
        figures["Women"] = (f"{women:.0%}", "By the labels.")
        figures["No face found"] = (
            f"{skipped:,}",
            "Photos in which the detector found no face, including those kept for tuning.",
        )
    show_explained(figures)


def show_preparation(photos: pd.DataFrame) -> None:
    """How UTKFace was read, merged and split."""
    counts = read_counts()
    identical, near = counts["identical"], label_pairs(photos)
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
