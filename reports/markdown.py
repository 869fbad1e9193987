"""How figures look in the documents."""

from collections.abc import Iterable

from reports.metrics import METRICS


def is_share(metric: str) -> bool:
    """Whether a metric of a report is a share or the difference of two, which are written in percent."""
    return METRICS[metric].share or metric == "gender_calibration_gap"


def number(value: float, percent: bool) -> str:
    """Two decimals, or a share as a percentage with one."""
    return f"{value:.1%}" if percent else f"{value:.2f}"


def markdown(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    header = tuple(header)
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
