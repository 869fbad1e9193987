"""Keeps what a visitor has set in the page's address, so that the view can be shared as a link."""

from collections.abc import Callable
from typing import Any

import streamlit as st


def seed(key: str, read: Callable[[str], Any], default: Any) -> None:
    """Gives a widget its first value: the one in the address if it can be read, or else the default.

    Args:
        key: of the widget and its name in the address.
        read: turns the text in the address into a value; raises ValueError if it cannot.
        default: the value without one in the address.
    """
    if key not in st.session_state:
        try:
            st.session_state[key] = read(st.query_params[key])
        except (KeyError, ValueError):
            st.session_state[key] = default


def write(key: str, value: object, default: object) -> None:
    """Puts a value into the address, or takes it out if it is the default."""
    if value != default:
        if st.query_params.get(key) != str(value):
            st.query_params[key] = str(value)
    elif key in st.query_params:
        del st.query_params[key]


def one_of(*options: str) -> Callable[[str], str]:
    """A reader for `seed` that accepts these texts alone."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return read
