"""One sentence for each kind of thing that does not fit."""

from components.evaluate.notices import notices
from model.calibration import Calibration
from reports.own_people.analysis import Outcome, PhotoEstimate, evaluate
from reports.own_people.labels import labels_from_names
from reports.own_people.matching import Matched

FACE = PhotoEstimate(30, 4, 0.9, 1)
CALIBRATION = Calibration((0.0,), (-1.0,), (1.0,), 1.0)


def told(outcomes: dict[str, Outcome], unlabelled: list[str]) -> list[str]:
    labels = labels_from_names(outcomes, "{*}{age}")
    return notices(Matched(labels, unlabelled, []), evaluate(labels, outcomes, CALIBRATION))


def test_nothing_is_said_if_all_fits() -> None:
    assert told({"a30.jpg": FACE}, []) == []


def test_many_names_are_shortened() -> None:
    (line,) = told({"a30.jpg": FACE}, [f"{i}.jpg" for i in range(1000)])
    assert line == (
        "Without a true age, not counted: 1,000 photos (`0.jpg`, `1.jpg`, `2.jpg`, `3.jpg`, `4.jpg` and 995 more)."
    )


def test_reasons_are_said_once() -> None:
    outcomes: dict[str, Outcome] = {"a30.jpg": FACE, "b30.jpg": "No face found.", "c30.jpg": "No face found."}
    assert told(outcomes, []) == ["No face found. Not counted: 2 photos (`b30.jpg`, `c30.jpg`)."]
