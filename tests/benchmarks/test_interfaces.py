"""Every interface gives the same answers; and the comparison notices where one does not."""

import json
from pathlib import Path

import pytest

from benchmarks.interfaces import EIGHT_BITS, EXPORTS, INTERFACES, PYTHON, Answer, compare, main
from model.estimator import read_provenance

FACE: Answer = {"age": 30.0, "interval": [20.0, 40.0], "stated_gender": "female", "warnings": ["small"]}


@pytest.mark.parametrize(
    "changes",
    [{"age": 30.2}, {"interval": [20.0, 40.2]}, {"stated_gender": "uncertain"}, {"warnings": []}],
    ids=lambda changes: next(iter(changes)),
)
def test_other_answer_is_noticed(changes: Answer) -> None:
    assert not compare([FACE, FACE | changes], [FACE, FACE])["same"]


def test_rounding_and_missing_warnings_are_no_other_answer() -> None:
    chip = {name: value for name, value in FACE.items() if name != "warnings"}
    assert compare([chip | {"age": 30.04}], [FACE])["same"]


@pytest.mark.parametrize("answers", [[], [FACE, FACE]])
def test_another_number_of_faces_is_an_error(answers: list[Answer]) -> None:
    with pytest.raises(ValueError, match="argument"):
        compare(answers, [FACE])


@pytest.mark.slow
def test_all_interfaces_give_the_same_answers(tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path / "interfaces.json")]) == 0
    measured = json.loads((tmp_path / "interfaces.json").read_text())
    assert measured["model"] == read_provenance().identity
    assert set(measured["interfaces"]) == {*INTERFACES, *EXPORTS}
    expected = measured["interfaces"][PYTHON]["answers"]
    assert len(expected) == len(measured["faces"]) >= 5
    assert any("small" in face["warnings"] for face in expected)
    for name, interface in measured["interfaces"].items():
        assert len(interface["answers"]) == len(expected)
        assert interface["same"] or name == EIGHT_BITS
