"""Visitors' photos are analysed one after the other, and leave nothing behind."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from helpers.secret_photo import check_clean, secret_photo

from components.photo.predictions import analyse, estimate, load_predictor
from model import Face, Predictor
from model.admission import shared_queue
from model.alignment import CHIP_SIZE
from model.drawing import encode_jpeg

PHOTO = encode_jpeg(np.full((40, 60, 3), 120, np.uint8))
NO_CHIPS = np.empty((0, CHIP_SIZE, CHIP_SIZE, 3), np.uint8)


class RecordingPredictor(Predictor):
    """Finds nothing, and notes on which threads it is called."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def predict_with_chips(self, image: np.ndarray) -> tuple[list[Face], np.ndarray]:
        self.threads.append(threading.get_ident())
        return [], NO_CHIPS

    def predict_aligned(self, chips: np.ndarray) -> list[Face]:
        self.threads.append(threading.get_ident())
        return []


def test_photos_of_all_visitors_are_analysed_on_the_one_thread_of_the_queue() -> None:
    predictor = RecordingPredictor()
    with ThreadPoolExecutor(8) as visitors:
        results = list(visitors.map(lambda i: analyse(predictor, f"{i}.jpg", PHOTO), range(16)))
    assert [result.name for result in results] == [f"{i}.jpg" for i in range(16)]
    assert predictor.threads == [shared_queue.submit(threading.get_ident).result()] * 16


def test_chips_wait_in_the_same_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    predictor = RecordingPredictor()
    monkeypatch.setattr("components.photo.predictions.load_predictor", lambda: predictor)
    assert estimate(NO_CHIPS) == []
    assert predictor.threads == [shared_queue.submit(threading.get_ident).result()]


def test_every_use_runs_the_same_network() -> None:
    photos, small_faces = load_predictor("photos"), load_predictor("small faces")
    assert photos.estimator is small_faces.estimator
    assert photos.estimator is load_predictor("live video").estimator is load_predictor("recorded video").estimator
    assert load_predictor("small faces") is small_faces


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_carry_nothing_of_where_and_when_the_photo_was_taken(kind: str, predictor: Predictor) -> None:
    photo = secret_photo(kind)
    assert b"SECRET-PLACE" in photo
    result = analyse(predictor, "photo", photo)
    assert len(result.faces) == len(result.chips) == 1
    for picture in (result.annotated, result.preview):
        check_clean(picture)


def test_unreadable_photo_is_explained_and_does_not_stop_the_queue() -> None:
    predictor = RecordingPredictor()
    assert "damaged" in (analyse(predictor, "broken.jpg", PHOTO[:300]).error or "")
    assert analyse(predictor, "whole.jpg", PHOTO).error is None
