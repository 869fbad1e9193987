"""Colours that colour-blind people tell apart, on a light and on a dark page."""

from model.labels import ETHNICITIES, GENDERS

# Okabe and Ito's palette; those that stand out from a white and from a black page alike.
BLUE, VERMILION, GREEN, PURPLE, ORANGE = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"
GREY = "#8A8F98"

COLORS: dict[str, dict[str, str]] = {
    "gender": dict(zip(GENDERS, (BLUE, VERMILION), strict=True)),
    "ethnicity": dict(zip(ETHNICITIES, (BLUE, ORANGE, GREEN, PURPLE, VERMILION), strict=True)),
    "split": dict(zip(("train", "validation", "test"), (BLUE, ORANGE, GREEN), strict=True)),
}
"""By column and value."""

SEQUENTIAL = "cividis"
"""From dark blue to yellow, also for those who see no red or green."""

FADED = 0.3
"""Opacity of what is not chosen."""
