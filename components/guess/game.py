"""The game on the page: a switch, the guesses, the reveal, and the score of this visit."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from components.guess.rounds import MODEL, Round, total
from components.wording import count
from model.face import Face
from model.labels import MAX_AGE

SWITCH, PLAYERS, ROUNDS = "guess_first", "players", "guess_rounds"


def show_switch() -> None:
    """Draws the switch that hides answers until everybody has guessed."""
    st.toggle(
        "Guess first",
        key=SWITCH,
        persist_state="session",
        help="Guess the age, alone or with others, before the answer of the model is shown. For one photo at a time.",
    )


def is_on() -> bool:
    """Whether people guess first."""
    return bool(st.session_state.get(SWITCH))


def is_hidden(photo: str) -> bool:
    """Whether the answer for a photo, by its `Photo.id`, waits for a guess."""
    return is_on() and not has_guesses(photo)


def has_guesses(photo: str) -> bool:
    """Whether people have guessed the age in a photo, by its `Photo.id`."""
    return photo in _rounds()


def ask(photo: str, face: Face, show_picture: Callable[[], None], truth: float | None) -> None:
    """Draws the picture, without its answer, and beside it the form for the guesses.

    Args:
        photo: its `Photo.id`.
        face: whose age to guess.
        show_picture: draws it.
        truth: the true age, years, if it is documented.
    """
    picture, form = st.columns([3, 2], gap="medium")
    with picture.container(key="picture"):
        show_picture()
    with form:
        show_form(photo, face, truth)


def show_form(photo: str, face: Face, truth: float | None) -> None:
    """Draws the form for the guesses, as `ask` does."""
    names = _show_players()
    with st.form("guesses"):
        st.header("How old is this person?")
        with st.container(horizontal=True):
            guesses = {
                name: st.number_input(
                    name, 0, MAX_AGE, None, key=f"guess-{photo}-{name}", placeholder="Years", width=200
                )
                for name in names
            }
        revealed = st.form_submit_button("Reveal", icon=":material/visibility:", type="primary")
    if revealed:
        given = {name: float(age) for name, age in guesses.items() if age is not None}
        if given:
            _rounds()[photo] = Round(given, face.age, truth)
            st.rerun()
        st.warning("Enter a guess first.", icon=":material/edit:")


def show_reveal(photo: str) -> None:
    """Draws how close the guesses for a photo are, and the score so far; nothing if nobody has guessed."""
    if (one := _rounds().get(photo)) is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="reveal"):
        truth = st.number_input(
            "True age, if you know it",
            0,
            MAX_AGE,
            None if one.truth is None else round(one.truth),
            key=f"truth-{photo}",
            placeholder="Years",
            width=200,
        )
        one = _rounds()[photo] = replace(one, truth=truth)
        st.markdown(describe(one), width="stretch")
        if scores := total(_rounds().values()):
            played = count(sum(known.truth is not None for known in _rounds().values()), "round")
            lines = [f"{name} **{score.won}**, {score.mean_error:.1f} years off" for name, score in scores.items()]
            st.markdown(f"Rounds won after {played}:  \n" + "  \n".join(lines), width="content")


def describe(one: Round) -> str:
    """What everybody said, and who was closest: to the true age if it is known, or else to the model."""
    said = " · ".join(f"{name}: **{age:.0f}**" for name, age in {**one.guesses, MODEL: one.model}.items())
    if one.truth is not None:
        winners = one.winners()
        return f"{said} · true age: **{one.truth:.0f}**  \nClosest: **{' and '.join(winners)}**"
    gaps = {name: abs(age - one.model) for name, age in one.guesses.items()}
    nearest = min(gaps, key=lambda name: gaps[name])
    years = round(gaps[nearest])
    apart = f"are {count(years, 'year')} apart" if years else "agree"
    return f"{said}  \n{nearest} and the model {apart}."


def _show_players() -> list[str]:
    with st.popover("Players", icon=":material/group:"):
        text = st.text_area(
            "One name in each line", "You", key=PLAYERS, persist_state="session", placeholder="You", max_chars=500
        )
    names = [" ".join(line.split()).replace("*", "").replace("[", "") for line in text.splitlines()]
    return list(dict.fromkeys(name for name in names if name and name != MODEL)) or ["You"]


def _rounds() -> dict[str, Round]:
    rounds: dict[str, Round] = st.session_state.setdefault(ROUNDS, {})
    return rounds
