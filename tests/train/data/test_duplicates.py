import hashlib
from collections import Counter

import pytest

from train.data.duplicates import group_photos, split_of


def test_groups_join_photos_linked_through_others() -> None:
    assert group_photos(["d", "c", "b", "a"], [(0, 1), (1, 2)]) == ["b", "b", "b", "a"]


def test_splits_are_eighty_ten_ten() -> None:
    shares = Counter(split_of(hashlib.sha256(str(i).encode()).hexdigest()) for i in range(20_000))
    assert shares["train"] / 20_000 == pytest.approx(0.8, abs=0.01)
    assert shares["validation"] / 20_000 == pytest.approx(0.1, abs=0.01)


def test_split_of_a_known_photo_never_changes() -> None:
    assert [split_of(letter * 64) for letter in "0123456789"] == [
        "train", "train", "train", "test", "validation", "test", "train", "validation", "train", "train",
    ]  # fmt: skip
