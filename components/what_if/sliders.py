"""One slider for each way in which a photo can be bad. Their positions are in the address."""

import streamlit as st

from components import address
from components.filters import capitalized
from model.inspection.perturbations import PERTURBATIONS, Perturbation

MOVED = "moved"


def show_sliders() -> dict[str, float]:
    """Draws the sliders and returns the strength of each change."""
    strengths: dict[str, float] = {}
    for name, change in PERTURBATIONS.items():
        number = int if float(change.step).is_integer() else float
        address.seed(name, lambda text, change=change: _read(text, change), number(change.neutral))  # type: ignore[misc]
        strengths[name] = st.slider(
            f"{change.label} ({change.unit.strip()})" if change.unit else change.label,
            number(change.low),
            number(change.high),
            step=number(change.step),
            help=capitalized(change.description) + ".",
            key=name,
            on_change=_note_moved,
            args=(name,),
        )
        address.write(name, strengths[name], number(change.neutral))
    st.button("Reset", icon=":material/restart_alt:", on_click=_reset)
    return strengths


def moved_last(strengths: dict[str, float]) -> str | None:
    """The slider that moved last, or one that a shared link has moved; None if all are where they change nothing."""
    shifted = [name for name, strength in strengths.items() if strength != PERTURBATIONS[name].neutral]
    moved: str | None = st.session_state.get(MOVED)
    return moved or next(iter(shifted), None)


def _read(text: str, change: Perturbation) -> float:
    value = float(text)
    if not change.low <= value <= change.high:
        raise ValueError(text)
    return int(value) if float(change.step).is_integer() else value


def _note_moved(name: str) -> None:
    st.session_state[MOVED] = name


def _reset() -> None:
    """Returns every slider to where it changes nothing."""
    for name, change in PERTURBATIONS.items():
        st.session_state[name] = int(change.neutral) if float(change.step).is_integer() else change.neutral
    st.session_state.pop(MOVED, None)
