import dataclasses

import pytest

from model.face import CERTAIN_GENDER, Face, to_json

FACE = Face((0, 0, 10, 10), ((0, 0),) * 5, 1.0, 40.0, 35.0, 45.0, "female", 0.9)


@pytest.mark.parametrize(("probability", "certain"), [(0.5, False), (0.79, False), (CERTAIN_GENDER, True), (1.0, True)])
def test_gender_is_stated_from_four_fifths_on(probability: float, certain: bool) -> None:
    assert dataclasses.replace(FACE, gender_probability=probability).gender_certain is certain


def test_probability_of_female_is_that_of_the_gender_named_or_the_rest() -> None:
    assert FACE.female_probability == pytest.approx(0.9)
    assert dataclasses.replace(FACE, gender="male").female_probability == pytest.approx(0.1)


def test_json_keeps_to_the_fields() -> None:
    assert set(to_json(FACE)) == {field.name for field in dataclasses.fields(Face)}
