"""Labels of one's own photos: from tables, dates and file names, and what is said when they are wrong."""

from pathlib import Path

import pytest

from reports.own_people.labels import LabelError, age_between, labels_from_names, parse_labels, read_labels


def write(folder: Path, text: str) -> Path:
    path = folder / "ages.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_table_is_read_whatever_separates_its_columns(tmp_path: Path, separator: str) -> None:
    lines = ["\ufeffFile,Age,Gender,Group", "a.jpg,34,Female,north", "b/c.jpg,7.5,,"]
    table = read_labels(write(tmp_path, "\n".join(lines).replace(",", separator)))
    assert table["file"].to_list() == ["a.jpg", "b/c.jpg"]
    assert table["age"].to_list() == [34, 7.5]
    assert table["gender"].to_list()[0] == "female"
    assert table["gender"].isna().to_list() == [False, True]
    assert table["group"].isna().to_list() == [False, True]


def test_ages_may_have_a_decimal_comma() -> None:
    assert parse_labels(b"file;age\r\na.jpg;7,5\r\n", "ages.csv")["age"].to_list() == [7.5]


def test_age_is_the_time_from_birth_to_photo(tmp_path: Path) -> None:
    table = read_labels(write(tmp_path, "file,born,taken\na.jpg,2000-06-15,2020-06-15\nb.jpg,1950,1980\n"))
    assert table["age"].to_list() == pytest.approx([20, 30], abs=0.01)
    assert age_between("1906-12-09", "1984-01") == pytest.approx(77.1, abs=0.01)
    assert age_between("2000-01-01", "2000-01-01") == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,age\na.jpg,3\n", "needs the columns file and age"),
        ("file,born\na.jpg,2000\n", "needs the columns file and age"),
        ("file,age\na.jpg,old\n", "line 2 of ages.csv is neither a number"),
        ("file,age\na.jpg,\n", "line 2 of ages.csv is neither a number"),
        ("file,age\na.jpg,3\nb.jpg,140\n", "line 3 of ages.csv must be from 0 to 116"),
        ("file,age\na.jpg,nan\n", "must be from 0 to 116"),
        ("file,born,taken\na.jpg,2020,2000\n", "neither a number"),
        ("file,age,gender\na.jpg,3,x\n", "must be male, female or empty. It is 'x'"),
        ("file,age\n,3\n", "The file is missing in line 2"),
        ("file,age\na.jpg,3\na.jpg,4\n", "two labels for a.jpg"),
        ("file,age\n", "There are no labels"),
        ("", "needs the columns file and age, or file, born and taken. It is empty."),
        ("file,born,taken\na.jpg,2000,2001-13\n", "neither a number"),
    ],
)
def test_wrong_tables_are_explained(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        read_labels(write(tmp_path, text))


def test_missing_and_binary_tables_are_explained(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="cannot be read"):
        read_labels(tmp_path / "none.csv")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(LabelError, match="cannot be read"):
        read_labels(tmp_path / "photo.jpg")


def test_names_say_age_gender_and_group() -> None:
    names = ["Ana_34_f_north.jpg", "sub/Bo_7_male_south.png", "notes_x.jpg"]
    table = labels_from_names(names, "{*}_{age}_{gender}_{group}")
    assert table["file"].to_list() == ["Ana_34_f_north.jpg", "sub/Bo_7_male_south.png"]
    assert table["age"].to_list() == [34, 7]
    assert table["gender"].to_list() == ["female", "male"]
    assert table["group"].to_list() == ["north", "south"]


def test_names_say_birth_and_photo() -> None:
    table = labels_from_names(["Ana_1990-05-01_2020-05-01.jpg"], "{*}_{born}_{taken}")
    assert table["age"].to_list() == pytest.approx([30], abs=0.01)


@pytest.mark.parametrize("pattern", ["{gender}", "{age}_{age}", "{age}_{size}", "plain", "{born}", ""])
def test_patterns_without_one_age_are_refused(pattern: str) -> None:
    with pytest.raises(LabelError, match="must contain"):
        labels_from_names(["34.jpg"], pattern)


def test_pattern_that_fits_no_file_is_explained() -> None:
    with pytest.raises(LabelError, match="fits none of the file names"):
        labels_from_names(["Ana.jpg"], "{age}")


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0", b'file,age\n"a\r b.jpg,3' + b"x" * 200_000])
def test_bytes_that_are_no_table_are_explained(content: bytes) -> None:
    with pytest.raises(LabelError, match=r"ages\.csv cannot be read as a table of labels"):
        parse_labels(content, "ages.csv")
