"""Labels that are probably wrong, how noisy labels are, and what that means for any model's error.

Three sources of evidence, each independent of the others:

- *Disagreement*: two networks that never saw a photo contradict its label, both confidently and in the same way. The
  idea is that of confident learning (Northcutt, Jiang and Chuang, JAIR 70, 2021), with two networks in place of
  cross-validation.
- *Near-duplicates*: the same picture labelled more than once. How much the labels differ says how noisy they are.
- *Digits*: people round ages. Myers' blended method (Transactions of the Actuarial Society of America 41, 1940) counts
  how often ages end in each digit, corrected for the fact that fewer people are old.
"""

import numpy as np
import pandas as pd

from reports.metrics import Z_95, age_brackets, wilson_interval

CONFIDENT = 0.9
"""Each network gives the gender that is not on the label at least this probability."""

DISAGREEMENT, CONTRADICTION, DEFAULT = "two networks disagree", "near-duplicate contradicts", "default label"
"""Reasons to suspect a label."""

YOUNGEST = 10
"""Years. Genders of younger children cannot be told from their faces, so no disagreement counts."""

FAR_OUTSIDE = 0.5
"""A label is far outside an age interval if its distance from it is larger than this share of the interval's width."""

LEAST_YEARS = 10
"""Smaller disagreements about age never count."""

YEARS_APART = 10
"""Labels of near-duplicates that differ by more contradict each other; training leaves such pairs out, too."""

MYERS_AGES = (20, 89)
"""The ages whose last digits are counted: seven decades, in which people round and which have enough photos."""


def disagreements(photos: pd.DataFrame) -> pd.DataFrame:
    """Photos whose label two networks contradict.

    Args:
        photos: labels `photo`, `age` and `gender`, and of two networks `predicted_age`, `age_low`, `age_high`,
            `female_probability`, those of the second with the suffix `_other`.

    Returns:
        `photo`, `age`, `gender`, the mean `estimate` (years) and `female` probability of both networks, and what the
        `suspect` is: "gender", "age", or "gender and age".
    """
    female = photos["gender"] == "female"
    of_label = photos[["female_probability", "female_probability_other"]].astype(float)
    of_label = of_label.where(female, 1 - of_label)
    gender = (of_label.max(axis=1) <= 1 - CONFIDENT) & (photos["age"] >= YOUNGEST)
    age = _far(photos, "") & _far(photos, "_other") & (_direction(photos, "") == _direction(photos, "_other"))
    suspect = np.select([gender & age, gender, age], ["gender and age", "gender", "age"], "")
    table = photos.assign(
        suspect=suspect,
        estimate=photos[["predicted_age", "predicted_age_other"]].astype(float).mean(axis=1),
        female=photos[["female_probability", "female_probability_other"]].astype(float).mean(axis=1),
    )
    kept = table.loc[table["suspect"] != "", ["photo", "age", "gender", "estimate", "female", "suspect"]]
    return kept.reset_index(drop=True)


