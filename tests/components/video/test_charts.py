"""The timeline of people."""

import numpy as np

from components.video.charts import finding, timeline, timeline_table
from model.face import Face
from model.video.people import Person


def person(number: int, first: float, last: float, gender: str = "male", probability: float = 0.9) -> Person:
    face = Face((0, 0, 9, 9), ((0, 0),) * 5, 0.99, 30.0, 25.0, 36.0, gender, probability)
    return Person(number, first, last, face, 5, np.zeros((200, 200, 3), np.uint8))


def test_people_in_view_at_the_same_time_are_counted() -> None:
    people = [person(1, 0, 4), person(2, 3, 9), person(3, 5, 6), person(4, 9.5, 9.5)]
    assert finding(people, 12.2) == "4 people in 12 s, up to 2 at a time"
    assert finding(people[:1], 12.2) == "1 person in 12 s"


def test_those_in_view_for_the_longest_time_are_shown_in_the_order_of_their_numbers() -> None:
    table = timeline_table([person(i, i, i + (i % 3)) for i in range(1, 10)], most=4)
    assert list(table["person"]) == [1, 2, 5, 8]


def test_every_person_is_a_bar_from_first_to_last_second() -> None:
    table = timeline_table([person(1, 1, 4), person(2, 2, 2, "female"), person(3, 0, 9, probability=0.6)])
    figure = timeline(table, 10.0)
    bars = {
        name: (base, width) for bar in figure.data for name, base, width in zip(bar.y, bar.base, bar.x, strict=True)
    }
    assert bars["1: 30 years"] == (1, 3)
    assert bars["3: 30 years"] == (0, 9)
    assert bars["2: 30 years"][1] > 0, "a moment shows, too"
    assert [bar.name for bar in figure.data] == ["Male", "Female", "Uncertain"]
