"""Data sets beside UTKFace, in the layouts they are published in, and several of them as one to train on.

    fairface    fairface_label_train.csv and fairface_label_val.csv (file, age, gender, race, service_test) beside the
                folders train and val; ages are brackets, "0-2" to "more than 70", that people estimated
    appa-real   gt_avg_train.csv, gt_avg_valid.csv and gt_avg_test.csv (file_name, ..., real_age) beside the folders
                train, valid and test, whose NAME_face.jpg are the faces; ages are real; genders come with the later
                files allcategories_train.csv and so on (file, gender, ...), and without these are not trained
    afad        AGE/111/*.jpg men, AGE/112/*.jpg women; ages are real, from the profiles of a social network; there is
                no published split: the number that begins a file's name decides, 80/10/10

Kärkkäinen and Joo, WACV 2021; Agustsson et al., FG 2017, and Clapés et al., CVPR Workshops 2018; Niu et al., CVPR 2016.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.detection.detector import Detector
from model.labels import AGE_BRACKETS, GENDERS
from train.data.archives import DataError
from train.data.chips import Chips, cut_chips
from train.data.duplicates import split_of
from train.data.utkface import SPLITS, UTKFACE, Dataset, load_dataset


@dataclass(frozen=True)
class Source:
    """A data set that is read from its published layout.

    read: a folder to a row a photo: `file` (relative to the folder) and the columns of `Dataset.photos`.
    age_labels: as in `Dataset`.
    reported: the split that a network is judged by.
    """

    read: Callable[[Path], pd.DataFrame]
    age_labels: str
    reported: str = "test"


def read_fairface(folder: Path) -> pd.DataFrame:
    """FairFace's published splits; `youngest` and `oldest` are the first and last year of the bracket."""
    files = {"train": "fairface_label_train.csv", "validation": "fairface_label_val.csv"}
    table = _read_splits(folder, files, ["file", "age", "gender", "race"])
    brackets = {f"{first}-{last}": (first, last) for first, last in AGE_BRACKETS} | {"more than 70": AGE_BRACKETS[-1]}
    if unknown := sorted(set(table["age"]) - set(brackets)):
        raise DataError(
            f"FairFace's label files in {folder} have the age {unknown[0]!r}, which is no bracket. Restore the "
            f"published files: spreadsheets turn 3-9 into a date."
        )
    bounds = pd.DataFrame([brackets[age] for age in table["age"]], columns=["youngest", "oldest"], dtype="int16")
    genders = pd.Categorical(table["gender"].str.lower(), GENDERS)
    return table[["file", "split"]].join(bounds).assign(gender=genders, ethnicity=table["race"].astype("category"))


def read_appa_real(folder: Path) -> pd.DataFrame:
    """APPA-REAL's published splits with real ages; `gender` is missing where no file beside gives it."""
    parts = {"train": "train", "validation": "valid", "test": "test"}
    files = {split: f"gt_avg_{part}.csv" for split, part in parts.items()}
    table = _read_splits(folder, files, ["file_name", "real_age"])
    genders: dict[str, str] = {}
    for path in sorted(folder.glob("**/allcategories_*.csv")):
        more = _read_csv(path, ["file", "gender"])
        genders |= dict(zip(more["file"], more["gender"], strict=True))
    return pd.DataFrame(
        {
            "file": table["split"].map(parts) + "/" + table["file_name"] + "_face.jpg",
            "split": table["split"],
            "age": table["real_age"].round().astype("int16"),
            "gender": pd.Categorical(table["file_name"].map(genders), GENDERS),
        }
    )


def read_afad(folder: Path) -> pd.DataFrame:
    """AFAD's ages and genders from its folders; all files of one number are in one split."""
    genders = {"111": "male", "112": "female"}
    files = [path for path in sorted(folder.glob("[0-9]*/11[12]/*.jpg")) if path.parts[-3].isdigit()]
    if not files:
        raise DataError(f"{folder} holds no file like 25/112/638660-1.jpg. Is this AFAD?")
    return pd.DataFrame(
        {
            "file": [path.relative_to(folder).as_posix() for path in files],
            "split": [split_of(path.name.partition("-")[0]) for path in files],
            "age": pd.Series([int(path.parts[-3]) for path in files], dtype="int16"),
            "gender": pd.Categorical([genders[path.parts[-2]] for path in files], GENDERS),
        }
    )


SOURCES: dict[str, Source] = {
    "fairface": Source(read_fairface, "apparent", reported="validation"),
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
        raise DataError(f"{path} gives no face to train on or to judge.{reasons}")
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


def join(datasets: Sequence[Dataset]) -> Dataset:
    """The first data set as it is, with the train photos of the others added to its own.

    Validation and test stay those of the first, so that what is trained with more data is compared on the same photos.
    Ages are brackets in all rows if they are in some.
    """
    first, *others = datasets
    if not others:
        return first
    parts = [first, *(other.select("train") for other in others)]
    columns = ["photo", "age", "gender", "split"]
    if any("age" not in part.photos for part in parts):
        columns[1:2] = ["youngest", "oldest"]
    tables = [_with_bounds(part.photos)[columns] for part in parts]
    return Dataset(
        pd.concat(tables, ignore_index=True),
        Chips([source for part in parts for source in _sources(part.chips)]),
        {part.name: int((part.photos["split"] == "train").sum()) for part in parts},
        "+".join(part.name for part in parts),
        "+".join(part.age_labels for part in parts),
    )


def _with_bounds(photos: pd.DataFrame) -> pd.DataFrame:
    """The rows with `youngest` and `oldest`, which are both the age where it is known to the year."""
    return photos if "youngest" in photos else photos.assign(youngest=photos["age"], oldest=photos["age"])


def _sources(chips: NDArray[np.uint8] | Chips) -> Sequence[NDArray[np.uint8] | Path]:
    return chips.sources if isinstance(chips, Chips) else list(chips)


def _read_splits(folder: Path, files: dict[str, str], columns: list[str]) -> pd.DataFrame:
    """The rows of the label file of each split, with the name of the split."""
    tables = [_read_csv(folder / file, columns).assign(split=split) for split, file in files.items()]
    return pd.concat(tables, ignore_index=True)


def _read_csv(path: Path, columns: list[str]) -> pd.DataFrame:
    try:
        return pd.read_csv(path, usecols=columns).dropna(ignore_index=True)
    except FileNotFoundError:
        raise DataError(f"{path} is missing. The label files belong beside the folders with the photos.") from None
    except ValueError as error:  # no such columns, and whatever is wrong with a damaged file
        raise DataError(f"{path} cannot be read ({error}). Restore the published file.") from error
