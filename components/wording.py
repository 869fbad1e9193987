"""Numbers and recurring help texts in plain words."""

from model.face import CERTAIN_GENDER, UNCERTAIN

WHEN_UNCERTAIN = f"“{UNCERTAIN}” if neither reaches {CERTAIN_GENDER:.0%}"
"""Help for a column of genders."""


def percent(share: float) -> str:
    """A probability or share, 0-1, as whole percent: "97%", but "over 99%" and "under 1%" near certainty."""
    if 0.99 < share < 1:
        return "over 99%"
    if 0 < share < 0.01:
        return "under 1%"
    return f"{share:.0%}"


def count(number: int, noun: str) -> str:
    """A number with its noun: "1 face", "1,234 faces", "no faces"."""
    return f"{number or 'no'} {noun}s" if number != 1 and number < 1000 else f"{number:,} {noun}{'s' * (number != 1)}"


def duration(seconds: float) -> str:
    """A time to wait: "40 seconds", "3 minutes"."""
    return count(max(1, round(seconds)), "second") if seconds < 90 else count(round(seconds / 60), "minute")


def years_more(years: float) -> str:
    """A difference in whole years: "+1 year", "−3 years", "same age"."""
    whole = round(years)
    if not whole:
        return "same age"
    return f"{whole:+d} year{'s' * (abs(whole) != 1)}".replace("-", "−")
