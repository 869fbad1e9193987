"""Composed clips, and the pooling that is fitted to them."""

import io

import numpy as np
import pandas as pd
import pytest

from model.alignment import CHIP_SIZE
from model.face import Face
from model.video.source import Video
from reports.metrics import wilson_interval
from train.measure.clips import CELL, FRAMES, PEOPLE, cell_of, compose
from train.measure.crossings import FRAMES as CROSSING
from train.measure.crossings import SIDE, SIZE, make_scene
from train.measure.video import Seen, check, fit


def chips(count: int) -> np.ndarray:
    """Each of one brightness."""
    return np.stack([np.full((CHIP_SIZE, CHIP_SIZE, 3), 40 + 25 * i, np.uint8) for i in range(count)])


def test_clip_shows_each_chip_in_its_own_cell() -> None:
    red_green_blue = np.broadcast_to(200 * np.eye(3, dtype=np.uint8)[:, None, None], (3, CHIP_SIZE, CHIP_SIZE, 3))
    with Video(io.BytesIO(compose(red_green_blue, seed=1))) as video:
        pictures = [frame.picture() for frame in video.frames()]
    assert len(pictures) == FRAMES
    assert pictures[0].shape == (720, 1280, 3)
    assert [pictures[0][CELL[1] // 2, column * CELL[0] + CELL[0] // 2].argmax() for column in range(3)] == [0, 1, 2]
    assert [cell_of(10, 10), cell_of(1270, 10), cell_of(10, 710)] == [0, 3, 4]
    assert cell_of(1279, 719) == PEOPLE - 1


def test_people_cross() -> None:
    scene = make_scene(chips(2), seed=3)
    left, right = scene.paths[:, :, 0]
    assert left[0] < right[0]
    assert left[-1] > right[-1]
    assert np.abs(left - right).min() < SIDE / 2
    pictures = scene.frames()
    assert len(pictures) == CROSSING
    assert pictures[0].shape == (SIZE[1], SIZE[0], 3)


@pytest.fixture(scope="module")
def people() -> tuple[list[Seen], list[Seen]]:
    """Two samples in which frames of one person share most of their error; small faces have larger ones."""
    rng = np.random.default_rng(0)

    def person() -> Seen:
        age, small = rng.uniform(20, 60), rng.uniform(0, 2)
        scale = 4 * np.exp(0.3 * small)
        shared = rng.normal(0, scale)
        estimates = age + shared + rng.normal(0, 0.3 * scale, 12)
        faces = [
            Face((0, 0, 9, 9), ((0, 0),) * 5, 0.99, float(one), float(one) - 5, float(one) + 5, "male", 0.9)
            for one in estimates
        ]
        return Seen(age, "male", faces, [(small, 0.0, 0.0)] * 12)

    return [person() for _ in range(250)], [person() for _ in range(250)]


def test_fitted_intervals_cover_four_fifths_whatever_the_number_of_frames(
    people: tuple[list[Seen], list[Seen]],
) -> None:
    fitted_on, others = people
    pooling = fit(fitted_on)
    assert pooling.small == pytest.approx(0.3, abs=0.1)
    measured = check(others, pooling)
    assert measured["coverage"]["people"]["value"] == pytest.approx(0.8, abs=0.06)
    for share in measured["coverage_by_frames"].values():
        assert share["value"] == pytest.approx(0.8, abs=0.08)
    assert measured["coverage"]["if_frames_were_independent"]["value"] < 0.5
    assert measured["age_mae"]["weighted_mean"] < measured["age_mae"]["single_frames"]


def test_shares_come_with_their_interval(people: tuple[list[Seen], list[Seen]]) -> None:
    share = check(people[0], fit(people[0]))["coverage"]["people"]
    low, high = wilson_interval(round(share["value"] * share["of"]), share["of"])
    assert (share["low"], share["high"]) == pytest.approx((low, high), abs=1e-3)
    assert pd.notna(share["value"])
