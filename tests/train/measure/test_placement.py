import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model import Predictor
from model.alignment import align
from model.labels import GENDERS
from train.data.utkface import Dataset, load_dataset
from train.measure.placement import measure_placement, place


def test_chip_lies_where_it_was_put() -> None:
    chip = np.zeros((200, 200, 3), np.uint8)
    chip[20:180, 20:180] = 250
    rows, columns = np.nonzero(place(chip, 0.5, 0.0, 300.0, 700.0)[..., 0] > 125)
    assert (columns.mean(), rows.mean()) == pytest.approx((300, 700), abs=1)
    assert np.ptp(columns) == pytest.approx(80, abs=3)


def test_placed_portraits_keep_their_age(predictor: Predictor, hopper: np.ndarray, collins: np.ndarray) -> None:
    chips = np.stack([align(photo, np.array(predictor.predict(photo)[0].landmarks)) for photo in (hopper, collins)])
    photos = pd.DataFrame({"age": [77, 42], "gender": pd.Categorical(["female", "female"], GENDERS)})
    measured = measure_placement(Dataset(photos, chips, {}), predictor, progress=False)
    assert measured["faces_found"] == 2
    assert measured["in_photos"]["gender_accuracy"] >= 0.5  # one of the two is uncertain
    assert measured["in_photos"]["age_mae"] == pytest.approx(measured["as_chips"]["age_mae"], abs=5)


@pytest.mark.utkface
def test_faces_in_photos_get_nearly_the_ages_of_their_chips(predictor: Predictor, utkface: Path) -> None:
    validation = load_dataset(utkface, progress=False).select("validation")
    some = dataclasses.replace(validation, photos=validation.photos[:100], chips=validation.chips[:100])
    measured = measure_placement(some, predictor, progress=False)
    difference = measured["in_photos"]["age_mae"] - measured["as_chips"]["age_mae"]
    print(f"{measured['faces_found']} of 100 faces found; MAE changes by {difference:+.2f} years")
    assert measured["faces_found"] >= 85
    assert abs(difference) < 1
