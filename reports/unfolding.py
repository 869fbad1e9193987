"""Shares by age and gender, corrected for the model's own errors, with bootstrap intervals.

The model's answers about many people are a mixture: each true age and gender gives its own answers, right and wrong
ones, in proportions that are known from validation faces. The shares in the mixture are what is wanted. They are
estimated by expectation maximisation, stopped early (Vardi and Lee, JRSS B 55, 1993; in physics, iterative Bayesian
unfolding: D'Agostini, NIM A 362, 1995; for class shares: Saerens, Latinne and Decaestecker, Neural Computation 14,
2002). Early stopping keeps chance from being taken for structure; the number of steps was chosen on validation faces.

Everything is repeated with other samples of people, of validation faces, and with another mix of data sets, since
faces from elsewhere may be like those of any of them. The mean of the repetitions is the corrected share (bagging:
Breiman, Machine Learning 24, 1996), and their middle 95% is its interval.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from model.face import CERTAIN_GENDER
from model.labels import AGE_BRACKETS, BRACKET_NAMES, GENDERS, MAX_AGE
from reports.metrics import wilson_interval

FIRST_YEARS = (0, 3, 6, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 77)
"""Where the age classes begin, years: halves of the brackets, because people are not spread evenly over a bracket."""

PROBABILITIES = (0.0, round(1 - CERTAIN_GENDER, 2), 0.5, CERTAIN_GENDER)
"""Where the classes of the probability of "female" begin: stated male, rather male, rather female, stated female. The
table of counts has two digits of them."""

AGES, ANSWERS, PEOPLE = len(FIRST_YEARS), len(FIRST_YEARS) * len(PROBABILITIES), len(FIRST_YEARS) * len(GENDERS)
"""The numbers of age classes, of possible answers, and of kinds of people (true age class and gender)."""

COUNTS = ("data", "youngest", "oldest", "gender", "estimated_age", "female_probability", "faces")
"""The columns of `confusion.csv`: labels of validation faces, where the classes of the answer begin, and how many."""

REPETITIONS = 200
STEPS = 10
"""Of expectation maximisation, which starts from equal shares."""

NEIGHBOURS = 0.7
"""Standard deviation, in age classes, of the bell by which a class is filled up with what its neighbours answer."""

FILLED_UP = 5.0
"""How many faces from the neighbours each class gets."""

UNEVEN = 0.5
"""Of the Dirichlet distribution of how much the errors are like those of each data set: below 1, mostly like one."""

FEW = 20.0
"""A data set with so few faces of a class counts half for it."""

NONE = 0.005
"""Lower ends below this share are 0: early stopping leaves a little in classes where nobody is."""


def answer_classes(age: ArrayLike, female_probability: ArrayLike) -> NDArray[np.intp]:
    """The class of each answer, 0 to `ANSWERS` - 1, from estimated ages (years) and probabilities of "female"."""
    ages = np.searchsorted(FIRST_YEARS, np.asarray(age, float), side="right") - 1
    probabilities = np.searchsorted(PROBABILITIES, np.asarray(female_probability, float), side="right") - 1
    return ages * len(PROBABILITIES) + probabilities


def count_answers(age: ArrayLike, female_probability: ArrayLike) -> NDArray[np.intp]:
    """How many answers are in each class."""
    return np.bincount(answer_classes(age, female_probability), minlength=ANSWERS)


def confusion_counts(predictions: pd.DataFrame) -> pd.DataFrame:
    """The table `confusion.csv` (see `COUNTS`); exact ages become the class that they are in.

    Args:
        predictions: `data`, `youngest` and `oldest` (years, the same if the age is known), `gender`, `predicted_age`,
            `female_probability`; faces without gender are left out.
    """
    known = predictions[predictions["gender"].notna()]
    first, last = _class_of(known["youngest"]), _class_of(known["oldest"])
    answers = answer_classes(known["predicted_age"], known["female_probability"])
    table = pd.DataFrame(
        {
            "data": known["data"].to_numpy(),
            "youngest": np.take(FIRST_YEARS, first),
            "oldest": np.take((*FIRST_YEARS[1:], MAX_AGE + 1), last) - 1,
            "gender": known["gender"].astype(str).to_numpy(),
            "estimated_age": np.take(FIRST_YEARS, answers // len(PROBABILITIES)),
            "female_probability": np.take(PROBABILITIES, answers % len(PROBABILITIES)),
        }
    )
    return table.groupby(list(COUNTS[:-1])).size().rename("faces").reset_index()


def draw_confusions(counts: pd.DataFrame, repetitions: int = REPETITIONS) -> NDArray[np.float64]:
    """What people of each kind make the model answer, in as many versions as the validation faces allow.

    Args:
        counts: with the columns `COUNTS`.
        repetitions: number of versions.

    Returns:
        (repetitions, `ANSWERS`, `PEOPLE`), the probability of each answer for each kind of people.
    """
    rng = np.random.default_rng(0)
    faces = _faces_by_data(counts)
    totals = faces.sum(2)
    neighbours = _shares(_with_neighbours(faces.sum(0)))
    data_sets = rng.dirichlet(np.full(len(faces), UNEVEN), repetitions)
    versions = np.zeros((repetitions, PEOPLE, ANSWERS))
    weights = np.zeros((repetitions, PEOPLE, 1))
    for of_set, total, share in zip(faces, totals, data_sets.T, strict=True):
        # Gamma variables with these shapes, divided by their sum, are Rubin's Bayesian bootstrap of the faces.
        drawn = rng.gamma(of_set, size=(repetitions, *of_set.shape)) + FILLED_UP * neighbours
        weight = share[:, None, None] * (total / (total + FEW))[:, None] + 1e-9
        versions += weight * _shares(drawn)
        weights += weight
    return (versions / weights).transpose(0, 2, 1)


def unfold(answers: NDArray[np.intp], confusions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shares of all kinds of people, once for each version of the confusion and with people drawn anew for each.

    Args:
        answers: (`ANSWERS`,), how often the model gave each, as `count_answers` counts them.
        confusions: of `draw_confusions`.

    Returns:
        (repetitions, age classes, genders), each repetition with the sum 1.

    Raises:
        ValueError: if there are no answers.
    """
    people = int(answers.sum())
    if not people:
        raise ValueError("`answers` must count at least one person. Received: none")
    drawn = np.random.default_rng(0).multinomial(people, answers / people, len(confusions)) / people
    shares = np.full((len(confusions), PEOPLE), 1 / PEOPLE)
    for _ in range(STEPS):
        expected = np.matmul(confusions, shares[:, :, None])[:, :, 0]
        ratio = drawn / np.maximum(expected, 1e-12)
        shares *= np.matmul(ratio[:, None, :], confusions)[:, 0, :]
        shares /= shares.sum(1, keepdims=True)
    return shares.reshape(-1, AGES, len(GENDERS))


