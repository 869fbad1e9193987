"""Cards that show one number each, side by side."""

from collections.abc import Mapping

import streamlit as st

CARD_WIDTH = 170  # pixels: two fit side by side on a phone


def show_explained(figures: Mapping[str, tuple[str, str]]) -> None:
    """Draws a card for each label, with its value and an explanation that opens."""
    with st.container(horizontal=True):
        for label, (value, explanation) in figures.items():
            st.metric(label, value, help=explanation, border=True, width=CARD_WIDTH)


def show_cards(cards: Mapping[str, tuple[str, str]]) -> None:
    """Draws a card for each label, with its value and a caption below it."""
    with st.container(horizontal=True):
        for label, (value, caption) in cards.items():
            with st.container(border=True, width=CARD_WIDTH, height="stretch"):
                st.metric(label, value)
                st.caption(caption)
