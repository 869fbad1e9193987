"""Pictures sent as JSON, in base64 or as a data URL, as clients of other services send them."""

import base64
import json
import re

from api.errors import ApiError
from api.settings import FIELD

HOW = f'Send {{"{FIELD}": "…"}} with the picture in base64 or as a data URL.'

MAX_PARTS = 100
"""Commas and brackets that a body may have, base64 having none: JSON of a few bytes each takes hundreds in memory."""

_beginning = re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"')
_other_text = re.compile(rb'(\xef\xbb\xbf)?\s*(["[]|data:|image=|[A-Za-z0-9+/_-]{40})', re.IGNORECASE)


def is_json(body: bytes, media_type: str) -> bool:
    """Whether the body is JSON by its declared type or its beginning, which is that of no picture."""
    return media_type == "application/json" or bool(_beginning.match(body))


def refuse_text(body: bytes) -> None:
    """Tells clients that send base64 without JSON around it, as no picture begins, how to send it.

    Raises:
        ApiError: if the body begins like that.
    """
    if _other_text.match(body):
        raise ApiError("wrong_form", f"The body is text, not a picture. {HOW} Or send the file itself.")


def read_json_picture(body: bytes) -> bytes:
    """The picture in a JSON body.

    Raises:
        ApiError: if the body is not as `HOW` says.
    """
    if sum(body.count(sign) for sign in (b",", b"[", b"{")) > MAX_PARTS:
        raise ApiError("wrong_form", f"The JSON has too many parts. {HOW}")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError("wrong_form", f"The JSON cannot be read. {HOW}") from None
    text = value.get(FIELD) if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise ApiError("wrong_form", f"The JSON has no text in the field `{FIELD}`. {HOW}")
    text = text.strip()
    if text[:5].lower() == "data:":
        header, _, text = text.partition(",")
        if not header.lower().endswith(";base64"):
            raise ApiError("wrong_form", f"The data URL in the field `{FIELD}` must be in base64. {HOW}")
    try:
        return _decode(text)
    except ValueError:
        raise ApiError("wrong_form", f"The text in the field `{FIELD}` is not base64. {HOW}") from None


def _decode(text: str) -> bytes:
    """The bytes, whichever alphabet and line length the client's base64 has, and with or without padding."""
    letters = "".join(text.split()).rstrip("=").translate(str.maketrans("-_", "+/"))
    return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
