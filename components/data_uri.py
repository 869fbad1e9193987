"""Pictures as part of the page: Streamlit deletes a picture's file when the page changes, even one not yet loaded."""

import base64


def data_uri(file: bytes, kind: str = "jpeg") -> str:
    """The contents of a picture file, a JPEG or PNG, as a data URI."""
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"
