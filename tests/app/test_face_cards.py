"""The cards of the Photo page: ranges, uncertain genders, warnings, measured errors, and the map of a face."""

import dataclasses

import cv2
import numpy as np
import pytest
from helpers.pages import captions, open_page, press, texts
from streamlit.testing.v1 import AppTest

from components.photo.face_card import gender_in_words, measured_error
from components.published import read_report
from model import Face
from model.drawing import encode_jpeg

FACE = Face((0, 0, 10, 10), ((0, 0),) * 5, 1.0, 64.6, 58.0, 71.0, "female", 0.9)


@pytest.fixture
def app() -> AppTest:
    return open_page("photo")


def test_certain_gender_is_named_and_another_is_uncertain() -> None:
    assert gender_in_words(FACE) == "Female: 90% probable"
    unsure = dataclasses.replace(FACE, gender="male", gender_probability=0.62)
    assert gender_in_words(unsure) == "Gender uncertain: 38% female, 62% male"


def test_measured_error_is_that_of_the_bracket_of_the_age_shown() -> None:
    published = read_report("report.json")["by_age"]
    assert measured_error(FACE) == ("60–69", published["60–69"]["age_mae"]["value"])
    # Shown as 70, hence in the bracket from 70 on.
    assert measured_error(dataclasses.replace(FACE, age=69.7)) == ("70+", published["70+"]["age_mae"]["value"])
    baby = measured_error(dataclasses.replace(FACE, age=0.2))
    assert baby
    assert baby[0] == "0–2"


def test_card_shows_the_range_before_the_best_guess_and_links_the_measured_error(app: AppTest) -> None:
    press(app, "Grace Hopper")
    face = next(iter(app.session_state["results"].values())).faces[0]
    assert app.metric[0].value == f"{face.age_low:.0f}–{face.age_high:.0f}"
    assert f"Best guess **{face.age:.0f}**" in texts(app)
    measured = measured_error(face)
    assert measured
    bracket, years = measured
    links = [element.proto for element in app.get("page_link")]
    link = next(link for link in links if link.label == f"See errors at age {bracket}")
    assert f"In test photos of people aged {bracket}, the mean error is {years:.1f} years, " in captions(app)
    assert link.query_string.startswith("bracket=")
    assert "badge" not in texts(app)


def test_blurred_photo_carries_a_warning(app: AppTest, hopper: np.ndarray) -> None:
    blurred = cv2.GaussianBlur(hopper, (0, 0), hopper.shape[1] / 40)
    app.file_uploader[0].upload("blurred.jpg", encode_jpeg(blurred, 95), "image/jpeg").run()
    assert not app.exception
    assert "Blurred] The face lacks fine detail. Use a sharper picture." in texts(app)


def test_map_is_computed_on_request_and_kept(app: AppTest) -> None:
    press(app, "Grace Hopper")
    assert not app.get("plotly_chart")
    press(app, "Explain this face")
    assert "**Covering " in texts(app)
    assert "to the model" in texts(app) or "less than a year" in texts(app)
    assert len(app.get("plotly_chart")) == 2
    made = dict(app.session_state["explanations"])
    control = next(control for control in app.segmented_control if control.label == "Explain")
    control.set_value("Gender").run()
    assert not app.exception
    assert "probability of “" in texts(app)
    assert len(made) == 1
    assert all(app.session_state["explanations"][key] is value for key, value in made.items())
