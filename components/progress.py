"""How far the analysis of several photos is, with a way to stop it."""

import time
from collections.abc import Callable

import streamlit as st

from components.file_names import as_code
from components.wording import duration


class PhotoProgress:
    """A bar and a button, drawn where this is created.

    Args:
        waiting: number of photos to analyse.
        cancel: called by the button.
        before: number of photos that are analysed already.
    """

    def __init__(self, waiting: int, cancel: Callable[[], None], before: int = 0) -> None:
        self._waiting, self._before, self._done, self._started = waiting, before, 0, time.monotonic()
        with st.container(horizontal=True, vertical_alignment="center"):
            self._bar = st.progress(0.0)
            st.button("Cancel", icon=":material/close:", on_click=cancel, help="Keeps what is done and skips the rest.")

    def next(self, name: str) -> None:
        """Says which photo is analysed now, and how long it and the rest will take."""
        left = (time.monotonic() - self._started) / self._done * (self._waiting - self._done) if self._done else 0
        text = f"Analysing {as_code(name)} ({self._before + self._done + 1} of {self._before + self._waiting})"
        self._bar.progress(self._done / self._waiting, text=text + (f", about {duration(left)} left" if left else "…"))
        self._done += 1
