"""Faces of known ages with the answers of a model that errs in a known way."""

import numpy as np
import pandas as pd


def answered(ages: np.ndarray, female: np.ndarray, rng: np.random.Generator, error: float = 6.0) -> pd.DataFrame:
    """A row a face as `python -m train unfolding` reads them.

    Args:
        ages: true ages, years.
        female: whether each is a woman.
        rng: for the errors.
        error: standard deviation of the estimated ages, years; they also lean towards 35, and one in ten of the
            genders is wrong. With 0, all answers are right.
    """
    wrong = (rng.random(len(ages)) < 0.1) & (error > 0)
    lean = 0.15 * (35 - ages) if error else 0.0
    return pd.DataFrame(
        {
            "data": "synthetic",
            "youngest": ages,
            "oldest": ages,
            "gender": pd.Categorical(np.where(female, "female", "male"), ["male", "female"]),
            "predicted_age": (ages + 0.5 + lean + rng.normal(0, 1, len(ages)) * error).clip(0, 116),
            "female_probability": np.where(female ^ wrong, 0.9, 0.1),
        }
    )
