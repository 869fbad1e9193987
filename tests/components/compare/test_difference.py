"""The interval of a difference: what it is for two faces, and how often it is right for pairs of test photos."""

import numpy as np
import pandas as pd
import pytest
from helpers.paths import RESULTS

from components.compare.difference import check, difference, differences
from model.face import Face
from reports.data_sets import ALL_AGE_FACES, UTKFACE, DataSet


def face(age: float, low: float, high: float) -> Face:
    return Face((0, 0, 9, 9), ((0, 0),) * 5, 0.99, age, low, high, "female", 0.9)


def errors(count: int, spread: float = 5.0, seed: int = 1) -> pd.DataFrame:
    """Estimates with normal errors, and their 80% intervals."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(20, 70, count)
    estimate = age + rng.normal(0, spread, count)
    half = 1.2816 * spread
    return pd.DataFrame(
        {"age": age, "predicted_age": estimate, "age_low": estimate - half, "age_high": estimate + half}
    )


def test_halves_of_both_intervals_are_added_in_squares() -> None:
    found = difference(face(30, 26, 33), face(50, 46, 62))
    assert found.years == 20
    assert found.low == pytest.approx(20 - 5)  # 4 below the older face, 3 above the younger
    assert found.high == pytest.approx(20 + np.hypot(12, 4))
    assert found.is_clear


def test_exchanged_faces_give_the_opposite() -> None:
    one, other = face(30, 26, 33), face(35, 30, 47)
    forth, back = difference(one, other), difference(other, one)
    assert (back.years, back.low, back.high) == pytest.approx((-forth.years, -forth.high, -forth.low))
    assert not forth.is_clear
    assert back.clarity == pytest.approx(forth.clarity)


def test_interval_that_begins_at_zero_as_it_is_shown_is_not_clear() -> None:
    assert not difference(face(30, 27, 33), face(34.5, 31.5, 37.5)).is_clear


def test_clarity_of_one_is_where_the_interval_begins_at_zero() -> None:
    found = difference(face(30, 27, 33), face(30 + np.hypot(3, 4), 31, 50))
    assert found.low == pytest.approx(np.hypot(3, 4) - np.hypot(found.years + 30 - 31, 3))
    assert difference(face(30, 27, 33), face(35, 31, 50)).clarity == pytest.approx(1)


def test_check_of_normal_errors_finds_the_stated_coverage() -> None:
    checked = check(errors(4000), clarity=1)
    assert checked.coverage == pytest.approx(0.8, abs=0.02)


def test_clearer_differences_are_in_the_right_order_more_often() -> None:
    table = errors(4000)
    shares = [check(table, clarity).right_order for clarity in (0.1, 1, 2)]
    assert shares == sorted(shares)
    assert 0.5 < shares[0] < 0.7
    assert shares[2] > 0.95


@pytest.mark.parametrize("data", [UTKFACE, ALL_AGE_FACES], ids=lambda data: data.name)
def test_intervals_of_test_photos_contain_the_true_difference_about_four_times_in_five(data: DataSet) -> None:
    predictions = pd.read_parquet(RESULTS / data.predictions)
    assert check(predictions, clarity=1).coverage == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(("least", "most"), [(0, 5), (5, 15), (15, 40)])
def test_coverage_does_not_depend_on_how_far_apart_the_estimates_are(least: float, most: float) -> None:
    predictions = pd.read_parquet(RESULTS / UTKFACE.predictions)
    rng = np.random.default_rng(3)
    first, second = (predictions.iloc[rng.integers(len(predictions), size=20_000)] for _ in range(2))
    years, low, high = differences(first, second)
    true = second["age"].to_numpy() - first["age"].to_numpy()
    near = (np.abs(years) >= least) & (np.abs(years) < most)
    covered = ((low <= true) & (true <= high))[near].mean()
    assert covered == pytest.approx(0.8, abs=0.07)
