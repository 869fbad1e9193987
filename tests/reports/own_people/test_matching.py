"""Which label belongs to which photo where photos have no folders."""

import pytest

from reports.own_people.labels import LabelError, parse_labels
from reports.own_people.matching import match


def test_labels_find_their_photos_whatever_folder_the_table_says() -> None:
    labels = parse_labels(b"file,age\na.jpg,30\nsub/b.jpg,40\nC:\\photos\\c.jpg,50\ngone.jpg,60\n", "ages.csv")
    matched = match(labels, ["c.jpg", "a.jpg", "b.jpg", "other.jpg"])
    assert dict(zip(matched.labels["file"], matched.labels["age"], strict=True)) == {
        "a.jpg": 30,
        "b.jpg": 40,
        "c.jpg": 50,
    }
    assert matched.unlabelled == ["other.jpg"]
    assert matched.missing == ["gone.jpg"]


def test_photos_of_one_name_in_two_folders_are_explained() -> None:
    labels = parse_labels(b"file,age\nx/a.jpg,30\ny/a.jpg,40\n", "ages.csv")
    with pytest.raises(LabelError, match=r"Two labels are for photos named a\.jpg"):
        match(labels, ["a.jpg"])


def test_names_that_fit_nothing_leave_no_label() -> None:
    matched = match(parse_labels(b"file,age\nx.jpg,30\n", "ages.csv"), ["a.jpg"])
    assert matched.labels.empty
    assert (matched.unlabelled, matched.missing) == (["a.jpg"], ["x.jpg"])
