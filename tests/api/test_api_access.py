"""The API key, and which other websites may use the API."""

from typing import Any

import pytest
from helpers.fake_api import client_of, encode

from api.settings import Settings

KEY = "open sesame ü"
PHOTO = encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": "wrong"},
        {"X-API-Key": ""},
        {"X-API-Key": KEY.encode() + b"x"},
        {"X-API-Key": b"\xff\xfe"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": b"Basic " + KEY.encode()},
        {"Authorization": "Bearer"},
    ],
)
def test_without_the_right_key_no_photo_is_analysed(headers: dict[str, Any]) -> None:
    with client_of(Settings(api_key=KEY)) as client:
        response = client.post("/api/predict", content=PHOTO, headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": KEY.encode()},
        {"Authorization": b"Bearer " + KEY.encode()},
        {"Authorization": b"bearer  " + KEY.encode()},
    ],
)
def test_right_key_is_accepted_in_either_header(headers: dict[str, Any]) -> None:
    with client_of(Settings(api_key=KEY)) as client:
        assert client.post("/api/predict", content=PHOTO, headers=headers).status_code == 200


def test_health_and_document_need_no_key() -> None:
    with client_of(Settings(api_key=KEY)) as client:
        assert client.get("/api/health").json()["error"]["code"] == "loading"
        for path in ("/api/docs", "/api/openapi.json"):
            assert client.get(path).status_code == 200


def test_settings_come_from_the_environment() -> None:
    settings = Settings.from_environment({"API_KEY": "k", "API_ALLOWED_ORIGINS": "https://a.org, https://b.org,"})
    assert (settings.api_key, settings.allowed_origins) == ("k", ("https://a.org", "https://b.org"))


@pytest.mark.parametrize("environment", [{}, {"API_KEY": "", "API_ALLOWED_ORIGINS": ""}])
def test_by_default_there_is_no_key_and_no_other_origin(environment: dict[str, str]) -> None:
    assert Settings.from_environment(environment) == Settings()
    with client_of(Settings.from_environment(environment)) as client:
        answer = client.post("/api/predict", content=PHOTO, headers={"Origin": "https://a.org"})
        preflight = client.options(
            "/api/predict", headers={"Origin": "https://a.org", "Access-Control-Request-Method": "POST"}
        )
    assert answer.status_code == 200
    for response in (answer, preflight):
        assert not [name for name in response.headers if name.startswith("access-control")]


def test_allowed_origin_may_read_answers_and_errors_and_others_may_not() -> None:
    with client_of(Settings(allowed_origins=("https://a.org",))) as client:
        for origin, allowed in (("https://a.org", "https://a.org"), ("https://b.org", None)):
            for body in (PHOTO, b"no picture"):
                response = client.post("/api/predict", content=body, headers={"Origin": origin})
                assert response.headers.get("access-control-allow-origin") == allowed


def test_allowed_origin_may_send_the_key() -> None:
    with client_of(Settings(api_key=KEY, allowed_origins=("https://a.org",))) as client:
        preflight = client.options(
            "/api/predict",
            headers={
                "Origin": "https://a.org",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "x-api-key",
            },
        )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://a.org"
    assert "X-API-Key" in preflight.headers["access-control-allow-headers"]
