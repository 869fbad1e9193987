"""The switch to the stage: the page without menus and in large type, for a room that watches a projector.

It is a part of the address, `?stage=1`, and nothing else, so that a link opens the stage and the visit stays
the same.
"""

import streamlit as st

KEY = "stage"


def is_on() -> bool:
    """Whether the page is on stage."""
    return st.query_params.get(KEY) == "1"


def show_button() -> None:
    """Draws the button that puts the page on stage."""
    st.button(
        "Present",
        icon=":material/slideshow:",
        key="present",
        on_click=enter,
        help="Fills the window with type that can be read from the back row. Press F11 for the full screen. If others "
        "can reach the app, a QR code takes them there.",
    )


def enter() -> None:
    """Puts the page on stage."""
    st.query_params[KEY] = "1"


def leave() -> None:
    """Takes the page off the stage."""
    st.query_params.pop(KEY, None)
