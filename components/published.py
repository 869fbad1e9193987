"""The result files that the pages show, read once for all visitors."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from components.developers import for_developers
from model.errors import UserError

RESULTS = Path(__file__).resolve().parent.parent / "model" / "results"


class ResultError(UserError):
    """A result file is missing or damaged; the message is one sentence for the visitor."""


@st.cache_data(max_entries=8)
def read_table(name: str, *columns: str) -> pd.DataFrame:
    """Reads a `.parquet` or `.csv` table from the results folder.

    Args:
        name: of the file.
        columns: that it must have; needed for CSV files, which can be read even if they are damaged.

    Raises:
        ResultError: if the file is missing or damaged.
    """
    path = RESULTS / name
    try:
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except FileNotFoundError:
        raise _missing(name) from None
    except (ValueError, OSError) as error:
        raise _damaged(name) from error
    if not set(columns) <= set(table):
        raise _damaged(name)
    return table


@st.cache_data(max_entries=8)
def read_report(name: str, *keys: str) -> dict[str, Any]:
    """Reads a `.json` file from the results folder.

    Args:
        name: of the file.
        keys: that it must have.

    Raises:
        ResultError: if the file is missing or damaged.
    """
    try:
        report = json.loads((RESULTS / name).read_text())
    except FileNotFoundError:
        raise _missing(name) from None
    except (ValueError, OSError) as error:
        raise _damaged(name) from error
    if not isinstance(report, dict) or not set(keys) <= set(report):
        raise _damaged(name)
    return report


def explain(error: ResultError, command: str) -> None:
    """Says that a part of the page is missing, and to developers which command creates its file."""
    st.warning(f"This part is not available: {error}", icon=":material/draft:")
    for_developers(f"Create the file with `{command}`.")


def _missing(name: str) -> ResultError:
    return ResultError(f"`{name}` does not exist yet.")


def _damaged(name: str) -> ResultError:
    return ResultError(f"`{name}` is damaged.")
