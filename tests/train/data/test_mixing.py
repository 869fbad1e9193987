from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.small_data import random_chip

from model.labels import GENDERS
from train.data.chips import Chips
from train.data.mixing import mix_datasets
from train.data.utkface import SPLITS, Dataset


def make_dataset(name: str, chips: list[np.ndarray], rows: list[tuple[str, int, str]], **more: list[Any]) -> Dataset:
    """A data set of (split, age, gender) rows."""
    photos = pd.DataFrame(rows, columns=["split", "age", "gender"]).assign(**more)
    photos = photos.assign(
        photo=[f"{name}-{i}" for i in range(len(rows))],
        gender=pd.Categorical(photos["gender"], GENDERS),
        split=pd.Categorical(photos["split"], SPLITS),
    )
    return Dataset(photos, np.stack(chips), {}, name, "apparent")


@pytest.fixture
def pictures() -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [random_chip(rng) for _ in range(8)]


def brighter(chip: np.ndarray) -> np.ndarray:
    """The same picture, stored differently."""
    return np.clip(chip.astype(int) + 3, 0, 255).astype(np.uint8)


def test_train_and_validation_photos_of_all_sets_are_mixed(pictures: list[np.ndarray]) -> None:
    first = make_dataset(
        "first", pictures[:3], [("train", 20, "male"), ("validation", 30, "female"), ("test", 9, "male")]
    )
    second = make_dataset("second", pictures[3:5], [("train", 40, "female"), ("validation", 50, "male")])
    mixed = mix_datasets([first, second])
    assert mixed.photos["photo"].tolist() == ["first-0", "first-1", "second-0", "second-1"]
    assert mixed.photos["data"].tolist() == ["first", "first", "second", "second"]
    assert mixed.name == "first+second"
    assert set(mixed.summary["left_out"].values()) == {0}
    assert isinstance(mixed.chips, Chips)
    np.testing.assert_array_equal(mixed.chips[:], np.stack([pictures[i] for i in (0, 1, 3, 4)]))


@pytest.mark.parametrize("held_out", ["validation", "test"])
def test_copies_of_photos_held_out_in_another_set_are_not_trained_on(pictures: list[np.ndarray], held_out: str) -> None:
    first = make_dataset("first", pictures[:2], [("train", 20, "male"), (held_out, 30, "female")])
    copies = [brighter(pictures[1]), pictures[2]]
    second = make_dataset("second", copies, [("train", 30, "female"), ("train", 40, "male")])
    mixed = mix_datasets([first, second])
    assert "second-0" not in set(mixed.photos["photo"])
    assert "second-1" in set(mixed.photos["photo"])
    assert mixed.summary["left_out"]["copies of held-out photos"] == 1


@pytest.mark.parametrize(
    ("other", "left_out"), [((20, "male"), 0), ((30, "male"), 0), ((31, "male"), 2), ((20, "female"), 2)]
)
def test_near_copies_that_contradict_each_other_are_not_trained_on(
    pictures: list[np.ndarray], other: tuple[int, str], left_out: int
) -> None:
    chips = [pictures[0], brighter(pictures[0]), pictures[1]]
    dataset = make_dataset("first", chips, [("train", 20, "male"), ("train", *other), ("train", 50, "male")])
    mixed = mix_datasets([dataset])
    assert mixed.summary["left_out"]["near-identical with contradicting labels"] == left_out
    assert len(mixed.photos) == 3 - left_out


def test_default_labels_are_not_trained_on_but_measured(pictures: list[np.ndarray]) -> None:
    rows = [("train", 26, "male"), ("validation", 26, "male"), ("train", 40, "male")]
    dataset = make_dataset("first", pictures[:3], rows, default_label=[True, True, False])
    mixed = mix_datasets([dataset])
    assert mixed.photos["photo"].tolist() == ["first-1", "first-2"]
    assert mixed.summary["left_out"]["default labels"] == 1


def test_ages_become_brackets_where_one_set_has_brackets(pictures: list[np.ndarray]) -> None:
    exact = make_dataset("exact", pictures[:1], [("train", 33, "male")])
    brackets = make_dataset("brackets", pictures[1:2], [("train", 0, "female")], youngest=[20], oldest=[29])
    brackets = replace(brackets, photos=brackets.photos.drop(columns="age"))
    photos = mix_datasets([exact, brackets]).photos
    assert photos[["youngest", "oldest"]].to_numpy().tolist() == [[33, 33], [20, 29]]
    assert "age" not in photos
