from pathlib import Path

import numpy as np
import pytest
from helpers.small_data import keep_chips, random_chip, write_afad, write_appa_real, write_fairface

from model.labels import AGE_BRACKETS
from train.data.afad import read_afad
from train.data.all_age_faces import read_all_age_faces
from train.data.appa_real import read_appa_real
from train.data.archives import DataError
from train.data.fairface import read_fairface
from train.data.sources import load

BRACKETS = ["0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "more than 70"]


def pictures(count: int, seed: int = 5) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [random_chip(rng) for _ in range(count)]


def test_fairface_brackets_are_read_as_intervals(tmp_path: Path) -> None:
    table = read_fairface(write_fairface(tmp_path, pictures(9), BRACKETS))
    assert "age" not in table
    bounds = dict(zip(table["file"], table[["youngest", "oldest"]].itertuples(index=False, name=None), strict=True))
    assert bounds["train/1.jpg"] == (0, 2)
    assert bounds["val/1.jpg"] == (20, 29)
    assert bounds["train/7.jpg"] == (70, 116)
    assert set(bounds.values()) == set(AGE_BRACKETS)
    assert set(table.loc[table["file"].str.startswith("val/"), "split"]) == {"test"}
    assert table.loc[table["file"] == "train/2.jpg", ["gender", "ethnicity"]].to_numpy().tolist() == [
        ["female", "Black"]
    ]


@pytest.mark.parametrize(
    ("spelling", "bounds"), [("03-Sep", (3, 9)), ("3-Sep", (3, 9)), ("Oct-19", (10, 19)), ("3-9", (3, 9))]
)
def test_brackets_that_a_spreadsheet_took_for_dates_are_read(
    tmp_path: Path, spelling: str, bounds: tuple[int, int]
) -> None:
    table = read_fairface(write_fairface(tmp_path, pictures(2), ["20-29", spelling]))
    assert tuple(table.loc[table["file"] == "train/2.jpg", ["youngest", "oldest"]].iloc[0]) == bounds


def test_unknown_bracket_is_named(tmp_path: Path) -> None:
    write_fairface(tmp_path, pictures(2), ["20-29", "9-Mar"])
    with pytest.raises(DataError, match="'9-Mar', which is no bracket"):
        read_fairface(tmp_path)


def test_published_validation_parts_are_for_the_report_and_a_piece_of_train_for_tuning(tmp_path: Path) -> None:
    lines = "\n".join(f"train/{i}.jpg,20-29,Male,White,False" for i in range(400))
    (tmp_path / "fairface_label_train.csv").write_text(f"file,age,gender,race,service_test\n{lines}\n")
    (tmp_path / "fairface_label_val.csv").write_text(
        "file,age,gender,race,service_test\nval/1.jpg,20-29,Male,White,False\n"
    )
    shares = read_fairface(tmp_path)["split"].value_counts(normalize=True)
    assert shares["validation"] == pytest.approx(0.05, abs=0.03)
    assert shares["test"] == pytest.approx(1 / 401)


def test_all_age_faces_ages_and_genders_are_those_of_the_names(tmp_path: Path) -> None:
    sets = tmp_path / "image sets"
    sets.mkdir()
    (sets / "train.txt").write_text("00000A02.jpg 0\n07380A33.jpg 0\n07381A80.jpg 1\n")
    (sets / "val.txt").write_text("13321A100.jpg 1\n")
    table = read_all_age_faces(tmp_path).set_index("file")
    assert table["age"].tolist() == [2, 33, 80, 100]
    assert table["gender"].tolist() == ["female", "female", "male", "male"]
    assert table.loc["original images/13321A100.jpg", "split"] == "test"
    assert set(table["split"][:3]) <= {"train", "validation"}


def test_name_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "image sets").mkdir()
    (tmp_path / "image sets" / "train.txt").write_text("25_0_2.jpg 0\n")
    with pytest.raises(DataError, match=r"'25_0_2\.jpg', not a file like"):
        read_all_age_faces(tmp_path)


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
    assert list(table.loc["15/111/600000-0.jpg", ["age", "gender"]]) == [15, "male"]
    assert list(table.loc["74/112/600029-1.jpg", ["age", "gender"]]) == [74, "female"]
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
        ("aaf", r"train\.txt is missing"),
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
    assert dataset.summary["splits"] == {"train": 2, "validation": 0, "test": 1}
    assert dataset.chips[:].shape == (3, 200, 200, 3)


def test_only_the_splits_asked_for_are_cut(tmp_path: Path) -> None:
    folder = write_appa_real(tmp_path / "appa", pictures(6), [30] * 6)
    keep_chips(folder / "test", tmp_path / "chips" / "appa-real" / "test")
    dataset = load("appa-real", folder, tmp_path / "chips", ["test"], progress=False)
    assert set(dataset.photos["split"]) == {"test"}
    assert not (tmp_path / "chips" / "appa-real" / "train").exists()
