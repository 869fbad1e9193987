import numpy as np
import pytest

from model import Face, Predictor
from model.alignment import CHIP_LANDMARKS, align
from model.inspection.occlusion import (
    CENTRES,
    GRID,
    PATCH,
    REGIONS,
    Explanation,
    age_in_words,
    explain,
    gender_in_words,
)

BRIGHT = (150, 60)  # x, y in the chip: the one place that the fake below looks at


def face(age: float, female: float = 0.9) -> Face:
    gender, probability = ("female", female) if female >= 0.5 else ("male", 1 - female)
    return Face((0, 0, 200, 200), ((0, 0),) * 5, 1.0, age, age - 5, age + 5, gender, probability)


def estimate(chips: np.ndarray) -> list[Face]:
    """Ages and genders that depend only on the pixel at `BRIGHT`: 70 years where it is white."""
    light = chips[:, BRIGHT[1], BRIGHT[0]].mean(axis=-1) / 255
    return [face(20 + 50 * value, 0.1 + 0.8 * value) for value in light]


@pytest.fixture
def chip() -> np.ndarray:
    chip = np.zeros((200, 200, 3), np.uint8)
    chip[BRIGHT[1] - 2 : BRIGHT[1] + 3, BRIGHT[0] - 2 : BRIGHT[0] + 3] = 255
    return chip


def test_map_is_zero_except_where_the_estimate_looks(chip: np.ndarray) -> None:
    found = explain(chip, estimate)
    assert found.face.age == pytest.approx(70)
    assert found.age_change.shape == found.gender_change.shape == (GRID, GRID)
    near = (np.abs(CENTRES[None, :] - BRIGHT[0] - 0.5) <= PATCH / 2) & (
        np.abs(CENTRES[:, None] - BRIGHT[1] - 0.5) <= PATCH / 2
    )
    assert 4 <= near.sum() <= 9
    np.testing.assert_allclose(found.age_change[near], -50, atol=1)
    np.testing.assert_allclose(found.age_change[~near], 0)
    assert (found.gender_change[near] < -3).all()
    np.testing.assert_allclose(found.gender_change[~near], 0)


def test_region_around_the_pixel_is_named(chip: np.ndarray) -> None:
    found = explain(chip, estimate)
    assert found.region_age_changes() == pytest.approx({name: -50 * (name == "the eyes") for name in REGIONS}, abs=1)
    changes = found.region_gender_changes()
    assert changes.pop("the eyes") == pytest.approx(-2 * np.log(9), abs=0.1)
    assert set(changes.values()) == {0}
    assert age_in_words(found) == "Covering the eyes makes this face look 50 years younger to the model."
    assert gender_in_words(found) == "Covering the eyes lowers the probability of “female” from 90% to 10%."


def test_regions_cover_the_chip_once() -> None:
    assert (np.sum(list(REGIONS.values()), axis=0) == 1).all()


def test_landmarks_lie_in_the_regions_named_after_them() -> None:
    for name, (x, y) in zip(
        ("the eyes", "the eyes", "the nose", "the mouth", "the mouth"), CHIP_LANDMARKS.astype(int), strict=True
    ):
        assert REGIONS[name][y, x]


def test_patches_reach_every_pixel() -> None:
    chip = np.zeros((200, 200, 3), np.uint8)
    chip[::2] = 200  # so that no pixel has the mean colour
    batches: list[np.ndarray] = []

    def watch(chips: np.ndarray) -> list[Face]:
        batches.append(chips)
        return estimate(chips)

    explain(chip, watch)
    patched = np.concatenate(batches)[1 : 1 + GRID**2]  # between the bare chip and the regions
    assert (patched != chip).any(axis=(0, 3)).all()


def test_chip_is_not_modified_and_batches_are_bounded(chip: np.ndarray) -> None:
    before, sizes, shares = chip.copy(), list[int](), list[float]()

    def count(chips: np.ndarray) -> list[Face]:
        sizes.append(len(chips))
        return estimate(chips)

    explain(chip, count, shares.append)
    np.testing.assert_array_equal(chip, before)
    assert max(sizes) == 32
    assert len(sizes) == 5
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize(
    ("covered", "sentence"),
    [
        (41.2, "Covering the nose makes this face look 1 year older to the model."),
        (34.4, "Covering the nose makes this face look 6 years younger to the model."),
        (40.4, "Covering any one part of this face changes its age by less than a year: no single part decides."),
    ],
)
def test_age_in_words(covered: float, sentence: str) -> None:
    nothing = np.zeros((GRID, GRID))
    assert age_in_words(Explanation(face(40), nothing, nothing, {"the eyes": face(40), "the nose": face(covered)})) == (
        sentence
    )


@pytest.mark.parametrize(
    ("bare", "covered", "sentence"),
    [
        (0.7, 0.9, "Covering the nose raises the probability of “female” from 70% to 90%."),
        (0.1, 0.4, "Covering the nose lowers the probability of “male” from 90% to 60%."),
        (0.7, 0.7, "Covering any one part leaves the probability of “female” at 70%."),
    ],
)
def test_gender_in_words(bare: float, covered: float, sentence: str) -> None:
    nothing = np.zeros((GRID, GRID))
    regions = {"the eyes": face(40, bare), "the nose": face(40, covered)}
    assert gender_in_words(Explanation(face(40, bare), nothing, nothing, regions)) == sentence


def test_portrait_is_explained_by_its_face_more_than_by_its_corners(predictor: Predictor, hopper: np.ndarray) -> None:
    found_face = predictor.predict(hopper)[0]
    found = explain(align(hopper, np.array(found_face.landmarks)), predictor.predict_aligned)
    assert found.face.age == pytest.approx(found_face.age, abs=0.5)
    corners = np.abs(found.age_change[[0, 0, -1, -1], [0, -1, 0, -1]])
    inner = np.abs(found.age_change[3:-3, 3:-3])
    assert inner.max() > 1
    assert inner.mean() > corners.mean()
