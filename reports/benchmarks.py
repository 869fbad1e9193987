"""The rows of the benchmark: what was measured, what it should be, and whether it is."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from model.writing import atomic_write_text

Kind = Literal["time", "ratio", "memory", "faces"]
"""What a row says; absolute times mean something on a quiet machine only."""

PACKAGES = ("onnxruntime", "opencv-python-headless", "tensorflow", "mtcnn", "streamlit")


@dataclass(frozen=True)
class Row:
    """One measurement beside its target; a row without target is for information."""

    group: str
    name: str
    kind: Kind
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def target(self) -> str:
        """The bound in words of one sign, such as "≤ 6"; empty if there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}"

    @property
    def met(self) -> bool | None:
        """Whether the target was reached; None if there is none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Writes the rows as JSON, with the machine they were measured on."""
    content = {
        "machine": describe_machine() | {name: version(name) for name in PACKAGES},
        "rows": [asdict(row) | {"met": row.met} for row in rows],
    }
    atomic_write_text(path, json.dumps(content, indent=1) + "\n")


def rows_in(content: dict[str, Any]) -> list[Row]:
    """The rows in the content of a file that `write_rows` wrote."""
    fields = Row.__dataclass_fields__
    return [Row(**{name: value for name, value in row.items() if name in fields}) for row in content["rows"]]


def describe_machine() -> dict[str, str | int]:
    """What results were measured on."""
    return {"cores": len(os.sched_getaffinity(0)), "processor": _processor(), "python": platform.python_version()}


def as_text(rows: Iterable[Row]) -> str:
    """The rows as a table for people, grouped."""
    lines, group = [], ""
    for row in rows:
        if row.group != group:
            group = row.group
            lines += ["", group]
        verdict = {None: "", True: "met", False: "MISSED"}[row.met]
        lines.append(f"  {row.name:<58}{_number(row.value):>9} {row.unit:<7}{row.target:>8}  {verdict}".rstrip())
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
