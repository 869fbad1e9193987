import cv2
import numpy as np
import pytest
from helpers.small_data import random_chip

from model.alignment import CHIP_LANDMARKS, align, similarity_transform


def similarity(scale: float, degrees: float, x: float, y: float) -> np.ndarray:
    angle = np.radians(degrees)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cos, -sin, x], [sin, cos, y]])


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


@pytest.mark.parametrize("scale", [0.3, 1, 5])
@pytest.mark.parametrize("degrees", [-170, -30, 0, 45])
def test_known_transform_is_recovered(scale: float, degrees: float) -> None:
    matrix = similarity(scale, degrees, 37, -12)
    np.testing.assert_allclose(similarity_transform(CHIP_LANDMARKS, apply(matrix, CHIP_LANDMARKS)), matrix, atol=1e-9)


def test_transform_is_the_best_in_least_squares() -> None:
    rng = np.random.default_rng(0)
    noisy = apply(similarity(1.4, 20, 5, 6), CHIP_LANDMARKS) + rng.normal(0, 4, (5, 2))
    best = similarity_transform(noisy, CHIP_LANDMARKS)

    def error(matrix: np.ndarray) -> float:
        return float(((apply(matrix, noisy) - CHIP_LANDMARKS) ** 2).sum())

    for nudge in rng.normal(0, 0.01, (50, 3)):
        scale, degrees = np.hypot(best[0, 0], best[1, 0]), np.degrees(np.arctan2(best[1, 0], best[0, 0]))
        other = similarity(scale + nudge[0], degrees + 30 * nudge[1], *(best[:, 2] + 30 * nudge[2]))
        assert error(best) <= error(other)


@pytest.mark.parametrize("scale", [0.5, 1, 2.5, 6])
@pytest.mark.parametrize("degrees", [-30, 0, 30])
def test_chip_placed_into_a_photo_comes_back(scale: float, degrees: float) -> None:
    chip = random_chip(np.random.default_rng(1))
    placed = similarity(scale, degrees, 900, 700)
    photo = cv2.warpAffine(chip, placed, (2400, 2400), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    back = align(photo, apply(placed, CHIP_LANDMARKS))
    assert back.shape == (200, 200, 3)
    assert back.dtype == np.uint8
    inner = np.s_[5:-5, 5:-5]
    assert np.abs(back[inner].astype(int) - chip[inner]).mean() < 6


def test_large_face_is_averaged_and_not_sampled() -> None:
    rng = np.random.default_rng(2)
    noise = rng.integers(0, 256, (2000, 2000, 3), dtype=np.uint8)
    chip = align(noise, CHIP_LANDMARKS * 10)
    # Noise sampled at single pixels keeps a deviation of 74; averaged over 10 x 10 pixels it has 7.
    assert chip.std() < 15


def test_face_beyond_the_edge_repeats_the_edge() -> None:
    photo = np.full((100, 100, 3), 90, np.uint8)
    for factor in (1, 8):
        assert (align(photo, CHIP_LANDMARKS * factor - 60) == 90).all()
