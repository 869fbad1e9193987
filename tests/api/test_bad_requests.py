"""Pictures and forms that cannot be read, and files that are changed at random."""

import struct
import zlib
from typing import Any

import pytest
from helpers.fake_api import client_of, encode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.settings import Settings

STATUS = {"unreadable": 400, "too_large": 413, "not_an_image": 415, "wrong_form": 422}


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and contains next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


BAD_PICTURES = {
    "empty": (b"", "unreadable"),
    "text": (b"hello, world " * 50, "not_an_image"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
    "pdf": (b"%PDF-1.7\n%", "not_an_image"),
    "zip": (b"PK\x03\x04" + bytes(200), "not_an_image"),
    "zeros": (bytes(5000), "not_an_image"),
    "magic alone": (b"\xff\xd8\xff", "unreadable"),
    "one pixel too many": (encode(71, 71), "too_large"),
    "bomb": (png_header(30_000, 30_000), "too_large"),
    "promises more than it holds": (png_header(60, 60), "unreadable"),
    **{
        f"{kind} cut at {tenth} tenths": (encode(60, 60, kind)[: len(encode(60, 60, kind)) * tenth // 10], "unreadable")
        for kind in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
        for tenth in range(1, 10, 2)
    },
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_bad_picture_gets_its_code_and_a_sentence(name: str) -> None:
    data, code = BAD_PICTURES[name]
    with client_of(Settings(max_pixels=5000)) as client:
        for request in ({"files": {"image": ("photo.jpg", data)}}, {"content": data}):
            response = client.post("/api/predict", **request)
            assert (response.status_code, response.json()["error"]["code"]) == (STATUS[code], code)
            assert response.json()["error"]["message"].endswith(".")


def form(*parts: str, boundary: str = "b") -> dict[str, Any]:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    return {"content": body.encode(), "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}"}}


FILE = 'Content-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\nbytes'
WRONG_FORMS = {
    "no part": form(),
    "another name": form(FILE.replace('"image"', '"photo"')),
    "two files": form(FILE, FILE),
    "text in place of a file": form('Content-Disposition: form-data; name="image"\r\n\r\ntext'),
    "file and text": form(FILE, 'Content-Disposition: form-data; name="image"\r\n\r\ntext'),
    "no name": form("Content-Disposition: form-data\r\n\r\nbytes"),
    "no disposition": form("X: y\r\n\r\nbytes"),
    "many fields": form(FILE, *(f'Content-Disposition: form-data; name="f{i}"\r\n\r\nx' for i in range(20))),
    "endless header": form(f"X: {'y' * 100_000}\r\n\r\nbytes"),
    "truncated": {**form(FILE), "content": form(FILE)["content"][:60]},
    "no boundary": {"content": b"bytes", "headers": {"Content-Type": "multipart/form-data"}},
    "wrong boundary": {"content": b"bytes", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
    "charset that is none": {
        **form(FILE),
        "headers": {"Content-Type": "multipart/form-data; boundary=b; charset=undefined"},
    },
    "empty": {"content": b"", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
}


@pytest.mark.parametrize("name", WRONG_FORMS)
def test_malformed_form_is_told_what_is_needed(client: TestClient, name: str) -> None:
    response = client.post("/api/predict", **WRONG_FORMS[name])
    assert (response.status_code, response.json()["error"]["code"]) == (422, "wrong_form")
    assert "`image`" in response.json()["error"]["message"]


def test_further_fields_are_ignored(client: TestClient) -> None:
    response = client.post("/api/predict", files={"image": ("a.png", encode())}, data={"comment": "hello"})
    assert response.status_code == 200


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF"]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=6),
    end=st.floats(0, 1),
)
def test_mutated_files_get_an_answer_or_a_documented_error(
    client: TestClient, kind: str, changes: list[tuple[float, bytes]], end: float
) -> None:
    data = bytearray(encode(40, 30, kind))
    for place, content in changes:
        start = int(place * len(data))
        data[start : start + len(content)] = content
    response = client.post("/api/predict", content=bytes(data[: int(end * len(data))]))
    assert response.status_code in (200, 400, 413, 415, 422)
    assert ("error" in response.json()) == (response.status_code != 200)
