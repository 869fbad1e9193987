"""Small tables of the kind that the data pages draw, written by hand."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from components.dataset.tables import with_brackets
from model.labels import ETHNICITIES, GENDERS


def genders(letters: str) -> "pd.Categorical[str]":
    """Genders from letters, m or f."""
    return pd.Categorical(["female" if letter == "f" else "male" for letter in letters], GENDERS)


def labels(ages: list[int], groups: str = "", letters: str = "") -> pd.DataFrame:
    """A label table of the given ages; groups of near-identical photos and genders (m, f) by letter."""
    count = len(ages)
    table = pd.DataFrame(
        {
            "photo": [f"{i:016x}" for i in range(count)],
            "group": list(groups) or [str(i) for i in range(count)],
            "age": pd.array(ages, dtype="int16"),
            "gender": genders(letters or "m" * count),
            "ethnicity": pd.Categorical(["White"] * count, ETHNICITIES),
            "split": pd.Categorical(["train"] * count, ("train", "validation", "test")),
        }
    )
    return with_brackets(table)


def predictions(ages: list[int], guesses: Sequence[float], letters: str, female: list[float]) -> pd.DataFrame:
    """Predictions with genders by letter (m, f) and intervals of 5 years either way."""
    guess = np.array(guesses)
    table = pd.DataFrame(
        {
            "photo": [f"{i:016x}" for i in range(len(ages))],
            "age": ages,
            "gender": genders(letters),
            "ethnicity": pd.Categorical(["Asian"] * len(ages), ETHNICITIES),
            "predicted_age": guess,
            "age_low": guess - 5,
            "age_high": guess + 5,
            "female_probability": female,
        }
    )
    return with_brackets(table)
