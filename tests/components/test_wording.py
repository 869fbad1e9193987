"""Numbers as people say them."""

import pytest

from components.wording import count, duration, percent, years_more


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "0%"), (0.004, "under 1%"), (0.97, "97%"), (0.997, "over 99%"), (1.0, "100%")]
)
def test_near_certainty_is_not_rounded_to_certainty(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(("number", "words"), [(0, "no faces"), (1, "1 face"), (2, "2 faces"), (1234, "1,234 faces")])
def test_nouns_agree_with_their_number(number: int, words: str) -> None:
    assert count(number, "face") == words


@pytest.mark.parametrize(
    ("years", "words"), [(0.3, "same age"), (1.2, "+1 year"), (-1.0, "−1 year"), (7.0, "+7 years")]
)
def test_difference_of_ages_is_in_whole_years(years: float, words: str) -> None:
    assert years_more(years) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 second"), (40, "40 seconds"), (100, "2 minutes"), (7200, "120 minutes")]
)
def test_time_to_wait_is_never_nothing(seconds: float, words: str) -> None:
    assert duration(seconds) == words
