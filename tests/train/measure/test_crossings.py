"""Switches, splits and losses are counted where two people cross, for any tracker."""

import importlib
from types import ModuleType

import numpy as np
import pytest

from model.errors import UserError
from model.face import Face
from train.measure.crossings import FACE, SIDE, Follow, Observed, follow, measure_crossings
from train.measure.trackers import all_trackers, compare

FRAMES = 21
WIDTH = round(FACE * SIDE)


def face(x: float, age: float) -> Face:
    left = round(x - WIDTH / 2)
    middle = left + WIDTH / 2, 200 + WIDTH / 2
    return Face((left, 200, WIDTH, WIDTH), (middle,) * 5, 0.99, age, age - 6, age + 6, "male", 0.9)


@pytest.fixture
def clip() -> Observed:
    """Two people who cross; where they meet, only the second one is found."""
    x = np.linspace(100, 800, FRAMES)
    paths = np.stack([np.stack([one, np.full(FRAMES, 200 + WIDTH / 2)], axis=1) for one in (x, x[::-1])])
    faces = [
        [face(right, 60)] if abs(left - right) < WIDTH / 2 else [face(left, 20), face(right, 60)]
        for left, right in zip(x, x[::-1], strict=True)
    ]
    assert any(len(found) == 1 for found in faces)
    return Observed(paths, faces)


def counts(clip: Observed, follow: Follow) -> tuple[int, int, int]:
    row = measure_crossings([clip], follow)
    return row["switches"], row["split"], row["lost"]


def test_the_tracker_that_ships_keeps_to_its_people(clip: Observed) -> None:
    assert counts(clip, follow) == (0, 0, 0)


def test_track_that_goes_over_to_the_other_person_is_a_switch(clip: Observed) -> None:
    def by_place(frames: list[list[Face]]) -> list[dict[int, int]]:
        return [dict(enumerate(np.argsort([one.box[0] for one in faces]).tolist())) for faces in frames]

    switches, split, lost = counts(clip, by_place)
    assert switches >= 2
    assert (split, lost) == (0, 0)


def test_person_with_two_tracks_is_split_and_one_without_is_lost(clip: Observed) -> None:
    def second_only(frames: list[list[Face]]) -> list[dict[int, int]]:
        return [{1 + (i >= FRAMES // 2): len(faces) - 1} for i, faces in enumerate(frames)]

    assert counts(clip, second_only) == (0, 1, 1)


def test_trackers_are_compared_on_the_same_faces(clip: Observed) -> None:
    table = compare([clip], {"ours": follow, "none": lambda frames: [{} for _ in frames]})
    assert (table["clips"], table["people"]) == (1, 2)
    assert table["trackers"]["ours"] == {"switches": 0, "split": 0, "lost": 0, "times": 1.0}
    assert table["trackers"]["none"]["lost"] == 2


def test_missing_trackers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(UserError, match="pip install norfair trackers"):
        all_trackers()
