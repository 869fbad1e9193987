import dataclasses

import pytest

from model.face import CERTAIN_GENDER, COLUMNS, Face, mirrored, to_json, to_row

FACE = Face((0, 0, 10, 10), ((0, 0),) * 5, 1.0, 40.0, 35.0, 45.0, "female", 0.9)


@pytest.mark.parametrize(
    ("probability", "stated"),
    [(0.5, "uncertain"), (CERTAIN_GENDER - 0.01, "uncertain"), (CERTAIN_GENDER, "female"), (1.0, "female")],
)
def test_gender_is_stated_only_if_it_is_certain_enough(probability: float, stated: str) -> None:
    assert dataclasses.replace(FACE, gender_probability=probability).stated_gender == stated


def test_probability_of_female_is_that_of_the_gender_or_its_complement() -> None:
    assert FACE.female_probability == pytest.approx(0.9)
    assert dataclasses.replace(FACE, gender="male").female_probability == pytest.approx(0.1)


def test_json_has_the_fields_and_the_stated_gender() -> None:
    face = dataclasses.replace(FACE, warnings=("small", "turned"), age_distribution=(0.25, 0.7500004))
    values, more = to_json(face), to_json(face, distribution=True)
    assert set(more) == {field.name for field in dataclasses.fields(Face)} | {"stated_gender"}
    assert more == values | {"age_distribution": [0.25, 0.75]}
    assert values["stated_gender"] == "female"
    assert values["warnings"] == ["small", "turned"]


def test_row_joins_warnings_by_semicolons() -> None:
    row = to_row(dataclasses.replace(FACE, gender_probability=0.7, warnings=("small", "turned")), "a.jpg", 1)
    assert tuple(row) == COLUMNS
    assert (row["gender"], row["stated_gender"], row["warnings"]) == ("female", "uncertain", "small;turned")
    assert to_row(FACE, "a.jpg", 1)["warnings"] == ""


def test_mirrored_face_keeps_its_warnings() -> None:
    assert mirrored(dataclasses.replace(FACE, warnings=("small",)), 100).warnings == ("small",)
