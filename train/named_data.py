"""The data sets that a command of `python -m train` is given."""

import argparse
import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

from train.data.archives import DataError
from train.data.sources import load
from train.data.utkface import SPLITS, UTKFACE, Dataset


def first(dataset: Dataset, count: int | None) -> Dataset:
    """The first photos, which are a random sample: photos are in the order of their digests."""
    return dataclasses.replace(dataset, photos=dataset.photos[:count], chips=dataset.chips[:count])


def sources_of(options: argparse.Namespace) -> dict[str, Path | None]:
    """The data sets named, in their order; UTKFace from its usual place if there are none."""
    if not options.data:
        usual = os.environ.get("UTKFACE_DIR")
        return {UTKFACE: Path(usual) if usual else None}
    named = [name for name, _ in options.data]
    if twice := next((name for name in named if named.count(name) > 1), None):
        raise DataError(f"--data names {twice} twice. Put its parts into one folder.")
    return dict(options.data)


def load_named(options: argparse.Namespace, name: str = UTKFACE, splits: Sequence[str] = SPLITS) -> Dataset:
    """Reads a data set and says what was read."""
    sources = sources_of(options)
    if name not in sources:
        raise DataError("This command works on UTKFace alone. Pass --data with a folder or archive of it.")
    dataset = load(name, sources[name], options.cache, splits)
    counts = dataset.summary
    print(f"Read {counts['read']} of {counts['files']} files; skipped: {_list_counts(counts['skipped'])}.")
    if name == UTKFACE:
        print(
            f"{counts['photos']} distinct photos ({counts['identical']['copies_joined']} identical copies merged) in "
            f"{counts['groups']} groups ({counts['near_identical']['pairs']} near-identical pairs kept together); "
            f"{counts['without_ethnicity']} without ethnicity."
        )
    else:
        print(f"Faces of {name} are kept in {options.cache / name}; {counts['without_gender']} without gender.")
    print("Split: " + ", ".join(f"{count} {split}" for split, count in counts["splits"].items()) + ".")
    return dataset


def _list_counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in counts.items()) or "none"
