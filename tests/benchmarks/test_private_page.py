"""The benchmark of the page in the browser in its short form: times are shown and not checked."""

import pytest

from benchmarks.private_page import measure


@pytest.mark.slow
def test_page_answers_and_follows_the_camera() -> None:
    rows = measure(short=True)
    assert all(row.value > 0 for row in rows)
    assert [row.met for row in rows] == [None] * 3
