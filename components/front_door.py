"""Keeps every page behind `streamlit_app.py`, also the page a visitor opens first by its own address."""

from pathlib import Path

import streamlit as st

KEY = "through_front_door"
APP = Path(__file__).resolve().parent.parent


def enter() -> None:
    """Notes that `streamlit_app.py` has run in this session."""
    st.session_state[KEY] = True


def require() -> None:
    """Sends the visitor through `streamlit_app.py` if the page was run without it.

    Streamlit 1.67 takes a folder named `pages` for its older kind of navigation until the first call of
    `st.navigation` in the process. So after a start of the server, a page opened by its address would come without
    title, layout and menu, and go on doing so until somebody opened the front page.
    """
    if KEY not in st.session_state:
        enter()  # so that a page tested by itself reruns once and not for ever
        # The default page has no address of its own, so none of the pages may be it.
        front = st.Page(APP / "streamlit_app.py", default=True)
        st.navigation([front, *(st.Page(page) for page in APP.glob("pages/*.py"))], position="hidden")
        st.rerun()
