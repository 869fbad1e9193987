"""Access control: the optional API key."""

import hmac

from starlette.requests import Request

from api.errors import ApiError

KEY_HEADER = "X-API-Key"


def check_key(request: Request, api_key: str | None) -> None:
    """Returns if no key is required, or if the request carries it as `X-API-Key` or as a bearer token.

    Raises:
        ApiError: if the key is missing or wrong.
    """
    if api_key is None:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    sent = request.headers.get(KEY_HEADER) or (token.strip() if scheme.lower() == "bearer" else "")
    # In constant time, so that response times do not give the key away letter by letter.
    if not hmac.compare_digest(sent.encode("latin-1"), api_key.encode()):
        message = f"Send the API key in the header {KEY_HEADER}, or as a bearer token in Authorization."
        raise ApiError("unauthorized", message, {"WWW-Authenticate": "Bearer"})
