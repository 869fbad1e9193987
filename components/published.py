"""The result files that the pages draw, read once for all visitors."""

import json
from pathlib import Path

import pandas as pd
import streamlit as st

RESULTS = Path(__file__).resolve().parent.parent / "model" / "results"


@st.cache_data(max_entries=8)
def read_table(name: str) -> pd.DataFrame:
    """A `.parquet` or `.csv` table of the results folder.

    Raises:
        FileNotFoundError: if it has not been made.
    """
    path = RESULTS / name
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)


@st.cache_data(max_entries=8)
def read_report(name: str) -> dict:
    """A `.json` file of the results folder.

    Raises:
        FileNotFoundError: if it has not been made.
    """
    return json.loads((RESULTS / name).read_text())


def explain_missing(error: FileNotFoundError, command: str) -> None:
    """Says which command makes the missing file, and ends the page."""
    st.warning(
        f"`{Path(error.filename).name}` has not been made yet. Make it with `{command}`.", icon=":material/draft:"
    )
    st.stop()
