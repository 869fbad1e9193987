"""The results of `python -m benchmarks`, as one table for each group."""

from itertools import groupby

import pandas as pd
import streamlit as st

from components.published import ResultError, explain, read_report
from reports.benchmarks import Row, rows_in

COMMAND = "python -m benchmarks --output model/results/benchmarks.json"
NO_BREAK = "\N{NO-BREAK SPACE}"


def show_benchmarks() -> None:
    """Draws every result beside its target and names the machine; without results, says how to measure them."""
    try:
        report = read_report("benchmarks.json", "machine", "rows")
    except ResultError as error:
        explain(error, COMMAND)
        return
    machine, rows = report["machine"], rows_in(report)
    st.write(f"Measured with `{COMMAND}` on {machine['cores']} cores ({machine['processor']}).")
    for group, measured in groupby(rows, lambda row: row.group):
        _show_group(group, list(measured))


def _show_group(group: str, rows: list[Row]) -> None:
    table = pd.DataFrame(
        {
            "Measurement": [row.name for row in rows],
            "Value": [_with_unit(row) for row in rows],
            "Target": [f"{row.target} {row.unit}" if row.target else "" for row in rows],
            "Met": [{True: "Yes", False: "No", None: ""}[row.met] for row in rows],
        }
    )
    table = table.replace({"Value": " ", "Target": " "}, NO_BREAK, regex=True)  # a number stays beside its unit
    with st.expander(group):
        st.table(table, border="horizontal", hide_index=True, alt=f"{group}: each measurement and its target")


def _with_unit(row: Row) -> str:
    return f"{row.value:.3g} {row.unit}" if row.value < 100 else f"{row.value:.0f} {row.unit}"
