"""What a visitor gave: duplicates, names that are taken, and what remains after a cancelled analysis."""

from components.evaluate.visit import Visit
from reports.own_people.analysis import PhotoEstimate


def test_equal_files_count_once_and_equal_names_are_numbered() -> None:
    visit = Visit()
    visit.add([("a.jpg", b"1"), ("a.jpg", b"2"), ("b.jpg", b"1")])
    visit.add([("c.jpg", b"2"), ("a.jpg", b"3")])
    assert [photo.name for photo in visit.photos] == ["a.jpg", "a (2).jpg", "a (3).jpg"]


def test_cancelling_keeps_what_is_done() -> None:
    visit = Visit()
    visit.add([("a.jpg", b"1"), ("b.jpg", b"2")])
    visit.photos[0].outcome = PhotoEstimate(30, 4, 0.9, 1)
    assert [photo.name for photo in visit.waiting] == ["b.jpg"]
    visit.skip_waiting()
    assert not visit.waiting
    assert visit.outcomes == {"a.jpg": PhotoEstimate(30, 4, 0.9, 1)}
    visit.add([("b.jpg", b"2")])  # it may come back
    assert [photo.name for photo in visit.waiting] == ["b.jpg"]
