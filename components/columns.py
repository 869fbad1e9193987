"""Names and number formats of the tables on the Data set and Model performance pages, in the order shown."""

from typing import Any

import pandas as pd
import streamlit as st

BRACKETS: dict[str, Any] = {
    "bracket": st.column_config.TextColumn("Age (years)", pinned=True),
    "photos": st.column_config.NumberColumn("Photos", format="localized"),
    "share": st.column_config.ProgressColumn("Share", format="percent", min_value=0, max_value=1, width="small"),
    "per_year": st.column_config.NumberColumn("Per year", format="%.0f", help="Photos per year of age"),
    "female": st.column_config.NumberColumn("Female", format="percent"),
    "train": st.column_config.NumberColumn("Train", format="localized"),
    "validation": st.column_config.NumberColumn("Validation", format="localized"),
    "test": st.column_config.NumberColumn("Test", format="localized"),
}
STUDY: dict[str, Any] = {
    "name": st.column_config.TextColumn("Experiment", pinned=True),
    "validation_age_mae": st.column_config.NumberColumn("Age error (years)", format="%.2f"),
    "validation_gender_accuracy": st.column_config.NumberColumn("Gender accuracy", format="percent"),
    "epochs": "Epochs",
    "image_size": "Pixels",
    "parameters": st.column_config.NumberColumn("Parameters", format="compact"),
    "seconds_per_epoch": st.column_config.NumberColumn("Seconds per epoch", format="%.0f"),
    "milliseconds_per_face": st.column_config.NumberColumn("ms/face", format="%.1f"),
    "change": "Change",
}
ERRORS: dict[str, Any] = {
    "age": st.column_config.NumberColumn("Labelled age", format="%d"),
    "predicted_age": st.column_config.NumberColumn("Predicted age", format="%.0f"),
    "error": st.column_config.NumberColumn("Error (years)", format="%+.0f"),
    "gender": "Labelled gender",
    "predicted_gender": "Predicted gender",
    "probability": st.column_config.NumberColumn("Gender probability", format="percent"),
    "ethnicity": "Ethnicity",
    "reason": st.column_config.TextColumn("Likely reason", width="large"),
    "photo": st.column_config.TextColumn("Photo", help="The first 16 hex digits of the file's SHA-256 hash"),
}
COMPARISON: dict[str, Any] = {
    "system": st.column_config.TextColumn("System", pinned=True),
    "age_mae": st.column_config.NumberColumn("Age error (years)", format="%.2f"),
    "gender_accuracy": st.column_config.NumberColumn("Gender accuracy", format="percent"),
    "photos": "Tested on",
    "protocol": "Protocol",
    "source": "Source",
    "link": st.column_config.LinkColumn("Link"),
}


def show_table(table: pd.DataFrame, columns: dict[str, Any], alt: str, **options: Any) -> None:
    """Draws a table with these columns, in their order; `options` are more of `st.dataframe`."""
    st.dataframe(
        table, hide_index=True, column_order=columns, column_config=columns, placeholder="–", alt=alt, **options
    )
