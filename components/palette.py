"""Colours that colour-blind people can tell apart, on light and dark pages."""

from model import palette
from model.labels import ETHNICITIES, GENDERS
from reports.data_sets import FAIRFACE_GROUPS

# Those of Okabe and Ito's palette that stand out from white and black alike.
BLUE, VERMILION, GREY = palette.BLUE, palette.VERMILION, palette.GREY
GREEN, PURPLE, ORANGE, SKY = "#009E73", "#CC79A7", "#E69F00", "#56B4E9"

COLORS: dict[str, dict[str, str]] = {
    "gender": {gender: palette.GENDER_COLORS[gender] for gender in GENDERS},
    "stated_gender": palette.GENDER_COLORS,
    "ethnicity": dict(zip(ETHNICITIES, (BLUE, ORANGE, GREEN, PURPLE, VERMILION), strict=True)),
    "group": dict(zip(FAIRFACE_GROUPS, (BLUE, ORANGE, VERMILION, GREEN, SKY, GREY, PURPLE), strict=True)),
    "split": dict(zip(("train", "validation", "test"), (BLUE, ORANGE, GREEN), strict=True)),
}
"""For each column, the colour of each value."""

SEQUENTIAL = "cividis"
"""From dark blue to yellow, also for people who cannot see red or green."""

FADED = 0.3
"""Opacity of what is not selected or has few photos."""
