"""UTKFace's labels, apart from the networks so that they can be read without loading Keras."""

GENDERS = ("male", "female")
"""In the order of UTKFace's label numbers."""

ETHNICITIES = ("White", "Black", "Asian", "Indian", "Other")
"""In the order of UTKFace's label numbers."""

MAX_AGE = 116
"""The highest age in UTKFace, years."""

AGE_BRACKETS = ((0, 2), (3, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, MAX_AGE))
"""First and last year of the brackets that results are reported by."""


def bracket_name(bracket: tuple[int, int]) -> str:
    """`20–29` or, for the last, `70+`."""
    first, last = bracket
    return f"{first}+" if last == MAX_AGE else f"{first}–{last}"


BRACKET_NAMES = tuple(bracket_name(bracket) for bracket in AGE_BRACKETS)
