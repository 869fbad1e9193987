"""The way to the page that runs in the browser alone, if its address is known."""

import os

import streamlit as st

VARIABLE = "PRIVATE_MODE_URL"


def private_mode_address() -> str | None:
    """The address in the environment variable `PRIVATE_MODE_URL`; None unless it is one of the web."""
    address = os.environ.get(VARIABLE, "").strip()
    return address if address.startswith(("https://", "http://localhost")) else None


def link_to_private_mode() -> None:
    """Draws the link; nothing if the address is not known."""
    if address := private_mode_address():
        st.link_button("Private mode: nothing leaves this device", address, icon=":material/lock:")