def suspects(photos: pd.DataFrame, disagreeing: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Every photo whose label is probably wrong, once for each reason.

    Args:
        photos: the label table, with `default_label`.
        disagreeing: from `disagreements`.
        pairs: from `label_pairs`.

    Returns:
        `photo`, `split`, `age`, `gender`, `reason`, and the `evidence` in words; the strongest reasons first.
    """
    contradicting = contradictions(pairs)
    other = contradicting.rename(columns={"photo": "photo_other", "photo_other": "photo", "age": "other_age",
                                          "other_age": "age"})  # fmt: skip
    both = pd.concat([contradicting, other], ignore_index=True)
    evidence = pd.concat(
        [
            pd.DataFrame(
                {
                    "photo": disagreeing["photo"],
                    "reason": DISAGREEMENT + ": " + disagreeing["suspect"],
                    "evidence": [
                        f"estimates: {row['estimate']:.0f} years, {row['female']:.0%} female"
                        for row in disagreeing.to_dict("records")
                    ],
                }
            ),
            pd.DataFrame(
                {
                    "photo": both["photo"],
                    "reason": CONTRADICTION,
                    "evidence": [
                        f"{row['photo_other']} is labelled {row['other_age']} years"
                        + ("" if row["same_gender"] else ", the other gender")
                        for row in both.to_dict("records")
                    ],
                }
            ),
            pd.DataFrame({"photo": photos.loc[photos["default_label"], "photo"], "reason": DEFAULT, "evidence": ""}),
        ]
    )
    known = photos[["photo", "split", "age", "gender"]]
    return evidence.merge(known, on="photo")[["photo", "split", "age", "gender", "reason", "evidence"]]


def contradictions(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of near-duplicates with different genders, or ages more than `YEARS_APART` apart; see `label_pairs`."""
    return pairs[~pairs["same_gender"] | (pairs["difference"] > YEARS_APART)]


def last_digits(ages: pd.Series) -> pd.DataFrame:
    """How often ages end in each digit: Myers' blended method.

    It counts in ten windows of six decades, which begin at 20, 21, … 29, so that each digit comes first once.

    Returns:
        `digit` (0-9), and the blended `share` of all ages (0-1) that end in it; 0.1 each if nobody rounds.
    """
    first, last = MYERS_AGES
    counts = ages.value_counts().reindex(range(first, last + 1), fill_value=0).to_numpy().reshape(-1, 10)
    digits = np.arange(10)
    blended = (digits + 1) * counts[:-1].sum(axis=0) + (9 - digits) * counts[1:].sum(axis=0)
    total = blended.sum()
    return pd.DataFrame({"digit": digits, "share": blended / total if total else np.full(10, np.nan)})


def myers_index(digits: pd.DataFrame) -> float:
    """The share of ages, 0-0.9, that would have to end in another digit for all digits to be equally frequent."""
    return float((digits["share"] - 0.1).abs().sum() / 2)


def age_noise(pairs: pd.DataFrame) -> pd.DataFrame:
    """How far off age labels are, by bracket and by gender.

    Two labels with independent errors of the same kind differ by √2 times as much as each is off on average (exact for
    normal errors). No model can have a lower mean error on such labels, not even one that always knew the truth.

    Args:
        pairs: `difference` (years), `bracket` of the mean label, `gender` (of both, or missing if they differ).

    Returns:
        `group`, `pairs`, the mean error of a label `years`, and the ends `low` and `high` of its normal 95% interval.
    """
    rows = []
    for name, part in _groups(pairs):
        years = part["difference"].astype(float) / np.sqrt(2)
        half = Z_95 * years.std() / np.sqrt(len(years)) if len(years) > 1 else float("nan")
        rows.append((name, len(years), years.mean(), max(years.mean() - half, 0.0), years.mean() + half))
    return pd.DataFrame(rows, columns=["group", "pairs", "years", "low", "high"])


def gender_noise(pairs: pd.DataFrame) -> pd.DataFrame:
    """How many gender labels are wrong, by bracket.

    If each label is wrong with probability p, independently of the other, two labels differ with probability 2p(1 − p).
    Solved for p; no model can be right more often than 1 − p on such labels.

    Returns:
        `group`, `pairs`, the `share` of wrong labels (0-0.5) with `low` and `high` from Wilson's interval, and the
        `ceiling` of gender accuracy (0.5-1).
    """
    rows = []
    for name, part in _groups(pairs, by_gender=False):
        count = int((~part["same_gender"]).sum())
        ends = (count / len(part), *wilson_interval(count, len(part)))
        share, low, high = (_flipped(value) for value in ends)
        rows.append((name, len(part), share, low, high, 1 - share))
    return pd.DataFrame(rows, columns=["group", "pairs", "share", "low", "high", "ceiling"])


def label_pairs(photos: pd.DataFrame) -> pd.DataFrame:
    """Every pair of photos within a group of near-identical photos.

    Args:
        photos: the label table.

    Returns:
        `photo` and `photo_other`, `age` and `other_age` (years), `difference` (years, 0 or more), `bracket` of the mean
        age, `same_gender`, and the `gender` of both, missing if they differ.
    """
    several = photos[photos.duplicated("group", keep=False)]
    pairs = several.merge(several, on="group", suffixes=("", "_other"))
    pairs = pairs[pairs["photo"] < pairs["photo_other"]].reset_index(drop=True)
    ages, others = pairs["age"].astype(int), pairs["age_other"].astype(int)
    same = pairs["gender"] == pairs["gender_other"]
    return pd.DataFrame(
        {
            "photo": pairs["photo"],
            "photo_other": pairs["photo_other"],
            "age": ages,
            "other_age": others,
            "difference": (ages - others).abs(),
            "bracket": age_brackets((ages + others) / 2),
            "same_gender": same,
            "gender": pairs["gender"].where(same),
        }
    )


def _groups(pairs: pd.DataFrame, by_gender: bool = True) -> list[tuple[str, pd.DataFrame]]:
    """All pairs, then those of each bracket, then those of each gender."""
    columns = ("bracket", "gender") if by_gender else ("bracket",)
    found = [("All", pairs)] if len(pairs) else []
    for column in columns:
        found += [(str(name), part) for name, part in pairs.groupby(column, observed=True)]
    return found


def _flipped(different: float) -> float:
    """The probability that a label is wrong if two differ with this probability, which is at most a half."""
    return (1 - np.sqrt(1 - 2 * min(different, 0.5))) / 2


def _far(photos: pd.DataFrame, suffix: str) -> pd.Series:
    low, high = photos[f"age_low{suffix}"], photos[f"age_high{suffix}"]
    outside = (low - photos["age"]).clip(lower=photos["age"] - high)
    off = (photos[f"predicted_age{suffix}"] - photos["age"]).abs()
    return (outside > FAR_OUTSIDE * (high - low)) & (off >= LEAST_YEARS)


def _direction(photos: pd.DataFrame, suffix: str) -> pd.Series:
    return photos[f"predicted_age{suffix}"] > photos["age"]
