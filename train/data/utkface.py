"""UTKFace, from a folder, an archive or Kaggle to labelled chips in three splits.

The images never leave memory. What may be published (labels and counts) is written by `write_labels`.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from model.alignment import CHIP_SIZE
from model.labels import ETHNICITIES, GENDERS
from model.writing import atomic_write, atomic_write_text
from train.data.archives import DataError, read_files
from train.data.chips import Chips
from train.data.duplicates import group_photos, near_identical_pairs, split_of, thumbnail_of
from train.data.names import Label, merge_labels, parse_name

UTKFACE = "utkface"
"""The name of this data set, beside those of `train.data.sources`."""

KAGGLE_DATASET = "jangedoo/utkface-new"
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Photo:
    """One distinct photo: its file's SHA-256, its label, its chip (200, 200, 3) RGB uint8, and its thumbnail."""

    digest: str
    label: Label
    chip: NDArray[np.uint8]
    thumbnail: NDArray[np.float32]


@dataclass(frozen=True)
class Dataset:
    """Labelled chips.

    photos: one row per photo with `photo` (what identifies it), `gender` (may be missing), `split` and its age, years:
        `age`, or `youngest` and `oldest` where the labels are brackets. UTKFace's rows also have `group`,
        `ethnicity` and `default_label` (a batch label, wrong for most of its photos), and are in the order of `photo`,
        16 hex digits of the file's SHA-256.
    chips: (n, 200, 200, 3) RGB uint8, in the order of the rows, in memory or in files.
    summary: counts of what was read, skipped, joined and split.
    name: as `--data` has it, or several joined by "+".
    age_labels: "real", if they come from birth dates, "apparent", if people estimated them, or "stated", if their
        origin is not documented.
    """

    photos: pd.DataFrame
    chips: NDArray[np.uint8] | Chips
    summary: dict[str, Any]
    name: str = UTKFACE
    age_labels: str = "apparent"

    def select(self, split: str) -> "Dataset":
        """The photos of one split, with `summary` as it is."""
        rows = (self.photos["split"] == split).to_numpy()
        chips = self.chips.select(rows) if isinstance(self.chips, Chips) else self.chips[rows]
        return replace(self, photos=self.photos[rows].reset_index(drop=True), chips=chips)


def load_dataset(source: Path | None, progress: bool = True) -> Dataset:
    """Reads, joins and splits UTKFace.

    Args:
        source: a folder or a `.tar`, `.tar.gz` or `.zip` archive, however nested; none downloads from Kaggle.
        progress: whether to show a bar.

    Raises:
        DataError: if the source is missing, unreadable, or holds no UTKFace images.
    """
    source = source or download()
    skipped: Counter[str] = Counter()
    labels: dict[str, list[Label]] = defaultdict(list)
    pictures: dict[str, tuple[NDArray[np.uint8], NDArray[np.float32]]] = {}
    files = tqdm(read_files(source), desc="Reading", unit=" files", disable=None if progress else True)
    with ThreadPoolExecutor() as pool:
        for results in _in_chunks(files, 512):
            for outcome in pool.map(_read_photo, results):
                if isinstance(outcome, str):
                    skipped[outcome] += 1
                    continue
                labels[outcome.digest].append(outcome.label)
                pictures.setdefault(outcome.digest, (outcome.chip, outcome.thumbnail))
    if not labels:
        reasons = "".join(f" {count} skipped: {reason}." for reason, count in skipped.items())
        raise DataError(f"{source} holds no image named like 25_0_2_20170116174525125.jpg.{reasons} Is this UTKFace?")

    digests = sorted(labels)
    thumbnails = np.stack([pictures[digest][1] for digest in digests])
    pairs = near_identical_pairs(thumbnails)
    groups = group_photos(digests, pairs)
    merged = [merge_labels(labels[digest]) for digest in digests]
    photos = pd.DataFrame(
        {
            "photo": [digest[:16] for digest in digests],
            "group": [group[:16] for group in groups],
            "age": np.array([label.age for label in merged], dtype="int16"),
            "gender": pd.Categorical([GENDERS[label.gender] for label in merged], GENDERS),
            "ethnicity": pd.Categorical(
                [None if label.ethnicity is None else ETHNICITIES[label.ethnicity] for label in merged], ETHNICITIES
            ),
            "split": pd.Categorical([split_of(group) for group in groups], SPLITS),
            "default_label": [label.default for label in merged],
        }
    )
    chips = np.stack([pictures.pop(digest)[0] for digest in digests])
    return Dataset(photos, chips, _summary(labels, skipped, photos, pairs))


def write_labels(dataset: Dataset, folder: Path) -> None:
    """Writes `labels.parquet` and `dataset.json`: no image, nothing from which one could be rebuilt."""
    with atomic_write(folder / "labels.parquet") as partial:
        dataset.photos.to_parquet(partial, index=False)
    atomic_write_text(folder / "dataset.json", json.dumps(dataset.summary, indent=2) + "\n")


def download() -> Path:
    """Fetches UTKFace from Kaggle (about 330 MB, with a progress bar) and says where it is.

    Raises:
        DataError: if there is no network or no access.
    """
    import kagglehub

    try:
        return Path(kagglehub.dataset_download(KAGGLE_DATASET))
    except Exception as error:  # kagglehub lets errors of several libraries through
        raise DataError(
            f"UTKFace could not be downloaded from Kaggle ({type(error).__name__}). Check the network and your Kaggle "
            f"account, or get https://www.kaggle.com/datasets/{KAGGLE_DATASET} by hand and pass it with --data."
        ) from error


def _read_photo(file: tuple[str, bytes]) -> Photo | str:
    """A photo, or the reason why the file is skipped."""
    name, data = file
    try:
        label = parse_name(name)
    except ValueError as error:
        return str(error)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if data else None
    if image is None:
        return "not a readable image"
    if image.shape[:2] != (CHIP_SIZE, CHIP_SIZE):
        image = cv2.resize(image, (CHIP_SIZE, CHIP_SIZE), interpolation=cv2.INTER_AREA)
    return Photo(hashlib.sha256(data).hexdigest(), label, image, thumbnail_of(image))


def _in_chunks(items: Iterable[tuple[str, bytes]], size: int) -> Iterator[list[tuple[str, bytes]]]:
    """Lists of up to `size` items: what is decoded at once, so that file contents do not pile up."""
    chunk = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    yield chunk


def _summary(
    labels: dict[str, list[Label]], skipped: Counter[str], photos: pd.DataFrame, pairs: list[tuple[int, int]]
) -> dict[str, Any]:
    copies = [same for same in labels.values() if len(same) > 1]
    read = sum(len(same) for same in labels.values())
    differences = photos["age"].to_numpy().astype(int)
    apart = [abs(differences[i] - differences[j]) for i, j in pairs]
    return {
        "files": read + sum(skipped.values()),
        "read": read,
        "skipped": dict(skipped),
        "without_ethnicity": int(photos["ethnicity"].isna().sum()),
        "photos": len(photos),
        "identical": {
            "photos_with_copies": len(copies),
            "copies_joined": read - len(photos),
            "differ_in_age": sum(len({label.age for label in same}) > 1 for same in copies),
            "differ_in_gender": sum(len({label.gender for label in same}) > 1 for same in copies),
        },
        "near_identical": {
            "pairs": len(pairs),
            "differ_in_age": int(sum(years > 0 for years in apart)),
            "mean_age_difference": round(float(np.mean(apart)), 2) if apart else 0.0,
        },
        "groups": int(photos["group"].nunique()),
        "splits": {split: int((photos["split"] == split).sum()) for split in SPLITS},
    }
