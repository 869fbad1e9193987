"""Requests and answers: pictures, forms, raw bodies, and anything else."""

import base64
import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from helpers.fake_api import app_of, client_of, encode, predictor_of
from helpers.paths import SAMPLES
from helpers.provenance import FAKE
from PIL import Image
from starlette.testclient import TestClient

from model import Predictor
from model.detection.detector import Detection
from model.estimator import MODEL_PATH, ModelError
from model.face import to_json
from model.labels import MAX_AGE
from model.predictor import shared_predictor
from model.version import VERSION

HOPPER = (SAMPLES / "grace-hopper.jpg").read_bytes()


def test_portrait_gets_the_estimates_of_the_predictor(hopper: np.ndarray) -> None:
    with TestClient(app_of(load=shared_predictor)) as client:
        answer = client.post("/api/predict", files={"image": ("hopper.jpg", HOPPER)}).json()
    (face,) = shared_predictor().predict(hopper)
    assert answer["faces"] == json.loads(json.dumps([to_json(face)]))
    assert {"stated_gender", "warnings"} <= set(answer["faces"][0])
    assert answer["model"] == {"version": VERSION, "sha256": hashlib.sha256(MODEL_PATH.read_bytes()).hexdigest()}
    assert (answer["width"], answer["height"]) == (hopper.shape[1], hopper.shape[0])
    assert answer["milliseconds"] > 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF"])
def test_every_format_is_accepted_as_form_and_as_raw_body(client: TestClient, kind: str) -> None:
    data = encode(64, 48, kind)
    for request in ({"files": {"image": ("photo", data)}}, {"content": data}):
        response = client.post("/api/predict", **request)
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json"
        assert response.headers["cache-control"] == "no-store"
        answer = response.json()
        assert (answer["width"], answer["height"]) == (64, 48)
        assert answer["faces"][0]["box"] == [0, 0, 64, 48]


REQUESTS: dict[str, dict[str, Any]] = {
    "form": {"files": {"image": ("photo.png", encode())}},
    "raw body": {"content": encode()},
    "JSON": {"json": {"image": base64.b64encode(encode()).decode()}},
}


@pytest.mark.parametrize("how", REQUESTS)
@pytest.mark.parametrize(
    ("value", "wanted"), [("1", True), ("true", True), ("0", False), ("false", False), (None, False)]
)
def test_distribution_comes_on_request_only(client: TestClient, how: str, value: str | None, wanted: bool) -> None:
    parameters = {"distribution": value} if value else {}
    (face,) = client.post("/api/predict", params=parameters, **REQUESTS[how]).json()["faces"]
    assert ("age_distribution" in face) == wanted
    if wanted:
        assert len(face["age_distribution"]) == MAX_AGE + 1
        assert {year: share for year, share in enumerate(face["age_distribution"]) if share} == {29: 0.5, 31: 0.5}


def test_distribution_of_the_model_has_its_age_as_the_mean() -> None:
    with TestClient(app_of(load=shared_predictor)) as client:
        (face,) = client.post("/api/predict?distribution=1", content=HOPPER).json()["faces"]
    years = np.array(face["age_distribution"])
    assert years.sum() == pytest.approx(1, abs=1e-3)
    assert years @ np.arange(MAX_AGE + 1) == pytest.approx(face["age"], abs=0.2)


def test_model_without_distributions_says_null() -> None:
    with TestClient(app_of(load=lambda: predictor_of(distribution=False))) as client:
        (face,) = client.post("/api/predict?distribution=1", content=encode()).json()["faces"]
    assert face["age_distribution"] is None


@pytest.mark.parametrize("query", ["distribution=yes", "distribution=", "distribution=1&distribution=0"])
def test_wrong_value_of_a_parameter_is_one_sentence(client: TestClient, query: str) -> None:
    answer = client.post(f"/api/predict?{query}", content=encode())
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_parameter")
    assert answer.json()["error"]["message"] == "The parameter `distribution` must be 1 or 0."


@pytest.mark.parametrize("declared", ["image/jpeg", "application/octet-stream", "text/plain", ""])
def test_bytes_count_and_not_the_declared_type(client: TestClient, declared: str) -> None:
    assert client.post("/api/predict", content=encode(), headers={"Content-Type": declared}).status_code == 200


