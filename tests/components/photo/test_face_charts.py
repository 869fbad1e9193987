import json

import numpy as np
import pandas as pd
import pytest

from components.photo.face_charts import age_curve, gender_curve, occlusion_map, region_bars, robustness_curve
from model.inspection.occlusion import CENTRES, GRID
from model.inspection.perturbations import PERTURBATIONS

BLUR = PERTURBATIONS["blur"]
CURVE = pd.DataFrame(
    {
        "strength": [0.0, 5.0, 10.0],
        "age": [30.0, 40.0, 35.0],
        "age_low": [25.0, 30.0, 20.0],
        "age_high": [36.0, 52.0, 50.0],
        "female_probability": [0.9, 0.7, 0.4],
    }
)


def test_occlusion_map_lays_the_changes_over_the_chip() -> None:
    change = np.zeros((GRID, GRID))
    change[2, 9] = -6
    figure = occlusion_map(np.zeros((200, 200, 3), np.uint8), change, "Years", ("years younger", "years older"))
    picture, heat = figure.data
    assert picture.source.startswith("data:image/jpeg;base64,")
    np.testing.assert_array_equal(heat.z, change)
    np.testing.assert_array_equal(heat.x, CENTRES)
    assert (heat.zmin, heat.zmax) == (-6, 6)  # even, so that no change is transparent
    assert heat.text[2][9] == "6.0 years younger"
    assert figure.layout.yaxis.range == (200, 0)  # the first row is on top
    json.loads(figure.to_json())


def test_occlusion_map_without_any_change_can_be_drawn() -> None:
    figure = occlusion_map(np.zeros((200, 200, 3), np.uint8), np.zeros((GRID, GRID)), "Years", ("less", "more"))
    assert figure.data[1].zmax > 0


def test_region_bars_show_the_change_in_years() -> None:
    bars = region_bars({"the eyes": -7, "the chin": 2}, "Change (years)", "years").data[0]
    assert bars.y == ("Eyes", "Chin")
    assert bars.x == (-7, 2)
    assert bars.marker.color[0] != bars.marker.color[1]


def test_age_curve_has_the_interval_and_both_lines() -> None:
    figure = age_curve(CURVE, BLUR, 5.0)
    high, low, age = figure.data
    assert (list(high.y), list(low.y), list(age.y)) == ([36, 52, 50], [25, 30, 20], [30, 40, 35])
    assert low.fill == "tonexty"
    assert sorted(line.x0 for line in figure.layout.shapes) == [0, 5]
    assert figure.layout.xaxis.title.text == "Blur (pixels)"


def test_gender_curve_is_in_percent() -> None:
    assert gender_curve(CURVE, BLUR, 5.0).data[0].y == pytest.approx([90, 70, 40])


@pytest.mark.parametrize(("percent", "value", "above"), [(False, 0.5, 0.2), (True, 50, 20)])
def test_robustness_curve_has_the_ends_of_each_interval(percent: bool, value: float, above: float) -> None:
    rows = [{"strength": 0, "some": {"value": 0.5, "low": 0.4, "high": 0.7}}]
    points = robustness_curve(rows, BLUR, "some", "Label", percent, (0, 1)).data[0]
    assert points.y == pytest.approx([value])
    assert points.error_y.array == pytest.approx([above])
