"""Several data sets as one to train on: no photo on both sides, and no label that is known to be wrong.

Photos that are held out (validation or test) in one data set may lie in the train part of another; such copies are
left out of training. So are near-identical train photos whose labels contradict each other, and the two batches of
UTKFace that carry a default label. Labels that a network is measured by stay as they are.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.label_noise import YEARS_APART
from train.data.chips import Chips
from train.data.duplicates import near_identical_pairs, thumbnail_of
from train.data.utkface import Dataset

ROWS_AT_ONCE = 1024


def mix_datasets(datasets: Sequence[Dataset]) -> Dataset:
    """All train and validation photos, less the train photos that must not be learned from.

    Args:
        datasets: with all their splits, so that copies of held-out photos are recognised.

    Returns:
        The photos, as brackets if any data set has brackets, with `data` naming the set; `summary` counts what was
        left out, by reason.
    """
    columns = ["photo", "age", "gender", "split"]
    if any("age" not in dataset.photos for dataset in datasets):
        columns[1:2] = ["youngest", "oldest"]
    tables = [with_bounds(dataset.photos)[columns].assign(data=dataset.name) for dataset in datasets]
    photos = pd.concat(tables, ignore_index=True)
    default = np.concatenate([_has_default_label(dataset.photos) for dataset in datasets])
    pairs = near_identical_pairs(np.concatenate([_thumbnails(dataset.chips) for dataset in datasets]))
    train = (photos["split"] == "train").to_numpy()
    reasons = {
        "copies of held-out photos": _linked(pairs, ~train),
        "near-identical with contradicting labels": _contradicting(with_bounds(photos), pairs, train),
        "default labels": default,
    }
    left_out = {reason: rows & train for reason, rows in reasons.items()}
    kept = (photos["split"] != "test").to_numpy() & ~np.any(list(left_out.values()), axis=0)
    sources = [source for dataset in datasets for source in _sources(dataset.chips)]
    return Dataset(
        photos[kept].reset_index(drop=True),
        Chips([sources[row] for row in np.flatnonzero(kept)]),
        {"left_out": {reason: int(rows.sum()) for reason, rows in left_out.items()}},
        "+".join(dataset.name for dataset in datasets),
        "+".join(dict.fromkeys(dataset.age_labels for dataset in datasets)),
    )


def with_bounds(photos: pd.DataFrame) -> pd.DataFrame:
    """The rows with `youngest` and `oldest`, which are both the age where it is known to the year."""
    return photos if "youngest" in photos else photos.assign(youngest=photos["age"], oldest=photos["age"])


def _has_default_label(photos: pd.DataFrame) -> NDArray[np.bool_]:
    return photos.get("default_label", pd.Series(False, photos.index)).to_numpy(bool)


def _thumbnails(chips: NDArray[np.uint8] | Chips) -> NDArray[np.float32]:
    """Read in blocks, so that the chips of a large data set are never all in memory."""
    starts = range(0, len(chips), ROWS_AT_ONCE)
    return np.stack([thumbnail_of(chip) for start in starts for chip in chips[start : start + ROWS_AT_ONCE]])


def _linked(pairs: list[tuple[int, int]], held_out: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows that are near-identical with a held-out one."""
    linked = np.zeros(len(held_out), bool)
    for i, j in pairs:
        linked[i] |= held_out[j]
        linked[j] |= held_out[i]
    return linked


def _contradicting(photos: pd.DataFrame, pairs: list[tuple[int, int]], train: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Both of each near-identical train pair with different genders, or ages more than `YEARS_APART` apart."""
    youngest, oldest, gender = (photos[name].to_numpy() for name in ("youngest", "oldest", "gender"))
    contradicting = np.zeros(len(photos), bool)
    for i, j in pairs:
        years = max(int(youngest[i]) - int(oldest[j]), int(youngest[j]) - int(oldest[i]))
        if train[i] and train[j] and (gender[i] != gender[j] or years > YEARS_APART):
            contradicting[[i, j]] = True
    return contradicting


def _sources(chips: NDArray[np.uint8] | Chips) -> Sequence[NDArray[np.uint8] | Path]:
    return chips.sources if isinstance(chips, Chips) else list(chips)
