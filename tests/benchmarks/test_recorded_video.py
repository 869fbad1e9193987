"""The benchmark of recorded video in its short form: times are shown, people must be found and counted once."""

import pytest

from benchmarks.recorded_video import measure


@pytest.mark.slow
def test_all_people_of_the_composed_video_are_found_and_counted_once() -> None:
    rows = {row.name: row for row in measure(short=True)}
    assert rows["people found"].met
    assert rows["people counted"].met
    assert all(row.value > 0 for row in rows.values())
    assert [row.met for row in rows.values() if row.kind == "time"] == [None] * 4
