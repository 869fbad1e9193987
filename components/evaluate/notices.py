"""What did not fit together, one sentence for each kind."""

import streamlit as st

from components.file_names import as_code
from components.wording import count
from reports.own_people.analysis import Evaluation
from reports.own_people.matching import Matched

SHOWN = 5  # names


def show_notices(matched: Matched, evaluation: Evaluation) -> None:
    """Says which photos and labels do not count, and which face does."""
    lines = notices(matched, evaluation)
    if lines:
        st.warning("  \n".join(lines), icon=":material/rule:")


def notices(matched: Matched, evaluation: Evaluation) -> list[str]:
    """Sentences in Markdown."""
    lines = []
    if matched.unlabelled:
        lines.append(f"Without a true age, not counted: {_names(matched.unlabelled, 'photo')}.")
    if matched.missing:
        lines.append(f"In the table, but not among the photos: {_names(matched.missing, 'file')}.")
    if evaluation.several:
        lines.append(f"Several faces, of which the largest counts: {_names(evaluation.several, 'photo')}.")
    by_reason: dict[str, list[str]] = {}
    for file, reason in evaluation.failures.items():
        by_reason.setdefault(reason, []).append(file)
    lines += [f"{reason} Not counted: {_names(files, 'photo')}." for reason, files in by_reason.items()]
    return lines


def _names(files: list[str] | tuple[str, ...], noun: str) -> str:
    """ "3 photos (`a.jpg`, `b.jpg`, `c.jpg`)", with no more names than a person reads."""
    names = ", ".join(map(as_code, files[:SHOWN])) + (f" and {len(files) - SHOWN:,} more" if len(files) > SHOWN else "")
    return f"{count(len(files), noun)} ({names})"
