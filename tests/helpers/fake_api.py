"""The API over a fake model that is fast and whose answer tells which picture it saw."""

import io
from collections.abc import Callable
from typing import Any

import anyio
import numpy as np
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from api.guards import SafeHeaders
from api.predictions import Predictions
from api.routes import create_routes
from api.settings import Settings
from helpers.provenance import FAKE
from model import Predictor
from model.admission import WAITING, PredictionQueue
from model.alignment import CHIP_LANDMARKS
from model.detection.detector import Detection
from model.estimator import Estimates
from model.labels import MAX_AGE

DEFAULTS = Settings()
Detect = Callable[[np.ndarray], list[Detection]]


def detect_one(image: np.ndarray) -> list[Detection]:
    """One face, the size of the picture."""
    return [Detection((0, 0, image.shape[1], image.shape[0]), CHIP_LANDMARKS, 0.99)]


class FakeDetector:
    def __init__(self, detect: Detect) -> None:
        self.detect = detect


class FakeEstimator:
    provenance = FAKE

    def __init__(self, distribution: bool = True) -> None:
        self._distribution = distribution

    def estimate(self, chips: np.ndarray) -> Estimates:
        """30 years for each chip; with a distribution, half of it a year earlier and half a year later."""
        n = len(chips)
        years = np.zeros((n, MAX_AGE + 1))
        years[:, [29, 31]] = 0.5
        return Estimates(
            np.full(n, 30.0),
            np.full(n, 20.0),
            np.full(n, 40.0),
            ["female"] * n,
            np.full(n, 0.9),
            years if self._distribution else None,
        )


def predictor_of(detect: Detect = detect_one, distribution: bool = True) -> Predictor:
    return Predictor(FakeDetector(detect), FakeEstimator(distribution))  # type: ignore[arg-type]


def app_of(
    settings: Settings = DEFAULTS,
    load: Callable[[], Predictor] = predictor_of,
    warm: bool = False,
    waiting: int = WAITING,
) -> Starlette:
    """The API as an app with its own queue; `warm` lets the model answer first."""
    predictions = Predictions(load, settings, PredictionQueue(waiting))
    if warm:
        anyio.run(predictions.warm_up)
    return Starlette(routes=create_routes(predictions, settings), middleware=[Middleware(SafeHeaders)])


def client_of(settings: Settings = DEFAULTS, detect: Detect = detect_one, waiting: int = WAITING) -> TestClient:
    """To be used in a `with`, so that all its requests share one event loop."""
    app = app_of(settings, lambda: predictor_of(detect), waiting=waiting)
    return TestClient(app, raise_server_exceptions=False)


def encode(width: int = 40, height: int = 30, kind: str = "PNG", **options: Any) -> bytes:
    """A noisy picture as a file; noise, so that it does not compress."""
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()
