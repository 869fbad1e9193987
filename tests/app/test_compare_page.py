"""The Compare page: two faces of the visit or portraits, chosen in the address, with the numbers of the module."""

import numpy as np
import pytest
from helpers.pages import captions, metrics, open_page, texts
from helpers.paths import SAMPLES
from streamlit.testing.v1 import AppTest

from components.compare.answer import best_guess, interval
from components.compare.difference import check, difference
from components.photo.predictions import analyse_sample
from components.photo.samples import SAMPLES as PORTRAITS
from components.published import read_table
from model.drawing import encode_jpeg
from reports.data_sets import UTKFACE

HOPPER, COLLINS = (portrait.file.stem for portrait in PORTRAITS[:2])


def boxes(app: AppTest) -> list[str]:
    return [str(box.value) for box in app.selectbox]


def test_portraits_are_compared_as_the_module_says() -> None:
    app = open_page("compare")
    left, right = (analyse_sample(portrait.file).faces[0] for portrait in PORTRAITS[:2])
    expected = difference(left, right)
    assert boxes(app) == [HOPPER, COLLINS]
    assert list(metrics(app).values()) == [interval(expected)]
    assert best_guess(expected) in texts(app)
    measured = check(read_table(UTKFACE.predictions), expected.clarity)
    assert f"in {measured.coverage:.0%} of them" in captions(app)


def test_choice_is_kept_in_the_address() -> None:
    app = open_page("compare")
    app.selectbox(key="left").set_value(COLLINS).run()
    assert app.query_params["left"] == COLLINS
    assert app.info[0].value == "Choose two different faces."
    other = open_page("compare", left=COLLINS, right=HOPPER)
    assert boxes(other) == [COLLINS, HOPPER]


@pytest.mark.parametrize("text", ["7", "nobody", ""])
def test_address_that_names_no_face_is_ignored(text: str) -> None:
    assert boxes(open_page("compare", left=text)) == [HOPPER, COLLINS]


def test_added_photo_is_compared_with_the_one_before_and_names_stay_out_of_the_address() -> None:
    app = open_page("photo")
    app.file_uploader[0].upload("then.jpg", (SAMPLES / "grace-hopper.jpg").read_bytes(), "image/jpeg").run()
    app.switch_page("pages/compare.py").run()
    assert app.selectbox(key="left").options[0] == "then.jpg"
    assert boxes(app) == [COLLINS, "1"]
    app.file_uploader[0].upload("now.jpg", (SAMPLES / "eileen-collins.jpg").read_bytes(), "image/jpeg").run()
    assert not app.exception
    assert boxes(app) == ["1", "2"]
    assert app.selectbox(key="right").options == ["then.jpg", "now.jpg"]
    app.selectbox(key="left").set_value("2").run()
    assert "then" not in str(app.query_params)
    app.switch_page("pages/photo.py").run()
    assert metrics(app)["Photos"] == "2"


def test_pictures_of_the_camera_are_added() -> None:
    app = open_page("compare")
    app.toggle(key="compare-camera").set_value(True).run()
    for name in ("grace-hopper.jpg", "eileen-collins.jpg"):
        app.camera_input[0].upload("camera.jpg", (SAMPLES / name).read_bytes(), "image/jpeg").run()
    assert boxes(app) == ["1", "2"]
    assert app.selectbox(key="left").options == ["picture.jpg", "picture (2).jpg"]


def test_photos_without_a_face_and_unreadable_ones_are_named() -> None:
    app = open_page("compare")
    app.file_uploader[0].upload("wall.jpg", encode_jpeg(np.full((240, 320, 3), 128, np.uint8)), "image/jpeg")
    app.file_uploader[0].upload("broken.jpg", b"no picture", "image/jpeg").run()
    assert "No face found in `wall.jpg`" in app.warning[0].value
    assert "broken.jpg" in app.error[0].value
    assert boxes(app) == [HOPPER, COLLINS]
