"""What to do if the camera does not work."""

import streamlit as st


def explain_camera() -> None:
    """Explains how to allow a camera after refusing it, and what else can block it."""
    with st.expander("Camera not working?", icon=":material/no_photography:"):
        st.markdown(
            "- **Your browser does not ask again after you refuse once.** Click the icon to the left of the address, "
            "allow the camera, and reload the page.\n"
            "- **Another program may be using it**, such as a video call. Close that program.\n"
            "- **Browsers allow the camera on secure (HTTPS) pages only.** The address must begin with `https://` or "
            "`http://localhost`.\n"
            "- **No camera?** Upload a picture on the *Photo* page instead."
        )