def corrected_ages(shares: NDArray[np.float64], people: int) -> pd.DataFrame:
    """A row for each age bracket: `bracket`, and its corrected `share` with the 95% interval `low` to `high`, 0-1.

    Args:
        shares: of `unfold`.
        people: how many there are.
    """
    brackets = [shares[:, [first <= year <= last for year in FIRST_YEARS]].sum((1, 2)) for first, last in AGE_BRACKETS]
    rows = [_with_interval(bracket, people) for bracket in brackets]
    return pd.DataFrame(rows, columns=["share", "low", "high"]).assign(bracket=BRACKET_NAMES)


def corrected_female_share(shares: NDArray[np.float64], people: int) -> tuple[float, float, float]:
    """The corrected share of women and girls, 0-1, and the ends of its 95% interval."""
    return _with_interval(shares[:, :, GENDERS.index("female")].sum(1), people)


def _with_interval(repeated: NDArray[np.float64], people: int) -> tuple[float, float, float]:
    """The mean and the middle 95%; never narrower than Wilson's interval, which holds where nobody was seen, too."""
    share = float(repeated.mean())
    low, high = np.percentile(repeated, [2.5, 97.5])
    least, most = wilson_interval(round(share * people), people)
    low = min(float(low), least)
    return share, 0.0 if low < NONE else low, max(float(high), most)


def _faces_by_data(counts: pd.DataFrame) -> NDArray[np.float64]:
    """(data sets, `PEOPLE`, `ANSWERS`): how many faces. Those with a bracket count in parts for each of its classes.

    A part is the probability of the class, given the bracket and the answer, if its classes are equally frequent.
    """
    names = sorted(counts["data"].unique())
    faces = np.zeros((len(names), AGES, len(GENDERS), ANSWERS))
    data = counts["data"].map(names.index).to_numpy()
    gender = counts["gender"].map(GENDERS.index).to_numpy()
    first, last = _class_of(counts["youngest"]), _class_of(counts["oldest"])
    answer = answer_classes(counts["estimated_age"], counts["female_probability"])
    number = counts["faces"].to_numpy(float)
    exact = first == last
    np.add.at(faces, (data[exact], first[exact], gender[exact], answer[exact]), number[exact])
    likely = _shares(_with_neighbours(faces.sum(0).reshape(PEOPLE, ANSWERS))).reshape(faces.shape[1:])
    for row in np.flatnonzero(~exact):
        classes = slice(first[row], last[row] + 1)
        part = likely[classes, gender[row], answer[row]]
        faces[data[row], classes, gender[row], answer[row]] += number[row] * part / part.sum()
    return faces.reshape(len(names), PEOPLE, ANSWERS)


def _with_neighbours(faces: NDArray[np.float64]) -> NDArray[np.float64]:
    """(`PEOPLE`, `ANSWERS`) with the faces of the neighbouring age classes added, and a trace of every answer."""
    classes = np.arange(AGES)
    bell = np.exp(-0.5 * ((classes[:, None] - classes) / NEIGHBOURS) ** 2)
    return (bell @ faces.reshape(AGES, -1)).reshape(faces.shape) + 0.01


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values / values.sum(-1, keepdims=True)


def _class_of(ages: pd.Series) -> NDArray[np.intp]:
    return np.searchsorted(FIRST_YEARS, ages.to_numpy(), side="right") - 1
