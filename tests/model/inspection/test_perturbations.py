import numpy as np
import pytest
from helpers.small_data import random_chip

from model.inspection.perturbations import PERTURBATIONS, perturb, sweep

CHIP = random_chip(np.random.default_rng(0))


def detail(chip: np.ndarray) -> float:
    """Mean difference between neighbouring pixels, which blur, low resolution and JPEG reduce."""
    return float(np.abs(np.diff(chip.astype(float), axis=1)).mean())


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_strengths_ascend_and_include_the_neutral_one(name: str) -> None:
    perturbation = PERTURBATIONS[name]
    assert list(perturbation.strengths) == sorted(set(perturbation.strengths))
    assert perturbation.neutral in perturbation.strengths
    assert 5 <= len(perturbation.strengths) <= 9


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_neutral_strength_leaves_the_chip_unchanged(name: str) -> None:
    np.testing.assert_array_equal(perturb(CHIP, {name: PERTURBATIONS[name].neutral}), CHIP)


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_every_other_strength_changes_a_copy_and_keeps_its_shape(name: str) -> None:
    original = CHIP.copy()
    for strength in PERTURBATIONS[name].strengths:
        changed = perturb(CHIP, {name: strength})
        assert changed.shape == CHIP.shape
        assert changed.dtype == np.uint8
        assert (changed != CHIP).any() == (strength != PERTURBATIONS[name].neutral)
    np.testing.assert_array_equal(CHIP, original)


@pytest.mark.parametrize("name", sorted(set(PERTURBATIONS) - {"rotation"}))  # any rotation changes this chip completely
def test_change_grows_with_its_distance_from_neutral(name: str) -> None:
    perturbation = PERTURBATIONS[name]
    size = {s: np.abs(perturb(CHIP, {name: s}).astype(float) - CHIP).mean() for s in perturbation.strengths}
    below = [size[s] for s in perturbation.strengths if s <= perturbation.neutral]
    above = [size[s] for s in perturbation.strengths if s >= perturbation.neutral]
    assert below == sorted(below, reverse=True)
    assert above == sorted(above)


def test_rotation_turns_counter_clockwise() -> None:
    chip = np.zeros((200, 200, 3), np.uint8)
    chip[90:110, 150:190] = 255  # to the right of the middle
    rows, columns = np.nonzero(perturb(chip, {"rotation": 45})[..., 0] > 127)
    assert rows.mean() < 60
    assert columns.mean() == pytest.approx(200 - 1 - rows.mean(), abs=1)


def test_occlusion_covers_the_given_share_from_below() -> None:
    covered = perturb(CHIP, {"occlusion": 30})
    np.testing.assert_array_equal(covered[:140], CHIP[:140])
    assert np.unique(covered[140:].reshape(-1, 3), axis=0).shape == (1, 3)
    np.testing.assert_allclose(covered[199, 0], CHIP.mean((0, 1)), atol=0.51)


def test_brightness_scales_the_light() -> None:
    assert perturb(CHIP, {"brightness": 50}).mean() == pytest.approx(CHIP.mean() / 2, abs=1)
    assert perturb(CHIP, {"brightness": 300}).max() == 255


def test_low_resolution_leaves_the_given_number_of_pixels() -> None:
    striped = np.zeros((200, 200, 3), np.uint8)
    striped[:, ::2] = 200
    # 100 pixels cannot show 100 stripes: only their mean is left.
    np.testing.assert_allclose(perturb(striped, {"resolution": 100}), 100, atol=1)


@pytest.mark.parametrize("name", ["blur", "resolution"])
def test_detail_is_lost(name: str) -> None:
    perturbation = PERTURBATIONS[name]
    worst = perturbation.high if perturbation.neutral == perturbation.low else perturbation.low
    assert detail(perturb(CHIP, {name: worst})) < detail(CHIP) / 1.5


def test_jpeg_keeps_red_red() -> None:
    red = np.zeros((200, 200, 3), np.uint8)
    red[..., 0] = 200
    np.testing.assert_allclose(perturb(red, {"jpeg": 50})[100, 100], (200, 0, 0), atol=6)


def test_changes_are_combined_in_the_order_of_a_camera() -> None:
    both = perturb(CHIP, {"blur": 2, "rotation": 20})
    np.testing.assert_array_equal(both, perturb(perturb(CHIP, {"rotation": 20}), {"blur": 2}))


def test_unknown_change_is_named() -> None:
    with pytest.raises(ValueError, match="fog"):
        perturb(CHIP, {"fog": 1})


def test_sweep_goes_over_the_whole_range_and_keeps_the_other_changes() -> None:
    values, chips = sweep(CHIP, {"brightness": 50, "blur": 3}, "blur")
    blur = PERTURBATIONS["blur"]
    assert (values[0], values[-1]) == (blur.low, blur.high)
    assert values[::2].tolist() == list(blur.strengths)
    assert len(values) == len(chips) == 2 * len(blur.strengths) - 1
    for i in (0, 3, -1):
        np.testing.assert_array_equal(chips[i], perturb(CHIP, {"brightness": 50, "blur": float(values[i])}))
