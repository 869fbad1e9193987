"""Which label belongs to which photo where photos have names but no folders, as in a browser."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from reports.own_people.labels import LabelError


@dataclass(frozen=True)
class Matched:
    """Labels beside photos.

    labels: those with a photo; `file` is the photo's name.
    unlabelled: photos without a label.
    missing: files in the table without a photo.
    """

    labels: pd.DataFrame
    unlabelled: list[str]
    missing: list[str]


def match(labels: pd.DataFrame, photos: Collection[str]) -> Matched:
    """Finds the photo of each label by its name, whatever folder the table says it is in.

    Args:
        labels: from `labels`.
        photos: names.

    Raises:
        LabelError: if two labels belong to one photo.
    """
    names = labels["file"].map(lambda file: re.split(r"[/\\]", file)[-1])
    names = names.where(~labels["file"].isin(list(photos)), labels["file"])
    there = names.isin(list(photos))
    found = names[there]
    if (twice := found[found.duplicated()]).size:
        raise LabelError(
            f"Two labels are for photos named {twice.iloc[0]}. Rename one of the photos, also in the table."
        )
    kept = labels[there].assign(file=found).reset_index(drop=True)
    labelled = set(found)
    return Matched(kept, [name for name in photos if name not in labelled], labels["file"][~there].tolist())
