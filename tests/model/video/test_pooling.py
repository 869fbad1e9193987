"""Sightings of one face are pooled into one honest estimate."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from model.alignment import CHIP_LANDMARKS
from model.estimator import ModelError
from model.face import Face
from model.video.pooling import Pooled, Pooling, load_pooling, quality_of

FLAWLESS = (0.0, 0.0, 0.0)
POOLING = Pooling(0.3, 0.1, 0.5, 1.0, (1.0, 4.0), (-1.0, -0.8), (1.2, 1.0))


def face(age: float, half: float = 5.0, female: float = 0.9) -> Face:
    gender, probability = ("female", female) if female >= 0.5 else ("male", 1 - female)
    return Face((0, 0, 9, 9), ((0, 0),) * 5, 0.99, age, age - half, age + half, gender, probability)


def pool(*seen: tuple[Face, tuple[float, float, float]], pooling: Pooling = POOLING) -> Face:
    pooled = Pooled()
    for one, quality in seen:
        pooled.add(one, quality, pooling)
    return pooled.face(seen[0][0], 0.99, (), pooling)


def test_age_is_the_mean_of_equally_good_frames() -> None:
    assert pool((face(30), FLAWLESS), (face(40), FLAWLESS)).age == pytest.approx(35)


def test_poor_and_uncertain_frames_weigh_less() -> None:
    assert pool((face(30), FLAWLESS), (face(40), (2.0, 2.0, 0.3))).age < 34
    assert pool((face(30, half=4), FLAWLESS), (face(40, half=12), FLAWLESS)).age == pytest.approx(32.5)


def test_interval_does_not_shrink_as_if_frames_were_independent() -> None:
    one, many = (pool(*[(face(30), FLAWLESS)] * count) for count in (1, 100))
    assert (one.age_low, one.age_high) == pytest.approx((25, 36))
    assert (many.age_low, many.age_high) == pytest.approx((26, 35))


def test_interval_of_poor_frames_is_wider() -> None:
    good, poor = (pool((face(30), quality)) for quality in (FLAWLESS, (1.0, 1.0, 0.2)))
    assert poor.age_high - poor.age_low > 1.3 * (good.age_high - good.age_low)


def test_repeated_frames_do_not_make_a_gender_more_probable() -> None:
    assert pool(*[(face(30, female=0.7), FLAWLESS)] * 50).gender_probability == pytest.approx(0.7)
    assert pool((face(30, female=0.9), FLAWLESS), (face(30, female=0.1), FLAWLESS)).gender_probability < 0.51


def test_interval_stays_within_possible_ages() -> None:
    young, old = pool((face(1), FLAWLESS)), pool((face(114), FLAWLESS))
    assert young.age_low == 0
    assert old.age_high == 116


def test_small_blurred_and_turned_faces_are_of_poorer_quality(hopper: np.ndarray) -> None:
    chip = cv2.resize(hopper[:400, :400], (200, 200), interpolation=cv2.INTER_AREA)
    good = quality_of(CHIP_LANDMARKS, chip)
    assert good[0] == 0
    assert quality_of(CHIP_LANDMARKS / 4, chip)[0] == pytest.approx(np.log2(60 / (77 / 4)))
    assert quality_of(CHIP_LANDMARKS, cv2.GaussianBlur(chip, (0, 0), 4))[1] > good[1] + 1
    turned = CHIP_LANDMARKS.copy()
    turned[2, 0] += 30
    assert quality_of(turned, chip)[2] > good[2] + 0.2


def test_shipped_pooling_is_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    shipped = load_pooling()
    assert shipped.ends(1)[0] < 0 < shipped.ends(1)[1]
    shipped.save(tmp_path / "pooling.json")
    assert load_pooling(tmp_path / "pooling.json") == shipped
    with pytest.raises(ModelError, match="python -m train video"):
        load_pooling(tmp_path / "none.json")
    (tmp_path / "damaged.json").write_text('{"small": 1}')
    with pytest.raises(ModelError, match="damaged"):
        load_pooling(tmp_path / "damaged.json")
