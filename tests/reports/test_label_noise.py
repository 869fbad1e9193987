"""Evidence of wrong labels: rules by hand, simulations with known noise, and the shipped tables."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.page_tables import labels
from helpers.paths import RESULTS

from reports import label_noise


def photos(age: int, gender: str, estimates: tuple[float, float], female: tuple[float, float]) -> pd.DataFrame:
    """One photo with the estimates of two networks, whose intervals reach 5 years either way."""
    row: dict[str, object] = {"photo": "a", "age": age, "gender": gender}
    for suffix, estimate, probability in zip(("", "_other"), estimates, female, strict=True):
        row |= {
            f"predicted_age{suffix}": estimate, f"age_low{suffix}": estimate - 5, f"age_high{suffix}": estimate + 5,
            f"female_probability{suffix}": probability,
        }  # fmt: skip
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("age", "gender", "estimates", "female", "suspect"),
    [
        (30, "male", (30, 30), (0.95, 0.92), ["gender"]),
        (30, "female", (30, 30), (0.05, 0.02), ["gender"]),
        (30, "male", (30, 30), (0.95, 0.85), []),  # one network is not sure
        (30, "female", (30, 30), (0.95, 0.99), []),  # agrees with the label
        (5, "male", (5, 5), (0.99, 0.99), []),  # a child
        (30, "male", (60, 62), (0.1, 0.1), ["age"]),
        (30, "male", (60, 0), (0.1, 0.1), []),  # the two contradict each other
        (30, "male", (39, 41), (0.1, 0.1), []),  # less than ten years for one of them
        (30, "male", (60, 62), (0.99, 0.99), ["gender and age"]),
    ],
)
def test_suspects_are_contradicted_by_both_networks(
    age: int, gender: str, estimates: tuple[float, float], female: tuple[float, float], suspect: list[str]
) -> None:
    assert label_noise.disagreements(photos(age, gender, estimates, female))["suspect"].to_list() == suspect


def test_digits_of_smooth_ages_are_equally_frequent() -> None:
    ages = np.repeat(np.arange(20, 90), 300 - 3 * np.arange(70))  # ever fewer
    table = label_noise.last_digits(pd.Series(ages))
    assert table["share"].to_numpy() == pytest.approx(np.full(10, 0.1), abs=0.002)
    assert label_noise.myers_index(table) < 0.01


def test_rounded_ages_end_in_0_and_5() -> None:
    ages = pd.Series(np.arange(20, 90)).repeat(10)
    table = label_noise.last_digits((ages / 5).round() * 5)
    assert table.loc[[0, 5], "share"].sum() == pytest.approx(1)
    assert label_noise.myers_index(table) == pytest.approx(0.8)


def pairs_with(noise_years: float, flipped: float, count: int = 6000) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    differences = np.abs(rng.normal(0, noise_years, count) - rng.normal(0, noise_years, count))
    wrong = rng.random((2, count)) < flipped
    return pd.DataFrame(
        {
            "difference": differences,
            "bracket": "30–39",
            "same_gender": wrong[0] == wrong[1],
            "gender": pd.Series(["male"] * count).where(wrong[0] == wrong[1]),
        }
    )


def test_noise_of_simulated_labels_is_found_again() -> None:
    pairs = pairs_with(3, 0.05)
    years = label_noise.age_noise(pairs).set_index("group").loc["All"]
    assert years["low"] < 3 * np.sqrt(2 / np.pi) < years["high"]
    genders = label_noise.gender_noise(pairs).set_index("group").loc["All"]
    assert genders["low"] < 0.05 < genders["high"]
    assert genders["ceiling"] == 1 - genders["share"]


def test_equal_labels_have_no_noise() -> None:
    pairs = pairs_with(0, 0)
    assert label_noise.age_noise(pairs)["years"].to_list() == [0] * 3  # all, the bracket, the gender
    assert label_noise.gender_noise(pairs)["share"].to_list() == [0] * 2


def test_pairs_without_a_bracket_or_gender_are_no_group() -> None:
    assert label_noise.age_noise(pairs_with(1, 0)[:0]).empty


def test_contradictions_differ_in_gender_or_by_more_than_ten_years() -> None:
    pairs = label_noise.label_pairs(labels([20, 31, 40, 50, 60, 60], "aabbcc", "mmmmmf"))
    found = label_noise.contradictions(pairs)
    assert sorted(found["age"]) == [20, 60]


def test_pairs_of_the_shipped_labels_are_those_of_their_groups() -> None:
    table = pd.read_parquet(RESULTS / "labels.parquet")
    pairs = label_noise.label_pairs(table)
    sizes = table["group"].value_counts()
    assert len(pairs) == (sizes * (sizes - 1) // 2).sum()
    group = dict(zip(table["photo"], table["group"], strict=True))
    assert (pairs["photo"].map(group) == pairs["photo_other"].map(group)).all()


def test_label_pairs_are_all_pairs_of_a_group() -> None:
    pairs = label_noise.label_pairs(labels([10, 14, 20, 50, 50], "aaabb", "mmfmm"))
    assert sorted(pairs["difference"]) == [0, 4, 6, 10]
    assert pairs["same_gender"].sum() == 2
    assert pairs.loc[pairs["difference"] == 0, "bracket"].to_list() == ["50–59"]


def test_label_pairs_hold_those_that_the_data_command_found() -> None:
    near = json.loads((RESULTS / "dataset.json").read_text())["near_identical"]
    pairs = label_noise.label_pairs(pd.read_parquet(RESULTS / "labels.parquet"))
    # A group also has pairs that are linked by a third photo alone.
    assert near["pairs"] <= len(pairs) <= 1.1 * near["pairs"]
    assert pairs["difference"].mean() == pytest.approx(near["mean_age_difference"], abs=0.3)
    assert label_noise.age_noise(pairs).iloc[0]["pairs"] == len(pairs)


def test_photos_without_copies_have_no_pairs() -> None:
    assert label_noise.label_pairs(labels([1, 2, 3])).empty


def test_every_suspect_has_its_label_and_a_reason() -> None:
    table = labels([20, 31, 40, 50], "aabc").assign(default_label=[False, False, False, True])
    disagreeing = pd.DataFrame(
        {"photo": table["photo"][2:3], "suspect": "age", "estimate": 71.2, "female": 0.1, "age": 40, "gender": "male"}
    )
    found = label_noise.suspects(table, disagreeing, label_noise.label_pairs(table))
    assert found["reason"].to_list() == [
        "two networks disagree: age", "near-duplicate contradicts", "near-duplicate contradicts", "default label"
    ]  # fmt: skip
    assert found["age"].to_list() == [40, 20, 31, 50]
    assert found["evidence"][0] == "estimates: 71 years, 10% female"
    assert found["evidence"][1] == f"{table['photo'][1]} is labelled 31 years"
    assert found["evidence"][2] == f"{table['photo'][0]} is labelled 20 years"
