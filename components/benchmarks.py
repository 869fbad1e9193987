"""What `python -m benchmarks` measured, as a table."""

import pandas as pd
import streamlit as st

from components.published import ResultError, explain, read_report

COMMAND = "python -m benchmarks --output model/results/benchmarks.json"


def show_benchmarks() -> None:
    """Draws every row beside its target, and the machine they were measured on, or says how to measure them."""
    try:
        report = read_report("benchmarks.json")
    except ResultError as error:
        explain(error, COMMAND)
        return
    machine, rows = report["machine"], pd.DataFrame(report["rows"])
    st.write(f"Measured with `{COMMAND}` on {machine['cores']} cores ({machine['processor']}).")
    table = pd.DataFrame(
        {
            "What": rows["group"],
            "Measure": rows["name"],
            "Value": [_with_unit(value, unit) for value, unit in zip(rows["value"], rows["unit"], strict=True)],
            "Target": [_target(row) for row in report["rows"]],
            "Met": rows["met"].map({True: "Yes", False: "No"}).fillna(""),
        }
    )
    st.dataframe(table, hide_index=True, alt="Every benchmark with its value, its target and whether it was met")


def _with_unit(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"


def _target(row: dict) -> str:
    if row["at_least"] is not None:
        return f"at least {row['at_least']:g} {row['unit']}"
    return "" if row["at_most"] is None else f"at most {row['at_most']:g} {row['unit']}"
