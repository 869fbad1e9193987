"""The colours of genders, the same in every picture, chart and page.

They are blue, vermilion and grey of Okabe and Ito's palette: colour-blind people can tell them apart, and they stand
out from white and black alike.
"""

from model.face import UNCERTAIN

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#8A8F98"

GENDER_COLORS = {"male": BLUE, "female": VERMILION, UNCERTAIN: GREY}
"""By stated gender."""

TEXT_COLORS = {"male": "#FFFFFF", "female": "#000000", UNCERTAIN: "#000000"}
"""For text on these, with a contrast of at least 4.5."""
