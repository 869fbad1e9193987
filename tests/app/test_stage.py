"""The stage: arrow keys go through photos and faces, and a visit is the same after it."""

import io

import pytest
from helpers.pages import metrics, open_page, press, texts
from helpers.paths import SAMPLES
from PIL import Image
from streamlit.testing.v1 import AppTest

HOPPER, COLLINS = ((SAMPLES / f"{name}.jpg").read_bytes() for name in ("grace-hopper", "eileen-collins"))


def jpeg(*portraits: bytes) -> bytes:
    """Portraits side by side, whose bytes are not those of a sample."""
    pictures = [Image.open(io.BytesIO(portrait)).resize((400, 400)) for portrait in portraits]
    group = Image.new("RGB", (400 * len(pictures), 400))
    for i, picture in enumerate(pictures):
        group.paste(picture, (400 * i, 0))
    buffer = io.BytesIO()
    group.save(buffer, "JPEG")
    return buffer.getvalue()


def enter(app: AppTest) -> AppTest:
    app.query_params["stage"] = "1"
    app.run()
    assert not app.exception
    return app


def disabled(app: AppTest, label: str) -> bool:
    return next(button.disabled for button in app.button if button.label == label)


@pytest.fixture
def visit() -> AppTest:
    """A visit with a group, a portrait and a file that is no picture."""
    app = open_page("photo")
    group = jpeg(HOPPER, COLLINS)
    app.file_uploader[0].upload("group.jpg", group, "image/jpeg")
    app.file_uploader[0].upload("one.jpg", jpeg(COLLINS), "image/jpeg")
    app.file_uploader[0].upload("broken.jpg", b"no picture", "image/jpeg").run()
    assert not app.exception
    return app


def test_portraits_take_the_stage_of_a_visit_without_photos() -> None:
    app = open_page("photo", stage="1")
    assert app.title[0].value == "Grace Hopper"
    assert "Likely age" in metrics(app)
    assert disabled(app, "Previous")
    press(app, "Next")
    assert app.title[0].value == "Eileen Collins"
    assert disabled(app, "Next")
    press(app, "Previous")
    assert app.title[0].value == "Grace Hopper"
    press(app, "Leave")
    assert app.query_params == {}
    assert len(app.file_uploader) == 1, "there are still no photos"
    assert not app.metric


def test_steps_lead_through_faces_and_photos_in_both_directions(visit: AppTest) -> None:
    enter(visit)
    while not disabled(visit, "Previous"):
        press(visit, "Previous")
    titles = [visit.title[0].value]
    ages = [metrics(visit)["Likely age"]]
    while not disabled(visit, "Next"):
        press(visit, "Next")
        titles.append(visit.title[0].value)
        ages += metrics(visit).values()
    assert titles == [
        "Photo 1 of 3, face 1 of 2", "Photo 1 of 3, face 2 of 2", "Photo 2 of 3", "Photo 3 of 3",
    ]  # fmt: skip
    assert len(ages) == 3
    assert "broken.jpg" in visit.error[0].value
    for title in titles[-2::-1]:
        press(visit, "Previous")
        assert visit.title[0].value == title


def test_page_shows_the_face_that_was_last_on_stage_and_nothing_else_has_changed(visit: AppTest) -> None:
    table = visit.dataframe[0].value
    visit.segmented_control(key="order").set_value("Oldest first").run()
    enter(visit)
    while visit.title[0].value != "Photo 1 of 3, face 2 of 2":
        press(visit, "Next" if visit.title[0].value == "Photo 1 of 3, face 1 of 2" else "Previous")
    age = metrics(visit)["Likely age"]
    press(visit, "Leave")
    assert metrics(visit)["Face 2: likely age"] == age
    assert visit.dataframe[0].value.equals(table)
    assert visit.session_state["order"] == "Oldest first"


def test_guess_on_stage_is_revealed_there_and_on_the_page() -> None:
    app = open_page("photo")
    app.toggle(key="guess_first").set_value(True).run()
    press(app, "Grace Hopper")
    enter(app)
    assert not app.metric
    app.number_input[0].set_value(76)
    press(app, "Reveal")
    assert "Closest: **You**" in texts(app)
    assert len(app.metric) == 1
    press(app, "Leave")
    assert "Closest: **You**" in texts(app)
    assert "Likely age" in metrics(app)


def test_picture_of_the_camera_takes_the_stage_with_a_way_to_another() -> None:
    app = open_page("webcam", stage="1")
    app.camera_input[0].upload("camera.jpg", jpeg(HOPPER), "image/jpeg").run()
    assert not app.exception
    assert "Likely age" in metrics(app)
    assert {button.label for button in app.button} == {"Take another picture", "Leave"}, "there is nowhere to go"
    press(app, "Take another picture")
    assert len(app.camera_input) == 1
    assert app.query_params["stage"] == "1"
