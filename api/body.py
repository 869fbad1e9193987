"""Reads the picture out of a request, within limits and in memory."""

from collections.abc import AsyncGenerator

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from api.arrivals import Arrival, Arrivals
from api.errors import ApiError
from api.json_body import is_json, read_json_picture, refuse_text
from api.settings import FIELD, Settings

MAX_OTHER_FIELDS = 10


class InMemoryParser(MultiPartParser):
    """Starlette's parser without its files on disk for uploads above 1 MB; the limit on the body bounds the memory."""

    spool_max_size = 0  # no limit, in terms of SpooledTemporaryFile


async def read_picture(request: Request, settings: Settings, arrivals: Arrivals) -> bytes:
    """The picture that a request carries: the file in the form field `image`, the raw body, or a text in JSON.

    The declared type of a raw body is neither trusted nor needed: decoding shows whether it is a picture.

    Raises:
        ApiError: if the body is too large, too slow or incomplete, or the form is malformed.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    address = request.client.host if request.client else ""
    try:
        with arrivals.body(address, settings.body_seconds) as arrival:
            chunks = _within_limit(request, settings.max_bytes, arrivals, arrival)
            if media_type == "multipart/form-data":
                return await _from_form(request, chunks)
            body = b"".join([chunk async for chunk in chunks])
    except TimeoutError:
        message = f"The request body took too long to arrive. It has {settings.body_seconds:g} seconds at most."
        raise ApiError("timeout", message) from None
    except ClientDisconnect:
        raise ApiError("unreadable", "The connection was closed before the whole request had arrived.") from None
    if is_json(body, media_type):
        return await to_thread.run_sync(read_json_picture, body)
    refuse_text(body)
    return body


async def _within_limit(
    request: Request, max_bytes: int, arrivals: Arrivals, arrival: Arrival
) -> AsyncGenerator[bytes, None]:
    """The body in chunks, stopped at the limit whatever length was declared."""
    too_large = ApiError("too_large", f"The request is too large. The limit is {max_bytes / 2**20:g} MB.")
    declared = "" if "transfer-encoding" in request.headers else request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise too_large
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > max_bytes:
            raise too_large
        arrivals.add(arrival, len(chunk))
        yield chunk


async def _from_form(request: Request, body: AsyncGenerator[bytes, None]) -> bytes:
    try:
        parser = InMemoryParser(request.headers, body, max_files=1, max_fields=MAX_OTHER_FIELDS)
        form = await parser.parse()
    except (MultiPartException, ValueError):  # ValueError: an unknown `charset`
        message = f"The form cannot be read. Send one file in the field `{FIELD}`, as multipart/form-data."
        raise ApiError("wrong_form", message) from None
    images = form.getlist(FIELD)
    if len(images) != 1 or not isinstance(images[0], UploadFile):
        raise ApiError("wrong_form", f"The form must have exactly one file, with a file name, in the field `{FIELD}`.")
    return await images[0].read()
