"""Shares corrected for the model's errors: a known mix is found again, and what is known already stays."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from helpers.answers import answered
from helpers.paths import RESULTS

from model.labels import AGE_BRACKETS, BRACKET_NAMES
from reports.metrics import wilson_interval
from reports.unfolding import (
    ANSWERS,
    COUNTS,
    PEOPLE,
    answer_classes,
    confusion_counts,
    corrected_ages,
    corrected_female_share,
    count_answers,
    draw_confusions,
    unfold,
)

REPETITIONS = 60


def raw_shares(people: pd.DataFrame, column: str = "predicted_age") -> np.ndarray:
    edges = [first for first, _ in AGE_BRACKETS] + [200]
    return np.histogram(people[column], edges)[0] / len(people)


def correct(known: pd.DataFrame, people: pd.DataFrame) -> tuple[pd.DataFrame, tuple[float, float, float]]:
    confusions = draw_confusions(confusion_counts(known), REPETITIONS)
    shares = unfold(count_answers(people["predicted_age"], people["female_probability"]), confusions)
    return corrected_ages(shares, len(people)), corrected_female_share(shares, len(people))


@pytest.fixture(scope="module")
def known() -> pd.DataFrame:
    """Validation faces of all ages, whose estimates are off by eight years on average towards 35."""
    rng = np.random.default_rng(1)
    return answered(rng.integers(0, 90, 5000), rng.random(5000) < 0.5, rng)


@pytest.mark.parametrize(("mean", "female"), [(8, 0.5), (30, 0.9), (72, 0.2)])
def test_known_mix_is_found_again(known: pd.DataFrame, mean: float, female: float) -> None:
    rng = np.random.default_rng(2)
    people = answered(rng.normal(mean, 7, 2000).clip(0, 89).astype(int), rng.random(2000) < female, rng)
    truth = raw_shares(people, "youngest")
    ages, (share, low, high) = correct(known, people)
    estimated_off, corrected_off = np.abs(raw_shares(people) - truth).sum(), np.abs(ages["share"] - truth).sum()
    assert corrected_off < 0.6 * estimated_off
    assert (ages["low"].le(truth) & ages["high"].ge(truth)).mean() > 0.7
    assert low <= share <= high
    assert abs(share - female) < 0.05


def test_model_without_errors_is_not_corrected() -> None:
    rng = np.random.default_rng(3)
    ages, women = rng.integers(0, 90, 20_000), rng.random(20_000) < 0.5
    people = answered(rng.integers(15, 45, 1000), rng.random(1000) < 0.7, rng, error=0)
    corrected, (female, _, _) = correct(answered(ages, women, rng, error=0), people)
    assert np.abs(corrected["share"] - raw_shares(people)).max() < 0.02
    assert female == pytest.approx((people["gender"] == "female").mean(), abs=0.02)


def test_intervals_are_wider_for_fewer_people_and_fewer_known_faces(known: pd.DataFrame) -> None:
    rng = np.random.default_rng(4)
    people = answered(rng.integers(0, 90, 2000), rng.random(2000) < 0.5, rng)

    def width(known: pd.DataFrame, people: pd.DataFrame) -> float:
        ages, _ = correct(known, people)
        return float((ages["high"] - ages["low"]).mean())

    assert width(known, people[:100]) > 1.5 * width(known, people)
    assert width(known[:300], people) > 1.1 * width(known, people)


def test_interval_of_a_bracket_without_people_says_how_many_there_could_be(known: pd.DataFrame) -> None:
    rng = np.random.default_rng(5)
    ages, _ = correct(known, answered(np.full(100, 30), rng.random(100) < 0.5, rng))
    children = ages.set_index("bracket").loc["3–9"]
    assert children["low"] == 0
    assert children["high"] >= wilson_interval(0, 100)[1]


def test_brackets_are_split_by_what_the_model_says_of_the_faces(known: pd.DataFrame) -> None:
    first = np.array([first for first, _ in AGE_BRACKETS])
    last = np.minimum([last for _, last in AGE_BRACKETS], 89)
    bracket = np.searchsorted(first, known["youngest"], side="right") - 1
    brackets = known.assign(youngest=first[bracket], oldest=last[bracket], data="brackets")[:2500]
    both = pd.concat([known[2500:], brackets])
    counts = confusion_counts(both)
    assert counts["faces"].sum() == len(both)
    rng = np.random.default_rng(6)
    people = answered(rng.normal(20, 4, 2000).clip(0).astype(int), rng.random(2000) < 0.5, rng)
    ages, _ = correct(both, people)
    truth = raw_shares(people, "youngest")
    assert np.abs(ages["share"] - truth).sum() < 0.6 * np.abs(raw_shares(people) - truth).sum()


def test_confusions_are_probabilities_even_where_no_face_is_known(known: pd.DataFrame) -> None:
    confusions = draw_confusions(confusion_counts(known[known["youngest"] < 60]), 3)
    assert confusions.shape == (3, ANSWERS, PEOPLE)
    assert confusions.sum(1) == pytest.approx(np.ones((3, PEOPLE)))
    assert (confusions > 0).all()


def test_shares_of_all_brackets_sum_to_one(known: pd.DataFrame) -> None:
    ages, _ = correct(known, known[:500])
    assert ages["share"].sum() == pytest.approx(1)
    assert tuple(ages["bracket"]) == BRACKET_NAMES
    assert (ages["low"].le(ages["share"]) & ages["high"].ge(ages["share"])).all()


def test_nobody_cannot_be_corrected(known: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="at least one person"):
        unfold(np.zeros(ANSWERS, int), draw_confusions(confusion_counts(known), 2))


def test_answers_are_classed_by_age_and_stated_gender() -> None:
    assert answer_classes([0, 2.9, 3, 116], [0.1, 0.2, 0.5, 0.9]).tolist() == [0, 1, 6, 67]


def test_answers_stay_in_their_class_when_the_counts_are_read_from_their_file(known: pd.DataFrame) -> None:
    counts = pd.read_csv(io.StringIO(confusion_counts(known).to_csv(index=False)))
    classes = np.repeat(answer_classes(counts["estimated_age"], counts["female_probability"]), counts["faces"])
    answers = count_answers(known["predicted_age"], known["female_probability"])
    np.testing.assert_array_equal(np.bincount(classes, minlength=ANSWERS), answers)


def test_faces_without_gender_are_left_out(known: pd.DataFrame) -> None:
    some = known[:10].assign(gender=pd.Categorical([None] * 4 + ["female"] * 6, ["male", "female"]))
    assert confusion_counts(some)["faces"].sum() == 6


def test_counts_are_those_of_the_check() -> None:
    measured = json.loads((RESULTS / "unfolding.json").read_text())
    counts = pd.read_csv(RESULTS / "confusion.csv")
    assert tuple(counts) == COUNTS
    assert counts.groupby("data")["faces"].sum().to_dict() == measured["validation_faces"]
