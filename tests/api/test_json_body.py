"""Pictures in JSON, as clients of other services send them."""

import base64
import json
import resource
import time
from collections.abc import Iterator

import pytest
from helpers.fake_api import client_of, encode
from starlette.testclient import TestClient

PHOTO = encode(64, 48)
BASE64 = base64.b64encode(PHOTO).decode()


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_of() as client:
        yield client


@pytest.mark.parametrize(
    "text",
    [
        BASE64,
        f"data:image/png;base64,{BASE64}",
        f"data:;base64,{BASE64}",
        f" DATA:image/png;BASE64,{BASE64}",
        f"data:image/jpeg;name=a.png;base64,{BASE64}",
        base64.urlsafe_b64encode(PHOTO).decode(),
        BASE64.rstrip("="),
        base64.encodebytes(PHOTO).decode(),
    ],
)
def test_base64_of_every_kind_is_analysed(client: TestClient, text: str) -> None:
    answer = client.post("/api/predict", json={"image": text})
    assert (answer.status_code, answer.json()["width"], answer.json()["height"]) == (200, 64, 48)


@pytest.mark.parametrize("declared", ["application/json; charset=utf-8", "application/x-www-form-urlencoded", ""])
def test_json_is_known_by_its_beginning_as_by_its_type(client: TestClient, declared: str) -> None:
    content = json.dumps({"comment": "hello", "image": BASE64}, indent=2)
    assert client.post("/api/predict", content=content, headers={"Content-Type": declared}).status_code == 200


def test_json_with_a_byte_order_mark_is_known(client: TestClient) -> None:
    content = b"\xef\xbb\xbf" + json.dumps({"image": BASE64}).encode()
    assert client.post("/api/predict", content=content, headers={"Content-Type": "text/plain"}).status_code == 200


TEXTS = {
    "base64": BASE64,
    "data URL": f"data:image/png;base64,{BASE64}",
    "text": json.dumps(BASE64),
    "list": json.dumps([BASE64]),
    "form": f"image={BASE64}",
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_without_json_around_it_is_told_how_to_send_a_picture(client: TestClient, name: str) -> None:
    answer = client.post("/api/predict", content=TEXTS[name], headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_form")
    assert 'Send {"image": "…"} with the picture in base64' in answer.json()["error"]["message"]


BAD = {
    "no object": b'"text"',
    "list": b"[1, 2]",
    "another name": b'{"photo": "AAAA"}',
    "no text": b'{"image": 1}',
    "list of texts": b'{"image": ["AAAA"]}',
    "file name": b'{"image": "photo.jpg"}',
    "address": b'{"image": "https://example.org/photo.jpg"}',
    "data URL that is not base64": b'{"image": "data:image/svg+xml,%3Csvg/%3E"}',
    "letters outside of ASCII": '{"image": "\u00e9\u00e9\u00e9\u00e9"}'.encode(),
    "one letter": b'{"image": "A"}',
    "truncated": b'{"image": "AAAA',
    "empty": b"",
    "not UTF-8": b'{"image": "\xff\xff"}',
    "picture declared as JSON": PHOTO,
    "deep": b'{"image": ' + b"[" * 90 + b"]" * 90 + b"}",
}


@pytest.mark.parametrize("name", BAD)
def test_wrong_json_is_told_how_to_send_a_picture(client: TestClient, name: str) -> None:
    answer = client.post("/api/predict", content=BAD[name], headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_form")
    assert 'Send {"image": "…"} with the picture in base64 or as a data URL.' in answer.json()["error"]["message"]


def test_text_that_is_no_picture_is_told_so(client: TestClient) -> None:
    content = base64.b64encode(b"hello, world " * 50).decode()
    answer = client.post("/api/predict", json={"image": content})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "not_an_image")


@pytest.mark.parametrize("filling", ["{},", "[],", "[", '"a",', "0,"])
def test_json_of_many_parts_takes_neither_time_nor_memory(client: TestClient, filling: str) -> None:
    content = ('{"image": [' + filling * (15 * 2**20 // len(filling))).encode()
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    assert client.post("/api/predict", content=content).status_code == 422
    assert time.perf_counter() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024
