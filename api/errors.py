"""Errors of the API, all in one format: {"error": {"code", "message"}}."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

ERRORS = {
    "unreadable": (400, "The picture is empty, damaged or incomplete."),
    "unauthorized": (401, "The API key is missing or wrong."),
    "not_found": (404, "There is nothing at this address."),
    "method_not_allowed": (405, "The address does not accept this method; `Allow` lists those it accepts."),
    "timeout": (408, "The request body took too long to arrive."),
    "too_large": (413, "The request has too many bytes, or the picture too many pixels."),
    "not_an_image": (415, "The content is not a picture of a known format."),
    "wrong_form": (
        422,
        "The form does not have exactly one file in its field `image`, or the JSON has no text in that field.",
    ),
    "wrong_parameter": (422, "A parameter of the address has a value that it does not take."),
    "internal": (500, "The server failed."),
    "busy": (503, "The queue is full; `Retry-After` says when to try again."),
    "loading": (503, "The model is being loaded; `Retry-After` says when to try again."),
    "unavailable": (503, "The model cannot be loaded."),
}
"""Code to HTTP status and meaning."""


class ApiError(HTTPException):
    """What a client gets instead of an answer.

    Args:
        code: a key of `ERRORS`.
        message: one sentence for the person who sent the request.
        headers: of the response.
    """

    def __init__(self, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(ERRORS[code][0], message, headers)
        self.code = code


def answer_error(request: Request, error: Exception) -> Response:
    """The response to an `ApiError`, or to an address or method that the router does not know."""
    if isinstance(error, ApiError):
        return _response(error)
    if isinstance(error, HTTPException) and error.status_code == 405:
        methods = (error.headers or {})["Allow"].split(", ")
        allow = ", ".join(sorted({*methods, "OPTIONS"}))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": allow})
        return _response(ApiError("method_not_allowed", f"This address accepts {allow}.", {"Allow": allow}))
    return _response(ApiError("not_found", f"There is nothing here. See {request.scope['root_path']}/docs."))


def answer_failure(_request: Request, _error: Exception) -> Response:
    """The response to a bug; the details go to the log, not to the client."""
    return _response(ApiError("internal", "The server failed to answer this request. Its log says why."))


def _response(error: ApiError) -> Response:
    body = {"error": {"code": error.code, "message": error.detail}}
    return JSONResponse(body, error.status_code, error.headers)
