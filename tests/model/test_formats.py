import csv
import dataclasses
import io
import json

import pytest
from helpers.provenance import FAKE

from model.face import COLUMNS, Face
from model.formats import as_csv, as_json, as_table, safe_cell

FACE = Face(
    (1, 2, 30, 40), ((5.04, 6), (7, 8), (9, 10), (11, 12), (13, 14)), 0.98765, 33.333, 28.06, 41.99, "male", 0.87654
)
FOUND = [('a, "b" – ü.jpg', [FACE, FACE]), ("empty.jpg", [])]


def test_csv_has_the_agreed_columns_and_one_row_per_face() -> None:
    text = as_csv(FOUND)
    header = (
        "file,face,x,y,width,height,confidence,age,age_low,age_high,gender,gender_probability,stated_gender,warnings"
    )
    assert text.splitlines()[0] == header
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["face"] for row in rows] == ["1", "2"]
    assert rows[0]["file"] == 'a, "b" – ü.jpg'
    values = "1,1,2,30,40,0.9877,33.3,28.1,42.0,male,0.8765,male,"
    assert list(rows[0].values())[1:] == values.split(",")


@pytest.mark.parametrize(
    "name",
    [
        *("=cmd|' /C calc'!A0.jpg", "+1.jpg", "-1.jpg", "@sum.jpg", "\t=1.jpg", "\n=1.jpg"),
        *(" =1.jpg", "  @sum.jpg", "\xa0+1.jpg", "\u3000=1.jpg", "\ufeff=1.jpg", "\u200b-1.jpg"),
        *("\uff1d1.jpg", "\uff0b1.jpg", "\uff0d1.jpg", "\uff20sum.jpg", " \uff1d1.jpg", "\ufe661.jpg"),
    ],
)
def test_csv_names_that_spreadsheets_would_run_begin_with_an_apostrophe(name: str) -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv([(name, [FACE])]), newline=""))
    assert row["file"] == f"'{name}"
    assert json.loads(as_json([(name, [FACE])], FAKE))["photos"][0]["file"] == name


@pytest.mark.parametrize("name", ["photo=1.jpg", " photo.jpg", "\u00e9t\u00e9.jpg", "1-2.jpg", "", "\uff21.jpg"])
def test_csv_names_that_are_no_formula_stay_as_they_are(name: str) -> None:
    assert safe_cell(name) == name


def test_csv_name_cannot_start_a_new_row() -> None:
    lines = list(csv.DictReader(io.StringIO(as_csv([("a\r=1+1.jpg", [FACE]), ("\r=1+1.jpg", [FACE])]), newline="")))
    assert [row["file"] for row in lines] == ["a =1+1.jpg", "' =1+1.jpg"]


def test_json_lists_every_photo() -> None:
    photos = json.loads(as_json(FOUND, FAKE))["photos"]
    assert [len(photo["faces"]) for photo in photos] == [2, 0]
    assert photos[0]["faces"][0]["box"] == [1, 2, 30, 40]
    assert photos[0]["faces"][0]["landmarks"][0] == [5.0, 6]
    assert photos[0]["faces"][0]["age"] == 33.3


def test_json_names_the_model_and_its_calibration() -> None:
    assert json.loads(as_json([], FAKE))["model"] == {
        "version": FAKE.version,
        "sha256": FAKE.sha256,
        "calibration_sha256": FAKE.calibration_sha256,
        "calibration": json.loads(json.dumps(FAKE.calibration.to_json())),
    }


def test_csv_names_the_model_on_request_in_its_last_columns() -> None:
    plain, named = (list(csv.reader(io.StringIO(as_csv(FOUND, model)))) for model in (None, FAKE))
    assert [line[: len(COLUMNS)] for line in named] == plain
    assert named[0][len(COLUMNS) :] == ["model_version", "model_sha256", "calibration_sha256"]
    assert {tuple(line[len(COLUMNS) :]) for line in named[1:]} == {(FAKE.version, FAKE.sha256, FAKE.calibration_sha256)}


def test_table_is_aligned() -> None:
    lines = as_table(FOUND).splitlines()
    assert len(lines) == 3
    assert lines[0].index("gender") == lines[1].index("male")
    assert "28 to 42" in lines[1]
    assert "88% male" in lines[1]


def test_table_states_no_gender_that_is_uncertain_and_names_warnings() -> None:
    face = dataclasses.replace(FACE, gender_probability=0.62, warnings=("small", "turned"))
    assert as_table([("a.jpg", [face])]).splitlines()[1].endswith("uncertain  62% male     small, turned")
