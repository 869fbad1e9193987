import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.quick import load_quick, write_photos

from components.demographics import reading
from components.demographics.reading import TableError, read_faces
from components.demographics.tables import shares_by_gender
from model.batch.annotate import annotate_photos
from model.batch.parts import annotate_part
from model.formats import as_csv
from model.image import read_image

GOOD = pd.DataFrame(
    {
        "file": ["a.jpg", "a.jpg", "b.jpg"],
        "face": [1, 2, 1],
        "confidence": [0.99, 0.95, 1.0],
        "age": [2.9, 34.0, 71.0],
        "age_low": [1.0, 28.0, 60.0],
        "age_high": [5.0, 40.0, 80.0],
        "gender": ["male", "female", "female"],
        "gender_probability": [0.85, 0.9, 0.99],
    }
)


def parquet(table: pd.DataFrame | pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.Table.from_pandas(table), buffer)
    return buffer.getvalue()


def test_table_of_a_large_run_says_how_many_photos_were_analysed(tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 6)
    predictor = load_quick()
    output = tmp_path / "faces.parquet"
    annotate_photos([photos], output, lambda parts, _: ((part, annotate_part(predictor, part)) for part in parts))
    table = read_faces("faces.parquet", output.read_bytes())
    assert table.photos == 6
    assert len(table.faces) == 6
    assert int((table.faces["face"] == 1).sum()) == 4


def test_csv_of_the_app_is_read(tmp_path: Path) -> None:
    (photo,) = write_photos(tmp_path, 3).glob("00002.png")
    table = read_faces("faces.CSV", as_csv([("=2.png", load_quick().predict(read_image(photo)))]).encode())
    assert table.photos is None
    assert table.faces["age"].tolist() == [2, 2]


