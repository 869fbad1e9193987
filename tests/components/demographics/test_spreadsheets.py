"""Tables of faces as spreadsheets save them again."""

import csv
import io

import pytest

from components.demographics.reading import read_faces

HEADER = ["file", "face", "confidence", "age", "age_low", "age_high", "gender", "gender_probability"]
ROWS = (
    ("a.jpg", "1", "0.99", "30.5", "20.25", "40", "male", "0.9"),
    ("b.jpg", "2", "0.98", "31", "21", "41", "female", "0.85"),
)


def table(separator: str = ",", decimal: str = ".", line_end: str = "\n") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(HEADER)
    writer.writerows([cell.replace(".", decimal) if cell[0].isdigit() else cell for cell in row] for row in ROWS)
    return text.getvalue()


TABLES = {
    "Unicode text where commas are decimal": table("\t", ",", "\r\n").encode("utf-16"),
    "quoted decimal commas": table(",", ",").encode(),
    "CSV for the Macintosh": table(";", ",", "\r").encode("cp1252"),
    "cleared rows": (table(";", ",") + ";;;;;;;\n;;;;;;;\n").encode(),
    "blank first line": ("\r\n" + table(line_end="\r\n")).encode(),
    "quoted separator line": ('"sep=,"\r\n' + table(line_end="\r\n")).encode("utf-8-sig"),
}


@pytest.mark.parametrize("name", TABLES)
def test_table_saved_by_a_spreadsheet_is_read(name: str) -> None:
    faces = read_faces("x.csv", TABLES[name]).faces
    assert faces["face"].tolist() == [1, 2]
    assert faces["age"].tolist() == [30.5, 31]
    assert faces["age_low"].tolist() == [20.25, 21]
    assert faces["confidence"].tolist() == [0.99, 0.98]
    assert faces["stated_gender"].tolist() == ["male", "female"]
