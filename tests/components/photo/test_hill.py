import re
from dataclasses import replace

import numpy as np
import pytest

from components.photo.hill import draw, explain_width, two_peaks
from model.face import Face

FACE = Face((0, 0, 9, 9), ((0, 0),) * 5, 0.99, 40.0, 34.0, 46.0, "female", 0.9)


def hill(*peaks: tuple[float, float]) -> np.ndarray:
    """Bells of equal height at these ages, with these standard deviations."""
    years = np.arange(117)
    shape = sum(np.exp(-(((years - age) / deviation) ** 2) / 2) for age, deviation in peaks)
    return np.asarray(shape) / np.sum(shape)


@pytest.mark.parametrize(
    ("width", "deviation", "start"),
    [(30, 12, "The range is wide, 30 years instead of the usual 15"), (6, 2, "The range is narrow, 6 years"),
     (15, 6, "The range is 15 years wide, about as usual")],
)  # fmt: skip
def test_width_is_compared_with_the_usual_and_explained_by_the_hill(width: int, deviation: int, start: str) -> None:
    face = replace(FACE, age_low=40 - width / 2, age_high=40 + width / 2)
    shape = hill((40, deviation))
    sentence = explain_width(face, shape, 15)
    assert sentence.startswith(start)
    (share,) = re.findall(r"(\d+)%", sentence)
    assert int(share) == round(100 * shape[35:46].sum())


def test_two_peaks_are_named_with_their_ages() -> None:
    assert explain_width(FACE, hill((25, 4), (60, 4)), 15).endswith("two ages, about 25 and about 60.")


def test_one_peak_is_one_and_so_is_a_rough_slope() -> None:
    assert two_peaks(hill((40, 8))) is None
    rough = hill((40, 8)) * (1 + 0.05 * np.cos(np.arange(117)))
    assert two_peaks(rough) is None


def test_without_a_report_the_sentence_compares_with_nothing() -> None:
    assert explain_width(FACE, hill((40, 5)), None).startswith("The range is 12 years wide: the network puts")


@pytest.mark.parametrize("age", [0.4, 40, 115])
def test_drawing_contains_the_range_and_the_hill(age: float) -> None:
    face = replace(FACE, age=age, age_low=max(0, age - 6), age_high=min(116, age + 6))
    html = draw(face, hill((age, 4)), "Narrow.")
    shares = [float(share) for share in re.findall(r"(-?[\d.]+)%", html)]
    assert min(shares) >= 0
    assert max(shares) <= 100
    assert 'aria-label="Probability of each year. Narrow."' in html
