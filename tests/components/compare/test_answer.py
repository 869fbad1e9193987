"""The words of a comparison."""

import pytest

from components.compare.answer import best_guess, draw, explain, interval, label, signed, verdict
from components.compare.difference import Check, Difference


@pytest.mark.parametrize(
    ("difference", "title", "range_", "guess", "says"),
    [
        (Difference(27, 11.6, 41), "The right face looks older by (years)", "12–41",
         "**the right face is 27 years older**", "more than chance"),
        (Difference(-27, -41, -11.6), "The left face looks older by (years)", "12–41",
         "**the left face is 27 years older**", "more than chance"),
        (Difference(3, -5, 12), "Right minus left face (years)", "−5 to +12", "**the right face is 3 years older**",
         "may be due to chance"),
        (Difference(0.2, -5, 5), "Right minus left face (years)", "−5 to +5", "**the same age**",
         "may be due to chance"),
        (Difference(1.4, 0.3, 2.4), "Right minus left face (years)", "0 to +2", "**the right face is 1 year older**",
         "may be due to chance"),
    ],
)  # fmt: skip
def test_difference_in_words(difference: Difference, title: str, range_: str, guess: str, says: str) -> None:
    assert label(difference) == title
    assert interval(difference) == range_
    assert guess in best_guess(difference)
    assert says in verdict(difference)


def test_check_is_told_with_its_numbers() -> None:
    text = explain(Check(20_000, 0.823, 0.957), 2065)
    for part in ("20,000 random pairs of 2,065", "in 82% of them", "right in 96%", "wider than necessary"):
        assert part in text


@pytest.mark.parametrize("difference", [Difference(27, 12, 41), Difference(0, 0, 0), Difference(-90, -105, -70)])
def test_picture_marks_zero_within_the_line(difference: Difference) -> None:
    html = draw(difference)
    places = [float(part.partition("%")[0]) for part in html.split("left: ")[1:]]
    assert all(0 <= place <= 100 for place in places)
    assert ">0</span>" in html


def test_signs_are_those_of_numbers_in_text() -> None:
    assert [signed(years) for years in (-4.6, -0.3, 0.4, 12)] == ["−5", "0", "0", "+12"]
