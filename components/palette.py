"""Colours that colour-blind people can tell apart, on light and dark pages."""

from model.labels import ETHNICITIES, GENDERS
from model.palette import GENDER_COLORS
from reports.data_sets import FAIRFACE_GROUPS

# Those of Okabe and Ito's palette that stand out from white and black alike.
BLUE, VERMILION, GREEN, PURPLE, ORANGE = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"
SKY = "#56B4E9"
GREY = "#8A8F98"

COLORS: dict[str, dict[str, str]] = {
    "gender": {gender: GENDER_COLORS[gender] for gender in GENDERS},
    "stated_gender": GENDER_COLORS,
    "ethnicity": dict(zip(ETHNICITIES, (BLUE, ORANGE, GREEN, PURPLE, VERMILION), strict=True)),
    "group": dict(zip(FAIRFACE_GROUPS, (BLUE, ORANGE, VERMILION, GREEN, SKY, GREY, PURPLE), strict=True)),
    "split": dict(zip(("train", "validation", "test"), (BLUE, ORANGE, GREEN), strict=True)),
}
"""For each column, the colour of each value."""

SEQUENTIAL = "cividis"
"""From dark blue to yellow, also for people who cannot see red or green."""

FADED = 0.3
"""Opacity of what is not selected."""
