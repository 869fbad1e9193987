"""Labels as what the outputs of a network are compared with, and the losses for labels that are brackets.

With ages known to the year, as in UTKFace, Keras' own losses serve. A bracket says no more than that the age lies
inside it: the loss is minus the logarithm of the probability that the network gives to all its years together, and the
error of the age is its distance from the bracket, 0 inside.
"""

from collections.abc import Iterable

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.labels import GENDERS, MAX_AGE

YEARS = np.arange(MAX_AGE + 1)
LEAST_PROBABILITY = 2e-4
"""Added to each year of an estimate, so that a bracket which the estimate rules out is taught as it is."""


def make_targets(
    photos: pd.DataFrame,
    label_spread: float,
    has_distribution: bool,
    estimates: NDArray[np.float16] | None = None,
) -> dict[str, NDArray[np.float32]]:
    """What the outputs are compared with, by output.

    A label of 30 stands for "about 30": the distribution is taught a normal curve around it, truncated at both
    ends (label distribution learning, Gao et al., arXiv 1611.01731).

    Args:
        photos: with `age`, or with `youngest` and `oldest`, years.
        label_spread: standard deviation of the curve, years.
        has_distribution: whether the network has the output `age_distribution`.
        estimates: (n, 117) age distributions that another network gives. Where the label is a bracket, the part of
            its estimate inside the bracket is what is taught: a bracket alone says nothing of the years inside, and
            a network left to itself drifts to its middle.

    Returns:
        `age`: (n, 1) years, or (n, 2) youngest and oldest. `gender`: (n, 2) one-hot; of no meaning where it is
        missing. `age_distribution`: (n, 117), a curve that sums to 1, or 1 in each year of a bracket if there are
        no estimates.
    """
    columns = ["age"] if "age" in photos else ["youngest", "oldest"]
    age = photos[columns].to_numpy("float32")
    targets = {"age": age, "gender": np.eye(len(GENDERS), dtype="float32")[photos["gender"].cat.codes]}
    if has_distribution:
        youngest, oldest = age[:, :1], age[:, -1:]
        bell = np.exp(-0.5 * ((YEARS - youngest) / label_spread) ** 2)
        curve = (bell / bell.sum(1, keepdims=True)).astype("float32")
        inside = ((youngest <= YEARS) & (oldest >= YEARS)).astype("float32")
        if estimates is not None:
            inside *= estimates.astype("float32") + LEAST_PROBABILITY
            inside /= inside.sum(1, keepdims=True)
        targets["age_distribution"] = np.where(youngest == oldest, curve, inside)
    return targets


def with_middles(photos: pd.DataFrame) -> pd.DataFrame:
    """The rows with the middle of each age bracket as its only year; one without an end counts as ten years wide."""
    oldest = photos["oldest"].clip(upper=photos["youngest"] + 9)
    middle = (photos["youngest"] + oldest) / 2
    return photos.assign(youngest=middle, oldest=middle)


def make_weights(photos: pd.DataFrame, outputs: Iterable[str]) -> dict[str, NDArray[np.float32]] | None:
    """How much each photo counts for each output, (n,): 0 for a gender that is missing, else 1; none if all count."""
    known = np.asarray(photos["gender"].notna(), dtype="float32")
    if known.all():
        return None
    return {name: known if name == "gender" else np.ones_like(known) for name in outputs}


@keras.saving.register_keras_serializable(package="train")
def years_outside(bracket: keras.KerasTensor, age: keras.KerasTensor) -> keras.KerasTensor:
    """Distance of ages, (n, 1), from brackets, (n, 2) youngest and oldest, in years: (n,), 0 inside."""
    below, above = bracket[:, :1] - age, age - bracket[:, 1:]
    return keras.ops.mean(keras.ops.relu(below) + keras.ops.relu(above), axis=-1)


@keras.saving.register_keras_serializable(package="train")
def squared_years_outside(bracket: keras.KerasTensor, age: keras.KerasTensor) -> keras.KerasTensor:
    """The square of `years_outside`."""
    return keras.ops.square(years_outside(bracket, age))


@keras.saving.register_keras_serializable(package="train")
def negative_log_likelihood(target: keras.KerasTensor, distribution: keras.KerasTensor) -> keras.KerasTensor:
    """Of a bracket's years together; for a curve that sums to 1, the cross-entropy with it: (n,)."""
    inside = keras.ops.clip(keras.ops.sum(target * distribution, axis=-1), keras.config.epsilon(), 1.0)
    is_bracket = keras.ops.sum(target, axis=-1) > 1.5
    cross_entropy = keras.losses.categorical_crossentropy(target, distribution)
    return keras.ops.where(is_bracket, -keras.ops.log(inside), cross_entropy)


def mix(
    chips: NDArray[np.uint8], targets: dict[str, NDArray[np.float32]], strength: float, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], dict[str, NDArray[np.float32]]]:
    """Blends every chip and its targets with another one of the batch (mixup, Zhang et al., arXiv 1710.09412)."""
    share = rng.beta(strength, strength, len(chips)).astype("float32")
    partner = rng.permutation(len(chips))

    def blend(values: np.ndarray) -> np.ndarray:
        own = share.reshape(-1, *[1] * (values.ndim - 1))
        return own * values + (1 - own) * values[partner]

    return np.round(blend(chips)).astype(np.uint8), {name: blend(values) for name, values in targets.items()}
