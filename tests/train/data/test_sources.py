from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.small_data import keep_chips, random_chip, write_afad, write_appa_real, write_fairface

from model.labels import AGE_BRACKETS
from train.data.archives import DataError
from train.data.chips import Chips
from train.data.sources import join, load, read_afad, read_appa_real, read_fairface
from train.data.utkface import Dataset, load_dataset

BRACKETS = ["0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "more than 70"]


def pictures(count: int, seed: int = 5) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [random_chip(rng) for _ in range(count)]


def load_kept(name: str, folder: Path, cache: Path) -> Dataset:
    keep_chips(folder, cache / name)
    return load(name, folder, cache, progress=False)


def test_fairface_brackets_are_read_as_intervals(tmp_path: Path) -> None:
    table = read_fairface(write_fairface(tmp_path, pictures(9), BRACKETS))
    assert "age" not in table
    bounds = dict(zip(table["file"], table[["youngest", "oldest"]].itertuples(index=False, name=None), strict=True))
    assert bounds["train/1.jpg"] == (0, 2)
    assert bounds["val/1.jpg"] == (20, 29)
    assert bounds["train/7.jpg"] == (70, 116)
    assert set(bounds.values()) == set(AGE_BRACKETS)
    assert table["split"].value_counts().to_dict() == {"train": 7, "validation": 2}
    assert table.loc[table["file"] == "train/2.jpg", ["gender", "ethnicity"]].to_numpy().tolist() == [
        ["female", "Black"]
    ]


def test_brackets_that_a_spreadsheet_spoiled_are_named(tmp_path: Path) -> None:
    write_fairface(tmp_path, pictures(2), ["20-29", "9-Mar"])
    with pytest.raises(DataError, match="'9-Mar', which is no bracket"):
        read_fairface(tmp_path)


def test_appa_real_gives_real_ages_of_the_face_crops(tmp_path: Path) -> None:
    table = read_appa_real(write_appa_real(tmp_path, pictures(6), [5, 21, 33, 48, 60, 91]))
    assert table["file"].tolist() == [
        "train/000000.jpg_face.jpg", "train/000003.jpg_face.jpg", "valid/000001.jpg_face.jpg",
        "valid/000004.jpg_face.jpg", "test/000002.jpg_face.jpg", "test/000005.jpg_face.jpg",
    ]  # fmt: skip
    assert table["age"].tolist() == [5, 48, 21, 60, 33, 91]
    assert table["split"].tolist() == ["train"] * 2 + ["validation"] * 2 + ["test"] * 2
    assert table["gender"].isna().all()


def test_appa_real_genders_come_from_the_later_files(tmp_path: Path) -> None:
    table = read_appa_real(write_appa_real(tmp_path, pictures(6), [30] * 6, genders=True))
    assert table["gender"].tolist() == ["male", "female", "female", "male", "male", "female"]


def test_afad_ages_and_genders_are_those_of_the_folders(tmp_path: Path) -> None:
    ages = list(range(15, 75))
    table = read_afad(write_afad(tmp_path, pictures(60), ages)).set_index("file")
    assert table.loc["15/111/600000-0.jpg", ["age", "gender"]].tolist() == [15, "male"]
    assert table.loc["74/112/600029-1.jpg", ["age", "gender"]].tolist() == [74, "female"]
    assert set(table["split"]) == {"train", "validation", "test"}


def test_afad_files_of_one_number_share_a_split(tmp_path: Path) -> None:
    table = read_afad(write_afad(tmp_path, pictures(60), list(range(15, 75))))
    numbers = table["file"].str.extract(r"(\d+)-\d\.jpg")[0]
    assert numbers.nunique() == 30
    assert table.groupby(numbers)["split"].nunique().max() == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fairface", "fairface_label_train.csv is missing"),
        ("appa-real", "gt_avg_train.csv is missing"),
        ("afad", "Is this AFAD"),
    ],
)
def test_folder_in_another_layout_says_what_is_missing(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        load(name, tmp_path, tmp_path / "chips", progress=False)
    with pytest.raises(DataError, match=f"not a folder. Pass --data {name}=DIR"):
        load(name, tmp_path / "nowhere", tmp_path / "chips", progress=False)


def test_label_file_with_other_columns_is_named(tmp_path: Path) -> None:
    write_appa_real(tmp_path, pictures(3), [20, 30, 40])
    (tmp_path / "gt_avg_valid.csv").write_text("file,age\n000001.jpg,30\n")
    with pytest.raises(DataError, match=r"gt_avg_valid\.csv cannot be read"):
        read_appa_real(tmp_path)


def test_real_faces_are_found_and_photos_without_one_counted(
    hopper: np.ndarray, collins: np.ndarray, tmp_path: Path
) -> None:
    astronaut = collins[40:200, 150:300]
    images = [hopper[::2, ::2], astronaut, pictures(1)[0], astronaut]
    folder = write_fairface(tmp_path / "fairface", images, ["more than 70", "40-49", "20-29", "40-49"])
    dataset = load("fairface", folder, tmp_path / "chips", progress=False)
    assert dataset.photos["photo"].tolist() == ["train/1.jpg", "train/2.jpg", "val/1.jpg"]
    assert dataset.summary["skipped"] == {"no face found": 1}
    assert dataset.summary["splits"] == {"train": 2, "validation": 1, "test": 0}
    assert dataset.chips[:].shape == (3, 200, 200, 3)


def test_only_the_splits_asked_for_are_cut(tmp_path: Path) -> None:
    folder = write_appa_real(tmp_path / "appa", pictures(6), [30] * 6)
    keep_chips(folder / "test", tmp_path / "chips" / "appa-real" / "test")
    dataset = load("appa-real", folder, tmp_path / "chips", ["test"], progress=False)
    assert set(dataset.photos["split"]) == {"test"}
    assert not (tmp_path / "chips" / "appa-real" / "train").exists()


def test_other_data_sets_leave_the_rows_and_splits_of_the_first_as_they_are(
    small_dataset: Dataset, tmp_path: Path
) -> None:
    afad = load_kept("afad", write_afad(tmp_path / "afad", pictures(60), list(range(15, 75))), tmp_path / "chips")
    joined = join([small_dataset, afad])
    count = len(small_dataset.photos)
    columns = ["photo", "age", "gender", "split"]
    pd.testing.assert_frame_equal(joined.photos[:count][columns], small_dataset.photos[columns])
    assert (joined.photos[count:]["split"] == "train").all()
    assert len(joined.photos) == count + (afad.photos["split"] == "train").sum()
    for split in ("validation", "test"):
        np.testing.assert_array_equal(joined.select(split).chips[:], small_dataset.select(split).chips)
    assert joined.name == "utkface+afad"


def test_utkface_alone_is_not_touched(small_dataset: Dataset) -> None:
    assert join([small_dataset]) is small_dataset
    assert isinstance(small_dataset.chips, np.ndarray)


def test_joined_chips_keep_their_labels(small_dataset: Dataset, tmp_path: Path) -> None:
    folder = write_fairface(tmp_path / "fairface", pictures(9), BRACKETS)
    fairface = load_kept("fairface", folder, tmp_path / "chips")
    training = join([small_dataset, fairface]).select("train")
    assert "age" not in training.photos
    assert isinstance(training.chips, Chips)
    row = int(training.photos.index[training.photos["photo"] == "train/3.jpg"][0])
    np.testing.assert_array_equal(training.chips[np.array([row])][0], fairface.chips[np.array([2])][0])
    assert training.photos.loc[row, ["youngest", "oldest"]].tolist() == [10, 19]
    own = training.photos[: len(small_dataset.select("train").photos)]
    assert (own["youngest"] == small_dataset.select("train").photos["age"]).all()
    assert (own["youngest"] == own["oldest"]).all()


@pytest.mark.utkface
def test_real_utkface_split_does_not_change_beside_others(utkface: Path, tmp_path: Path) -> None:
    alone = load_dataset(utkface, progress=False)
    afad = load_kept("afad", write_afad(tmp_path / "afad", pictures(20), list(range(20, 40))), tmp_path / "chips")
    joined = join([load("utkface", utkface, tmp_path, progress=False), afad]).photos[: len(alone.photos)]
    columns = ["photo", "age", "gender", "split"]
    pd.testing.assert_frame_equal(joined[columns], alone.photos[columns])