def test_rotated_photo_is_measured_upright(client: TestClient) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    answer = client.post("/api/predict", content=encode(64, 48, "JPEG", exif=exif)).json()
    assert (answer["width"], answer["height"]) == (48, 64)


def test_photo_without_a_face_gives_an_empty_list() -> None:
    with client_of(detect=lambda image: []) as client:
        assert client.post("/api/predict", content=encode()).json()["faces"] == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/predictions", 404, "not_found"),
        ("POST", "/api/predict/", 404, "not_found"),
        ("GET", "/api/predict", 405, "method_not_allowed"),
        ("PUT", "/api/predict", 405, "method_not_allowed"),
        ("POST", "/api/health", 405, "method_not_allowed"),
        ("DELETE", "/api/openapi.json", 405, "method_not_allowed"),
    ],
)
def test_unknown_address_and_method_get_the_same_format(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert response.json()["error"]["code"] == code
    assert ("allow" in response.headers) == (status == 405)


def test_options_and_405_name_the_methods(client: TestClient) -> None:
    for path, methods in (("/api/predict", "OPTIONS, POST"), ("/api/health", "GET, HEAD, OPTIONS")):
        options = client.options(path)
        assert (options.status_code, options.headers["allow"], options.content) == (204, methods, b"")
        assert client.delete(path).headers["allow"] == methods


def test_head_has_the_headers_of_get(client: TestClient) -> None:
    client.post("/api/predict", content=encode())
    head, get = client.head("/api/health"), client.get("/api/health")
    assert head.status_code == get.status_code == 200
    assert head.headers["content-type"] == get.headers["content-type"]


def test_health_follows_the_model() -> None:
    with client_of() as client:
        loading = client.get("/api/health")
        assert (loading.status_code, loading.json()["error"]["code"]) == (503, "loading")
        assert int(loading.headers["retry-after"]) >= 1
        client.post("/api/predict", content=encode())
        model = client.post("/api/predict", content=encode()).json()["model"]
        assert model == FAKE.identity
        assert client.get("/api/health").json() == {"status": "ok", "version": VERSION, "model": model}
    with TestClient(app_of(warm=True)) as client:
        assert client.get("/api/health").status_code == 200


def test_missing_model_is_reported_without_its_path(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> Predictor:
        raise ModelError("There is no trained model at /srv/model.keras.")

    with TestClient(app_of(load=load, warm=True)) as client:
        for response in (client.get("/api/health"), client.post("/api/predict", content=encode())):
            assert (response.status_code, response.json()["error"]["code"]) == (503, "unavailable")
            assert "/srv" not in response.text
    assert "/srv/model.keras" in caplog.text


def test_model_that_fails_at_the_start_is_reported_by_health(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> Predictor:
        raise RuntimeError("no such layer")

    with TestClient(app_of(load=load, warm=True)) as client:
        response = client.get("/api/health")
    assert (response.status_code, response.json()["error"]["code"]) == (503, "unavailable")
    assert "no such layer" in caplog.text


def test_bug_is_not_revealed_to_the_client() -> None:
    def detect(image: np.ndarray) -> list[Detection]:
        raise RuntimeError("secret")

    with client_of(detect=detect) as client:
        response = client.post("/api/predict", content=encode())
    assert (response.status_code, response.json()["error"]["code"]) == (500, "internal")
    assert "secret" not in response.text


def test_simultaneous_clients_each_get_their_own_answer() -> None:
    with client_of(waiting=100) as client, ThreadPoolExecutor(16) as clients:

        def ask(width: int) -> bool:
            answer = client.post("/api/predict", files={"image": ("a.png", encode(width, 30))}).json()
            return (answer["width"], answer["faces"][0]["box"]) == (width, [0, 0, width, 30])

        assert all(clients.map(ask, range(20, 180)))


def test_names_and_contents_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), client_of() as client:
        client.post("/api/predict", files={"image": ("my-secret-holiday.jpg", b"my secret text")})
        client.post("/api/predict", files={"image": ("my-secret-holiday.jpg", encode())})
    ours = [record.getMessage() for record in caplog.records if "httpx" not in record.name]
    assert "secret" not in " ".join(ours)
