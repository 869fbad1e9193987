import numpy as np
import pytest
from helpers.small_data import random_chip

from train.augmentation import augment


@pytest.fixture
def chip() -> np.ndarray:
    return random_chip(np.random.default_rng(0))


def test_variant_has_the_form_of_the_chip_and_leaves_it_alone(chip: np.ndarray) -> None:
    before = chip.copy()
    for seed in range(50):
        variant = augment(chip, np.random.default_rng(seed))
        assert variant.shape == chip.shape
        assert variant.dtype == np.uint8
    np.testing.assert_array_equal(chip, before)


def test_seed_fixes_the_variant(chip: np.ndarray) -> None:
    first, again, other = (augment(chip, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first.astype(int) - other).mean() > 1


def test_looks_stay_as_they_are_if_asked(chip: np.ndarray) -> None:
    def grey(varied_looks: bool) -> list[bool]:
        variants = [augment(chip, np.random.default_rng(seed), varied_looks) for seed in range(100)]
        return [bool((np.ptp(variant.astype(int), axis=2) < 40).mean() > 0.7) for variant in variants]

    assert 3 < sum(grey(True)) < 30
    assert not any(grey(False))


def test_half_of_the_variants_are_mirrored() -> None:
    left_bright = np.zeros((200, 200, 3), np.uint8)
    left_bright[:, :100] = 200
    variants = [augment(left_bright, np.random.default_rng(seed)) for seed in range(300)]
    mirrored = np.mean([v[:, :100].mean() < v[:, 100:].mean() for v in variants])
    assert 0.4 < mirrored < 0.6


def test_face_stays_in_the_picture() -> None:
    spot = np.zeros((200, 200, 3), np.uint8)
    spot[90:110, 90:110] = 255
    for seed in range(100):
        middle = augment(spot, np.random.default_rng(seed))[75:125, 75:125].max(2)
        assert (middle > 150).sum() > 200  # of about 400 bright pixels; noise that covers them is mostly as bright
