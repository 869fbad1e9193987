"""All faces of all photos as a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from components.wording import WHEN_UNCERTAIN
from model.face import COLUMNS, Face
from model.formats import rows, safe_cell


def show_table(found: Sequence[tuple[str, Sequence[Face]]]) -> None:
    """Draws one row for each face.

    Args:
        found: file names with the faces found in each.
    """
    st.header("All faces")
    safe = [(safe_cell(name), faces) for name, faces in found]  # because the table can be downloaded, too
    table = pd.DataFrame(rows(safe), columns=list(COLUMNS))
    st.dataframe(
        table.assign(
            confidence=_percent(table["confidence"]),
            female_probability=_percent([face.female_probability for _, faces in found for face in faces]),
        ),
        hide_index=True,
        column_config={
            "file": "File",
            "face": "Face",
            "width": st.column_config.NumberColumn("Width (px)"),
            "height": st.column_config.NumberColumn("Height (px)"),
            "confidence": st.column_config.NumberColumn("Detector confidence", format="%d%%"),
            "age": st.column_config.NumberColumn("Age (years)", format="%.0f"),
            "age_low": st.column_config.NumberColumn("80% interval from", format="%.0f"),
            "age_high": st.column_config.NumberColumn("80% interval to", format="%.0f"),
            "stated_gender": st.column_config.TextColumn("Gender", help=WHEN_UNCERTAIN),
            "female_probability": st.column_config.NumberColumn("Probability of female", format="%d%%"),
            "warnings": "Quality warnings",
        },
        column_order=[
            "file", "face", "age", "age_low", "age_high", "stated_gender", "female_probability", "warnings",
            "confidence", "width", "height",
        ],
        alt="Table of all faces with age, 80% interval, gender, probability and quality warnings",
    )  # fmt: skip


def _percent(shares: ArrayLike) -> NDArray[np.int64]:
    """Whole percent, never 0 or 100, since nothing is certain."""
    return np.clip(np.round(100 * np.asarray(shares, float)), 1, 99).astype(int)
