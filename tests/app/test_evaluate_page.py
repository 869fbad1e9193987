"""The page that tests the model on a visitor's own photos: its example, its states, and results that stay."""

import numpy as np
import pytest
from helpers.pages import captions, metrics, open_page, press, texts
from helpers.paths import SAMPLES
from streamlit.testing.v1 import AppTest

from components.evaluate import example
from components.photo import predictions
from model.drawing import encode_jpeg
from model.estimator import ModelError
from model.image import read_image

HOPPER = (SAMPLES / "grace-hopper.jpg").read_bytes()
COLLINS = (SAMPLES / "eileen-collins.jpg").read_bytes()
TABLE = "file,age,gender\nhopper.jpg,77,female\n"


@pytest.fixture
def app() -> AppTest:
    return open_page("evaluate")


def give(app: AppTest, table: str | bytes | None, **photos: bytes) -> AppTest:
    """The page after these files were dropped."""
    for name, data in photos.items():
        app.file_uploader[0].upload(f"{name}.jpg", data, "image/jpeg")
    if table is not None:
        app.file_uploader[1].upload("ages.csv", table if isinstance(table, bytes) else table.encode(), "text/csv")
    app.run()
    assert not app.exception
    return app


def test_uploader_of_the_table_stays_when_photos_are_taken(app: AppTest) -> None:
    photos, table = (uploader.key for uploader in app.file_uploader)
    give(app, None, hopper=HOPPER)
    assert app.file_uploader[0].key != photos
    assert app.file_uploader[1].key == table, "what is just being uploaded there would be lost"


def test_nobody_sees_an_empty_page(app: AppTest) -> None:
    assert "An example" in app.info[0].value
    assert metrics(app)["Photos"] == "1"
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["file"], row["age"]) == ("grace-hopper.jpg", pytest.approx(77.1, abs=0.05))
    assert "One photo is an example" in texts(app)
    assert not app.error
    assert not app.warning


def test_own_photos_with_ages_replace_the_example_and_stay_until_cleared(app: AppTest) -> None:
    give(app, TABLE, hopper=HOPPER)
    assert not app.info
    assert app.dataframe[0].value["file"].to_list() == ["hopper.jpg"]
    assert "A calibration needs 100 photos" in captions(app)
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/evaluate.py").run()
    assert app.dataframe[0].value["file"].to_list() == ["hopper.jpg"]
    press(app, "Clear")
    assert "An example" in app.info[0].value


def test_photos_are_forgotten_once_their_ages_are_estimated(app: AppTest) -> None:
    give(app, None, hopper=HOPPER)
    assert [photo.data for photo in app.session_state["own_people"].photos] == [b""]


def test_what_is_still_needed_is_said(app: AppTest) -> None:
    give(app, None, hopper=HOPPER)
    assert "1 photo analysed.** Now add their true ages" in app.info[0].value
    press(app, "Clear")
    give(app, TABLE)
    assert "1 true age read from `ages.csv`.** Now drop the photos." in app.info[0].value


def test_what_does_not_fit_is_named_and_the_rest_counts(app: AppTest) -> None:
    wall = encode_jpeg(np.full((240, 320, 3), 128, np.uint8))
    table = TABLE + "broken.jpg,5,\nwall.jpg,6,\ngone.jpg,7,\n"
    give(app, table, hopper=HOPPER, broken=HOPPER[:2000], wall=wall, collins=COLLINS)
    told = app.warning[0].value
    assert "Without a true age, not counted: 1 photo (`collins.jpg`)." in told
    assert "In the table, but not among the photos: 1 file (`gone.jpg`)." in told
    assert "No face found. Not counted: 1 photo (`wall.jpg`)." in told
    assert "damaged or incomplete. Save or send it again. Not counted: 1 photo (`broken.jpg`)." in told
    assert metrics(app)["Photos"] == "1"


def test_the_largest_of_several_faces_counts_and_the_photo_is_named(app: AppTest) -> None:
    portrait = read_image(HOPPER)
    both = np.concatenate([portrait, np.full_like(portrait, 128)], axis=1)
    both[: portrait.shape[0] // 2, portrait.shape[1] : portrait.shape[1] + (portrait.shape[1] + 1) // 2] = portrait[
        : portrait.shape[0] // 2 * 2 : 2, ::2
    ]
    give(app, TABLE, hopper=encode_jpeg(both, 95))
    assert "Several faces, of which the largest counts: 1 photo (`hopper.jpg`)." in app.warning[0].value


def test_missing_model_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ModelError("There is no trained model.")

    predictions.load_predictor.clear()
    example.estimate_samples.clear()
    monkeypatch.setattr(predictions, "shared_predictor", fail)
    app = open_page("evaluate")
    assert [error.value for error in app.error] == [r"There is no trained model\."]
    give(app, TABLE, hopper=HOPPER)
    assert [error.value for error in app.error] == [r"There is no trained model\."]


UNUSABLE = {
    b"\xff\xfe\x00": r"ages\.csv cannot be read as a table of labels\. Save it as CSV in UTF\-8\.",
    b"name,years\n": r"ages\.csv needs the columns file and age",
    b"file,age\nhopper.jpg,old\n": r"line 2 of ages\.csv is neither a number of years",
    b"file,age\nother.jpg,7\n": "The table names none of the photos.",
    b"file,age\nx/hopper.jpg,7\ny/hopper.jpg,8\n": r"Two labels are for photos named hopper\.jpg",
}
"""Tables with what is said about them, as Markdown."""


def test_table_that_cannot_be_used_is_one_sentence_and_a_better_one_replaces_it(app: AppTest) -> None:
    give(app, None, hopper=HOPPER)
    for table, told in UNUSABLE.items():
        give(app, table)
        (error,) = app.error
        assert told in error.value
        assert not app.metric
    give(app, TABLE)
    assert metrics(app)["Photos"] == "1"


def test_names_of_files_say_ages(app: AppTest) -> None:
    give(app, None, Grace_77_female=HOPPER)
    app.button_group[0].set_value("File names").run()
    assert metrics(app)["Photos"] == "1"
    app.text_input[0].set_value("{size}").run()
    assert "must contain" in app.error[0].value
    app.text_input[0].set_value("{*}_{age}_{*}").run()
    assert "Gender accuracy" not in metrics(app)
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/evaluate.py").run()
    assert app.text_input[0].value == "{*}_{age}_{*}"
