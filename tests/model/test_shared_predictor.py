import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from helpers.paths import ROOT
from streamlit.testing.v1 import AppTest

from components.photo.predictions import load_predictor
from model import estimator, predictor
from model.estimator import ModelError


@pytest.fixture
def nothing_loaded() -> Iterator[None]:
    predictor._load_once.cache_clear()
    yield
    predictor._load_once.cache_clear()


def test_simultaneous_first_calls_load_once(nothing_loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    loads = []

    def slow() -> object:
        loads.append(threading.get_ident())
        time.sleep(0.2)
        return object()

    monkeypatch.setattr(predictor, "Predictor", slow)
    with ThreadPoolExecutor(8) as pool:
        got = set(pool.map(lambda _: predictor.shared_predictor(), range(8)))
    assert len(got) == len(loads) == 1


def test_failed_load_is_tried_again(nothing_loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> object:
        raise ModelError("missing")

    monkeypatch.setattr(predictor, "Predictor", fail)
    with pytest.raises(ModelError):
        predictor.shared_predictor()
    monkeypatch.setattr(predictor, "Predictor", object)
    assert predictor.shared_predictor()


def test_app_uses_the_model_that_is_already_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = predictor.shared_predictor()
    load_predictor.clear()

    def second(*args: object, **options: object) -> None:
        raise AssertionError("the model was loaded a second time")

    monkeypatch.setattr(estimator, "load_runtime", second)  # which every network goes through
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120).run()
    next(button for button in app.button if button.label == "Grace Hopper").click().run()
    assert not app.exception
    assert [metric for metric in app.metric if metric.label == "Likely age"]
    assert load_predictor() is shared
