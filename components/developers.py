"""What only developers need: the commands that create what a page shows, folded away from visitors."""

import streamlit as st


def for_developers(text: str) -> None:
    """Draws a closed box with a text in Markdown."""
    with st.expander("For developers", icon=":material/code:"):
        st.markdown(text)
