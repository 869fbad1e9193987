import json
import tarfile
import zipfile
from pathlib import Path

import kagglehub
import numpy as np
import pandas as pd
import pytest
from helpers.small_data import random_chip, write_jpeg, write_utkface

from train.data.archives import DataError
from train.data.duplicates import near_identical_pairs
from train.data.names import Label, merge_labels, parse_name
from train.data.utkface import SPLITS, Dataset, load_dataset, write_labels


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("25_0_2_20170116174525125.jpg.chip.jpg", Label(25, 0, 2)),
        ("61_1_20170109142408075.jpg.chip.jpg", Label(61, 1, None)),
        ("44_1_4_20170116235150272 .jpg.chip.jpg", Label(44, 1, 4)),
        ("53_1_1_20170110120147003jpg.chip.jpg", Label(53, 1, 1)),
        ("24_0_1_201701161657132811.jpg.chip.jpg", Label(24, 0, 1)),
        ("UTKFace/UTKFace/116_1_0_20170120134639935.jpg.chip.jpg", Label(116, 1, 0)),
    ],
)
def test_labels_are_read_from_good_and_broken_names(name: str, label: Label) -> None:
    assert parse_name(name) == label


@pytest.mark.parametrize(
    "name", ["25_2017011617.jpg", "portrait.jpg", "25_3_0_20170116174525125.jpg", "a_1_2_2017.jpg"]
)
def test_name_without_age_or_gender_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="age or a gender"):
        parse_name(name)


def test_impossible_age_is_refused() -> None:
    with pytest.raises(ValueError, match="above 116"):
        parse_name("117_0_0_20170116174525125.jpg")


def test_skipped_files_are_counted_by_reason(tmp_path: Path) -> None:
    write_utkface(tmp_path, 5)
    write_jpeg(tmp_path / "portrait.jpg", random_chip(np.random.default_rng(1)))
    (tmp_path / "30_0_0_20170116174525999.jpg").write_bytes(b"no picture")
    (tmp_path / "31_0_0_20170116174525999.jpg").touch()
    (tmp_path / "notes.txt").write_text("not counted")
    summary = load_dataset(tmp_path, progress=False).summary
    assert summary["files"] == 8
    assert summary["read"] == 5
    assert summary["skipped"] == {"name lacks an age or a gender": 1, "not a readable image": 2}


@pytest.mark.parametrize("kind", ["nested", "tar", "tar.gz", "zip"])
def test_every_kind_of_source_gives_the_same_split(tmp_path: Path, kind: str) -> None:
    plain = write_utkface(tmp_path / "plain", 30)
    source = tmp_path / f"utkface.{kind}"
    files = sorted(plain.iterdir(), reverse=True)
    if kind == "nested":
        for file in files:
            write = source / "UTKFace" / "UTKFace" / file.name
            write.parent.mkdir(parents=True, exist_ok=True)
            write.write_bytes(file.read_bytes())
    elif kind == "zip":
        with zipfile.ZipFile(source, "w") as archive:
            for file in files:
                archive.write(file, f"UTKFace/{file.name}")
    else:
        with tarfile.open(source, "w:gz" if kind == "tar.gz" else "w") as archive:
            for file in files:
                archive.add(file, f"UTKFace/{file.name}")
    expected, got = load_dataset(plain, progress=False), load_dataset(source, progress=False)
    pd.testing.assert_frame_equal(got.photos, expected.photos)
    np.testing.assert_array_equal(got.chips, expected.chips)


def test_identical_files_become_one_photo_with_the_median_age(tmp_path: Path) -> None:
    chip = random_chip(np.random.default_rng(3))
    for age, gender in ((20, 0), (30, 1), (31, 1)):
        write_jpeg(tmp_path / f"{age}_{gender}_0_20170116174525{age}.jpg", chip)
    dataset = load_dataset(tmp_path, progress=False)
    assert dataset.photos[["age", "gender"]].to_numpy().tolist() == [[30, "female"]]
    assert dataset.summary["identical"] == {
        "photos_with_copies": 1, "copies_joined": 2, "differ_in_age": 1, "differ_in_gender": 1,
    }  # fmt: skip


def test_merged_label_does_not_depend_on_the_order_of_files() -> None:
    labels = [Label(20, 0, 1), Label(40, 1, None)]
    assert merge_labels(labels) == merge_labels(labels[::-1]) == Label(30, 0, 1)


def test_no_group_of_near_identical_photos_crosses_a_split(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    for i in range(80):
        chip = random_chip(rng)
        write_jpeg(tmp_path / f"20_0_0_2017011617452{i:04d}.jpg", chip)
        write_jpeg(tmp_path / f"25_0_0_2017011617453{i:04d}.jpg", chip, quality=60)
    dataset = load_dataset(tmp_path, progress=False)
    assert len(dataset.photos) == 160
    assert dataset.photos["group"].nunique() == 80
    assert dataset.photos.groupby("group")["split"].nunique().max() == 1
    assert set(dataset.photos["split"]) == set(SPLITS)
    assert dataset.summary["near_identical"]["mean_age_difference"] == 5


def test_folder_without_chips_asks_whether_this_is_utkface(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Is this UTKFace"):
        load_dataset(tmp_path, progress=False)


def test_no_network_gives_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> str:
        raise ConnectionError

    monkeypatch.setattr(kagglehub, "dataset_download", fail)
    with pytest.raises(DataError, match=r"could not be downloaded .* pass it with --data"):
        load_dataset(None, progress=False)


def test_label_table_holds_nothing_but_labels(small_dataset: Dataset, tmp_path: Path) -> None:
    write_labels(small_dataset, tmp_path)
    table = pd.read_parquet(tmp_path / "labels.parquet")
    assert list(table.columns) == ["photo", "group", "age", "gender", "ethnicity", "split", "default_label"]
    counts = json.loads((tmp_path / "dataset.json").read_text())
    assert counts["photos"] == len(table) == sum(counts["splits"].values())


@pytest.mark.utkface
def test_real_photos_that_look_alike_share_a_split(utkface: Path) -> None:
    dataset = load_dataset(utkface, progress=False)
    assert dataset.photos.groupby("group")["split"].nunique().max() == 1
    import cv2

    grey = np.stack([cv2.resize(cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
                     for chip in dataset.chips[:]]).reshape(len(dataset.chips), -1).astype(np.float32)  # fmt: skip
    grey -= grey.mean(1, keepdims=True)
    grey /= np.linalg.norm(grey, axis=1, keepdims=True)
    pairs = near_identical_pairs(grey)
    split = dataset.photos["split"].to_numpy()
    # A rounding of the grey values may move a pair or two across the bound.
    assert len(pairs) > 400
    assert sum(split[i] != split[j] for i, j in pairs) <= 2


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("21_0_4_20161223214721.jpg", True),
        ("26_0_1_20170113210309.jpg", True),
        ("26_0_1_20170113211309.jpg", False),
        ("26_1_1_20170113210309.jpg", False),
    ],
)
def test_batches_with_a_default_label_are_marked(name: str, default: bool) -> None:
    assert parse_name(name).default is default
