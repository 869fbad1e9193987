"""What `python -m benchmarks` measured, as a table."""

import pandas as pd
import streamlit as st

from benchmarks.rows import Row, rows_in
from components.published import ResultError, explain, read_report

COMMAND = "python -m benchmarks --output model/results/benchmarks.json"


def show_benchmarks() -> None:
    """Draws every row beside its target, and the machine they were measured on, or says how to measure them."""
    try:
        report = read_report("benchmarks.json", "machine", "rows")
    except ResultError as error:
        explain(error, COMMAND)
        return
    machine, rows = report["machine"], rows_in(report)
    st.write(f"Measured with `{COMMAND}` on {machine['cores']} cores ({machine['processor']}).")
    table = pd.DataFrame(
        {
            "What": [row.group for row in rows],
            "Measure": [row.name for row in rows],
            "Value": [_with_unit(row) for row in rows],
            "Target": [f"{row.target} {row.unit}" if row.target else "" for row in rows],
            "Met": [{True: "Yes", False: "No", None: ""}[row.met] for row in rows],
        }
    )
    st.dataframe(table, hide_index=True, alt="Every benchmark with its value, its target and whether it was met")


def _with_unit(row: Row) -> str:
    return f"{row.value:.3g} {row.unit}" if row.value < 100 else f"{row.value:.0f} {row.unit}"
