"""What to do when the camera stays dark."""

import streamlit as st


def explain_camera() -> None:
    """Says how a camera is allowed that was refused, and what else keeps it from a page."""
    with st.expander("The camera stays dark?", icon=":material/no_photography:"):
        st.markdown(
            "- **Refused once, your browser does not ask again.** Allow the camera at the sign to the left of the "
            "address, then reload the page.\n"
            "- **Another program may hold it**, such as a video call. Close that.\n"
            "- **Browsers give the camera to safe pages only**: the address must begin with `https://` or "
            "`http://localhost`.\n"
            "- Without a camera, upload a picture on the first page."
        )
