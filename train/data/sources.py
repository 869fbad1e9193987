"""Data sets beside UTKFace, in the layouts in which they are published."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import pandas as pd

from model.detection.detector import Detector
from train.data.afad import read_afad
from train.data.all_age_faces import read_all_age_faces
from train.data.appa_real import read_appa_real
from train.data.archives import DataError
from train.data.chips import Chips, cut_chips
from train.data.fairface import read_fairface
from train.data.utkface import SPLITS, UTKFACE, Dataset, load_dataset


@dataclass(frozen=True)
class Source:
    """A data set that is read from its published layout.

    read: a folder to one row per photo: `file` (relative to the folder) and the columns of `Dataset.photos`.
    age_labels: as in `Dataset`.
    """

    read: Callable[[Path], pd.DataFrame]
    age_labels: str


SOURCES: dict[str, Source] = {
    "fairface": Source(read_fairface, "apparent"),
    "aaf": Source(read_all_age_faces, "stated"),
    "appa-real": Source(read_appa_real, "real"),
    "afad": Source(read_afad, "real"),
}
NAMES = (UTKFACE, *SOURCES)
"""The data sets that can be named on the command line."""


def load(
    name: str,
    path: Path | None,
    cache: Path,
    splits: Sequence[str] = SPLITS,
    detector: Detector | None = None,
    progress: bool = True,
) -> Dataset:
    """Reads one data set; the faces of others than UTKFace are cut into chips first.

    Args:
        name: one of `NAMES`.
        path: its folder; UTKFace may also be an archive, or nothing to ask Kaggle.
        cache: where the chips are kept, in a folder for each data set.
        splits: those whose faces are needed; UTKFace always comes whole.
        detector: finds the faces; MTCNN if none is given.
        progress: whether to show a bar.

    Raises:
        DataError: if the folder is missing, not in the layout of the data set, or without faces.
    """
    if name == UTKFACE or path is None:
        return load_dataset(path, progress)
    if not path.is_dir():
        raise DataError(f"{path} is not a folder. Pass --data {name}=DIR with the unpacked data set.")
    table = SOURCES[name].read(path)
    table = table[table["split"].isin(splits)]
    chips = [cache / name / Path(file).with_suffix(".jpg") for file in table["file"]]
    outcomes = cut_chips([path / file for file in table["file"]], chips, detector, progress)
    found = [outcome is None for outcome in outcomes]
    skipped = Counter(outcome for outcome in outcomes if outcome is not None)
    if not any(found):
        reasons = "".join(f" {count} skipped: {reason}" for reason, count in skipped.items())
        raise DataError(f"{path} has no face to train on or to estimate.{reasons}")
    photos = table[found].reset_index(drop=True).rename(columns={"file": "photo"})
    photos["split"] = pd.Categorical(photos["split"], SPLITS)
    summary = {
        "files": len(table),
        "read": len(photos),
        "skipped": dict(skipped),
        "without_gender": int(photos["gender"].isna().sum()),
        "splits": {split: int((photos["split"] == split).sum()) for split in SPLITS},
    }
    return Dataset(photos, Chips(list(compress(chips, found))), summary, name, SOURCES[name].age_labels)
