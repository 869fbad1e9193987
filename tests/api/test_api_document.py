"""The OpenAPI document and the API agree, as schemathesis checks in both directions; and people can read it."""

import base64
import dataclasses
import re
from typing import Any

import schemathesis
from helpers.fake_api import app_of, client_of, encode
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from api.errors import ERRORS
from api.openapi import describe
from api.settings import Settings
from model.admission import WAITING
from model.face import Face

PICTURES = st.builds(
    encode,
    width=st.integers(1, 60),
    height=st.integers(1, 60),
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"]),
)
schemathesis.openapi.format("binary", PICTURES)
schemathesis.openapi.format("byte", PICTURES.map(lambda picture: base64.b64encode(picture).decode()))
schemathesis.openapi.media_type("image/*", PICTURES)
schemathesis.openapi.media_type("application/octet-stream", PICTURES)

bounded = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
open_api = schemathesis.openapi.from_asgi("/api/openapi.json", app_of(warm=True))
keyed_api = schemathesis.openapi.from_asgi("/api/openapi.json", app_of(Settings(api_key="sesame"), warm=True))


@open_api.parametrize()
@bounded
def test_every_answer_is_as_the_document_says(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate()


@keyed_api.parametrize()
@bounded
def test_every_answer_is_as_the_document_says_where_a_key_is_required(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(headers={"X-API-Key": "sesame"})


def test_document_has_the_fields_of_a_face() -> None:
    face = describe(Settings())["components"]["schemas"]["Face"]
    assert list(face["properties"]) == [*(field.name for field in dataclasses.fields(Face)), "stated_gender"]
    assert set(face["properties"]) - set(face["required"]) == {"age_distribution"}


def test_document_names_the_limits_in_force() -> None:
    settings = Settings(max_bytes=3 * 2**20, max_pixels=7_000_000)
    description = describe(settings)["paths"]["/api/predict"]["post"]["description"]
    for limit in ("3 MB", "7 megapixels", f"{WAITING} may wait"):
        assert limit in description


def test_key_is_in_the_document_only_where_it_is_required() -> None:
    assert "security" not in str(describe(Settings()))
    assert "security" in describe(Settings(api_key="sesame"))["paths"]["/api/predict"]["post"]
    assert "sesame" not in str(describe(Settings(api_key="sesame")))


def test_page_shows_every_address_field_and_error() -> None:
    with client_of(Settings(api_key="sesame")) as client:
        page = client.get("/api/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for word in (
        "/api/predict",
        "/api/health",
        "X-API-Key",
        "?distribution=1",
        *ERRORS,
        *(field.name for field in dataclasses.fields(Face)),
    ):
        assert word in page.text
    assert "sesame" not in page.text


def test_page_needs_nothing_from_elsewhere() -> None:
    with client_of() as client:
        page = client.get("/api/docs")
    assert "<script" not in page.text
    assert not re.search(r"(src|href|action)=\"(https?:)?//", page.text)
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_page_has_a_form_to_try_a_photo_unless_a_key_is_required() -> None:
    with client_of() as client:
        assert "<form" in client.get("/api/docs").text
    with client_of(Settings(api_key="sesame")) as client:
        assert "<form" not in client.get("/api/docs").text


def test_page_escapes_the_host_that_the_client_names() -> None:
    with client_of() as client:
        assert "<b>" not in client.get("/api/docs", headers={"Host": "x<b>y"}).text


def test_short_address_leads_to_the_page() -> None:
    with client_of() as client:
        assert client.get("/api").url.path == "/api/docs"
