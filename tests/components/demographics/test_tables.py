import pandas as pd
import pytest

from components.demographics.tables import (
    ages,
    beside,
    expected_female_share,
    genders_by_age,
    shares_by_age,
)
from model.labels import BRACKET_NAMES

GOOD = pd.DataFrame(
    {
        "file": ["a.jpg", "a.jpg", "b.jpg"],
        "face": [1, 2, 1],
        "confidence": [0.99, 0.95, 1.0],
        "age": [2.9, 34.0, 71.0],
        "age_low": [1.0, 28.0, 60.0],
        "age_high": [5.0, 40.0, 80.0],
        "gender": ["male", "female", "female"],
        "gender_probability": [0.85, 0.9, 0.99],
    }
)


def test_expected_share_counts_every_face_by_its_probability() -> None:
    assert expected_female_share(GOOD) == pytest.approx((0.15 + 0.9 + 0.99) / 3)


def test_counts_by_gender_contain_every_face_once() -> None:
    faces = pd.DataFrame(
        {"age": [0.4, 1.9, 30.0, 31.5, 39.9, 90.0], "stated_gender": ["male", *["female"] * 3, "uncertain", "male"]}
    )
    by_year = ages(faces, bin_years=2)
    assert by_year["faces"].sum() == len(faces)
    assert by_year.query("gender == 'female' and first_age == 30").to_dict("records") == [
        {"first_age": 30, "last_age": 31, "gender": "female", "faces": 2}
    ]
    genders = genders_by_age(faces)
    assert genders["faces"].sum() == len(faces)
    assert genders["bracket"].tolist() == ["0–2", "30–39", "70+"] * 3
    assert genders.query("gender == 'female'")["share"].tolist() == pytest.approx([1 / 2, 2 / 3, 0])
    assert genders.query("gender == 'uncertain'")["share"].tolist() == pytest.approx([0, 1 / 3, 0])


def test_shares_by_age_cover_every_bracket_and_sum_to_one() -> None:
    shares = shares_by_age(GOOD)
    assert shares["bracket"].tolist() == list(BRACKET_NAMES)
    assert shares.set_index("bracket")["faces"].to_dict() == dict.fromkeys(BRACKET_NAMES, 0) | {
        "0–2": 1, "30–39": 1, "70+": 1
    }  # fmt: skip
    assert shares["share"].sum() == pytest.approx(1)
    assert (shares["low"] <= shares["share"]).all()
    assert (shares["share"] <= shares["high"]).all()


def test_corrected_shares_stand_beside_the_estimated_ones() -> None:
    estimated = pd.DataFrame({"bracket": ["0–2", "3–9"], "faces": [1, 3], "share": [0.25, 0.75], "low": 0, "high": 1})
    corrected = pd.DataFrame({"bracket": ["0–2", "3–9"], "share": [0.2, 0.8], "low": [0.1, 0.6], "high": [0.4, 0.9]})
    assert beside(estimated, corrected).to_dict("records") == [
        {"bracket": "0–2", "estimated": 0.25, "corrected": 0.2, "low": 0.1, "high": 0.4},
        {"bracket": "3–9", "estimated": 0.75, "corrected": 0.8, "low": 0.6, "high": 0.9},
    ]
