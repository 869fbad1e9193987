"""The queue in which photos of all visitors wait."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from helpers.secret_photo import check_clean, secret_photo

from components.photo.predictions import judge
from model import Face, Predictor
from model.drawing import encode_jpeg

PHOTO = encode_jpeg(np.full((40, 60, 3), 120, np.uint8))


class CountingPredictor:
    """Finds nothing, and notes how many photos it looks at together, and in which order they come."""

    def __init__(self) -> None:
        self.together, self.most, self.heights = 0, 0, []

    def predict(self, image: np.ndarray) -> list[Face]:
        self.together += 1
        self.most = max(self.most, self.together)
        self.heights.append(image.shape[0])
        time.sleep(0.01)
        self.together -= 1
        return []


def test_visitors_take_turns() -> None:
    predictor = CountingPredictor()
    with ThreadPoolExecutor(8) as visitors:
        results = list(visitors.map(lambda i: judge(predictor, f"{i}.jpg", PHOTO), range(16)))
    assert [result.name for result in results] == [f"{i}.jpg" for i in range(16)]
    assert predictor.most == 1


def test_photos_are_judged_in_the_order_they_came() -> None:
    predictor = CountingPredictor()
    visitors = []
    for height in range(10, 18):
        photo = encode_jpeg(np.zeros((height, 20, 3), np.uint8))
        visitors.append(threading.Thread(target=judge, args=(predictor, "photo.jpg", photo)))
        visitors[-1].start()
        time.sleep(0.002)
    for visitor in visitors:
        visitor.join()
    assert predictor.heights == list(range(10, 18))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_carry_nothing_of_where_and_when_the_photo_was_taken(kind: str, predictor: Predictor) -> None:
    photo = secret_photo(kind)
    assert b"SECRET-PLACE" in photo
    result = judge(predictor, "photo", photo)
    assert len(result.faces) == 1
    for picture in (result.annotated, result.preview):
        check_clean(picture)


def test_unreadable_photo_is_told_and_does_not_stop_the_queue() -> None:
    predictor = CountingPredictor()
    assert "damaged" in judge(predictor, "broken.jpg", PHOTO[:300]).error
    assert judge(predictor, "whole.jpg", PHOTO).error is None