def test_any_other_parquet_with_the_columns_is_read() -> None:
    table = read_faces("x.parquet", parquet(GOOD))
    assert table.photos is None
    assert table.faces["gender"].tolist() == GOOD["gender"].tolist()
    assert shares_by_gender(table.faces)["faces"].tolist() == [1, 2, 0]
    assert len(read_faces("x.parquet", parquet(GOOD[:0])).faces) == 0


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_table_without_stated_genders_is_given_them(name: str) -> None:
    unsure = GOOD.assign(gender_probability=[0.85, 0.84, 0.99])
    content = parquet(unsure) if name == "x.parquet" else unsure.to_csv(index=False).encode()
    faces = read_faces(name, content).faces
    assert faces["stated_gender"].tolist() == ["male", "uncertain", "female"]
    assert "has_warnings" not in faces


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_stated_genders_and_warnings_of_a_table_are_kept(name: str) -> None:
    # The probability was just below 85% before it was rounded.
    newer = GOOD.assign(stated_gender=["uncertain", "female", "female"], warnings=["", "small;turned", ""])
    content = parquet(newer) if name == "x.parquet" else newer.to_csv(index=False).encode()
    faces = read_faces(name, content).faces
    assert faces["stated_gender"].tolist() == ["uncertain", "female", "female"]
    assert faces["has_warnings"].tolist() == [False, True, False]
    assert shares_by_gender(faces).set_index("gender")["faces"].to_dict() == {"male": 0, "female": 2, "uncertain": 1}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.parquet", b"no table", "damaged"),
        ("x.parquet", parquet(GOOD)[:-40], "damaged"),
        ("x.parquet", parquet(GOOD.drop(columns=["age", "gender"])), "exactly once: age, gender"),
        ("x.parquet", parquet(pa.table([[1], [2]], ["age", "age"])), "exactly once: face, confidence, age,"),
        ("x.parquet", parquet(GOOD.assign(age=["x" * 99, "y", "z"])), "age must contain numbers"),
        ("x.parquet", parquet(GOOD.assign(age=pd.Series([[1.0], [2.0], [3.0]]))), "age must contain numbers"),
        ("x.parquet", parquet(GOOD.assign(gender=[1, 2, 3])), "gender must contain text"),
        (
            "x.parquet",
            parquet(GOOD.assign(gender=pd.Series(["male", None, "female"]))),
            "gender must contain one of male, female in",
        ),
        (
            "x.parquet",
            parquet(GOOD.assign(gender=["male", "other", "female"])),
            "gender must contain one of male, female in",
        ),
        ("x.parquet", parquet(GOOD.assign(stated_gender="unsure")), "stated_gender must contain one of"),
        ("x.parquet", parquet(GOOD.assign(warnings=pd.Series([[1], [2], [3]]))), "warnings must contain text"),
        ("x.csv", GOOD.assign(stated_gender=["male", "", "female"]).to_csv(index=False).encode(), "uncertain in every"),
        ("x.parquet", parquet(GOOD.assign(age=[1.0, np.nan, 2.0])), "age must contain numbers from 0 to 116"),
        ("x.parquet", parquet(GOOD.assign(confidence=[1.0, 98.0, 1.0])), "confidence must contain numbers from 0 to 1"),
        ("x.csv", b"", "not a CSV"),
        ("x.csv", b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not a CSV"),
        ("x.csv", b"name,size\na,1\n", "not a table of faces"),
        ("x.csv", ("a,b\n" + GOOD.to_csv(index=False)).encode(), "not a table of faces"),
        (
            "x.csv",
            GOOD.assign(age=["old", 1, 2]).to_csv(index=False).encode(),
            "age must contain numbers from 0 to 116",
        ),
    ],
)
def test_other_files_are_refused_with_the_reason(name: str, content: bytes, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_faces(name, content)


@pytest.mark.parametrize("name", ["x.csv", "x.parquet"])
def test_too_large_tables_are_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(reading, "MAX_FACES", 2)
    content = parquet(GOOD) if name == "x.parquet" else GOOD.to_csv(index=False).encode()
    with pytest.raises(TableError, match="limit is 2 faces"):
        read_faces(name, content)


CSV: dict[str, dict[str, Any]] = {
    "commas": {},
    "semicolons": {"sep": ";", "decimal": ","},
    "tabs": {"sep": "\t"},
    "semicolons and decimal points": {"sep": ";"},
    "quoted": {"quoting": csv.QUOTE_ALL, "lineterminator": "\r\n"},
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("first_line", ["", "#TYPE System.Object\r\n"])
@pytest.mark.parametrize("dialect", CSV)
def test_csv_as_excel_and_powershell_write_it_is_read(encoding: str, first_line: str, dialect: str) -> None:
    named = GOOD.assign(file="\u00e9t\u00e9.jpg")
    faces = read_faces("x.csv", (first_line + named.to_csv(index=False, **CSV[dialect])).encode(encoding)).faces
    for column in ("face", "confidence", "age", "gender", "gender_probability"):
        assert faces[column].tolist() == GOOD[column].tolist()


PEOPLE = GOOD.rename(columns={"face": "person"}).assign(first_second=[0.0, 2.5, 70], last_second=[3, 90, 71.25])


def test_table_of_people_says_when_they_were_in_view() -> None:
    table = read_faces("people.csv", PEOPLE.to_csv(index=False).encode())
    assert table.people
    assert table.faces["last_second"].tolist() == [3, 90, 71.25]
    without = read_faces("people.csv", PEOPLE.drop(columns="first_second").to_csv(index=False).encode())
    assert "last_second" not in without.faces


def test_faces_in_the_frames_of_a_video_are_known_as_such() -> None:
    assert read_faces("x.parquet", parquet(GOOD.assign(second=0.2, person=1))).frames
    assert not read_faces("x.parquet", parquet(GOOD)).frames


def test_times_that_cannot_be_are_refused() -> None:
    endless = PEOPLE.assign(last_second=[1, 1e12, 3])
    with pytest.raises(TableError, match="last_second must contain numbers from -1 to 31622400"):
        read_faces("people.csv", endless.to_csv(index=False).encode())
