import keras
import numpy as np
import pandas as pd
import pytest

from model.labels import GENDERS, MAX_AGE
from train.targets import (
    make_targets,
    make_weights,
    mix,
    negative_log_likelihood,
    squared_years_outside,
    with_middles,
    years_outside,
)


def brackets(*bounds: tuple[int, int]) -> pd.DataFrame:
    table = pd.DataFrame(bounds, columns=["youngest", "oldest"])
    return table.assign(gender=pd.Categorical(["male"] * len(table), GENDERS))


def distribution(*probabilities: dict[int, float]) -> np.ndarray:
    rows = np.zeros((len(probabilities), MAX_AGE + 1), "float32")
    for row, given in zip(rows, probabilities, strict=True):
        for year, probability in given.items():
            row[year] = probability
    return rows


def values(tensor: keras.KerasTensor) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)


def test_distribution_targets_peak_at_the_label() -> None:
    photos = pd.DataFrame(
        {"age": [0, 33, 116], "gender": pd.Categorical(["male", "female", "male"], ["male", "female"])}
    )
    targets = make_targets(photos, 2.5, has_distribution=True)
    np.testing.assert_allclose(targets["age_distribution"].sum(1), 1, rtol=1e-5)
    assert targets["age_distribution"].argmax(1).tolist() == [0, 33, 116]
    assert targets["gender"].tolist() == [[1, 0], [0, 1], [1, 0]]


def test_mixup_blends_chips_and_targets_by_the_same_shares() -> None:
    values = np.array([0, 100, 200], np.uint8)
    chips = np.broadcast_to(values[:, None, None, None], (3, 4, 4, 3))
    mixed, targets = mix(chips, {"age": values[:, None].astype("float32")}, 0.4, np.random.default_rng(3))
    assert mixed.dtype == np.uint8
    np.testing.assert_allclose(mixed[:, 0, 0, 0], targets["age"][:, 0], atol=0.51)
    assert not np.array_equal(mixed, chips)


def test_age_inside_its_bracket_has_no_error() -> None:
    targets = make_targets(brackets((20, 29), (20, 29), (20, 29), (70, MAX_AGE)), 2.5, has_distribution=False)
    ages = np.array([[20], [28.5], [33], [66]], "float32")
    assert values(years_outside(targets["age"], ages)).tolist() == [0, 0, 4, 4]
    assert values(squared_years_outside(targets["age"], ages)).tolist() == [0, 0, 16, 16]


def test_middle_of_a_bracket_is_taught_like_a_known_age() -> None:
    photos = with_middles(brackets((20, 29), (33, 33), (70, MAX_AGE)))
    targets = make_targets(photos, 2.5, has_distribution=True)
    assert targets["age"].tolist() == [[24.5, 24.5], [33, 33], [74.5, 74.5]]
    means = (targets["age_distribution"] * np.arange(MAX_AGE + 1)).sum(1)
    np.testing.assert_allclose(means, [24.5, 33, 74.5], atol=0.01)


def test_loss_of_a_bracket_is_minus_the_logarithm_of_the_probability_inside() -> None:
    target = make_targets(brackets((20, 29)), 2.5, has_distribution=True)["age_distribution"]
    loss = negative_log_likelihood(target, distribution({20: 0.3, 25: 0.15, 29: 0.05, 30: 0.5}))
    assert values(loss)[0] == pytest.approx(-np.log(0.5), rel=1e-5)


def test_loss_of_a_bracket_does_not_care_where_inside_the_age_lies() -> None:
    target = make_targets(brackets((20, 29), (20, 29)), 2.5, has_distribution=True)["age_distribution"]
    loss = values(negative_log_likelihood(target, distribution({21: 0.8, 60: 0.2}, {24: 0.4, 28: 0.4, 19: 0.2})))
    assert loss[0] == pytest.approx(loss[1], rel=1e-5)


def test_ages_known_to_the_year_are_trained_as_without_brackets() -> None:
    exact = pd.DataFrame({"age": [0, 33, 116], "gender": pd.Categorical(["male"] * 3, GENDERS)})
    alone = make_targets(exact, 2.5, has_distribution=True)
    beside = make_targets(brackets((0, 0), (33, 33), (116, 116), (20, 29)), 2.5, has_distribution=True)
    np.testing.assert_array_equal(beside["age_distribution"][:3], alone["age_distribution"])
    rng = np.random.default_rng(0)
    predicted = rng.dirichlet(np.ones(MAX_AGE + 1), 3).astype("float32")
    ages = rng.uniform(0, 116, (3, 1)).astype("float32")
    np.testing.assert_array_equal(
        values(negative_log_likelihood(beside["age_distribution"][:3], predicted)),
        values(keras.losses.categorical_crossentropy(alone["age_distribution"], predicted)),
    )
    np.testing.assert_array_equal(
        values(years_outside(beside["age"][:3], ages)), values(keras.losses.mean_absolute_error(alone["age"], ages))
    )


def test_missing_gender_counts_nothing_and_the_age_still_does() -> None:
    photos = brackets((20, 29), (30, 39)).assign(gender=pd.Categorical(["female", None], GENDERS))
    weights = make_weights(photos, ["age", "gender"])
    assert weights is not None
    assert {name: values.tolist() for name, values in weights.items()} == {"age": [1, 1], "gender": [1, 0]}
    assert make_weights(brackets((20, 29)), ["age", "gender"]) is None
