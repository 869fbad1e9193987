"""Colours that colour-blind people can tell apart, on light and dark pages."""

from model.face import UNCERTAIN
from model.labels import ETHNICITIES, GENDERS

# Those of Okabe and Ito's palette that stand out from white and black alike.
BLUE, VERMILION, GREEN, PURPLE, ORANGE = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"
GREY = "#8A8F98"

COLORS: dict[str, dict[str, str]] = {
    "gender": dict(zip(GENDERS, (BLUE, VERMILION), strict=True)),
    "stated_gender": dict(zip((*GENDERS, UNCERTAIN), (BLUE, VERMILION, GREY), strict=True)),
    "ethnicity": dict(zip(ETHNICITIES, (BLUE, ORANGE, GREEN, PURPLE, VERMILION), strict=True)),
    "split": dict(zip(("train", "validation", "test"), (BLUE, ORANGE, GREEN), strict=True)),
}
"""For each column, the colour of each value."""

SEQUENTIAL = "cividis"
"""From dark blue to yellow, also for people who cannot see red or green."""

FADED = 0.3
"""Opacity of what is not selected."""
