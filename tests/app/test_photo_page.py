"""The Photo page: uploads, samples and their results."""

import io

import numpy as np
import pytest
from helpers.pages import metrics, open_page, press
from helpers.paths import SAMPLES
from PIL import Image
from streamlit.testing.v1 import AppTest

from model.drawing import encode_jpeg

HOPPER = (SAMPLES / "grace-hopper.jpg").read_bytes()


@pytest.fixture
def app() -> AppTest:
    return open_page("photo")


def test_page_invites_to_add_a_photo(app: AppTest) -> None:
    assert "select a sample" in app.info[0].value
    assert not app.error


@pytest.mark.parametrize(("name", "youngest", "oldest"), [("Grace Hopper", 60, 90), ("Eileen Collins", 25, 55)])
def test_sample_gives_a_plausible_age_with_one_click(name: str, youngest: int, oldest: int, app: AppTest) -> None:
    press(app, name)
    low, high = (int(years) for years in metrics(app)["Likely age"].split("–"))
    age = app.dataframe[0].value["age"].item()
    assert low <= age <= high
    assert youngest <= age <= oldest


@pytest.mark.parametrize(
    ("name", "genders"), [("Grace Hopper", {"female", "uncertain"}), ("Eileen Collins", {"female"})]
)
def test_card_table_and_picture_say_the_same_gender(name: str, genders: set[str], app: AppTest) -> None:
    press(app, name)
    row = app.dataframe[0].value.iloc[0]
    gender, female = row["stated_gender"], round(100 * row["female_probability"])
    assert gender in genders
    (bar,) = app.get("progress")
    uncertain = f"Gender uncertain: {female}% female, {100 - female}% male"
    assert bar.proto.text == (uncertain if gender == "uncertain" else f"Female: {female}% probable")
    (picture,) = [image.proto.imgs[0] for image in app.get("image") if "faces marked" in image.proto.imgs[0].alt]
    assert f" · {gender}" in picture.alt


def test_small_faces_are_found_when_the_visitor_asks_for_them(app: AppTest) -> None:
    portrait = Image.open(io.BytesIO(HOPPER))
    crowd = Image.new("RGB", (2000, 1500), (120, 120, 120))
    crowd.paste(portrait.resize((portrait.width // 14, portrait.height // 14)), (900, 700))
    app.file_uploader[0].upload("crowd.jpg", encode_jpeg(np.asarray(crowd), 95), "image/jpeg").run()
    assert "No face found in `crowd.jpg`" in app.warning[0].value
    app.toggle[0].set_value(True).run()
    assert not app.warning
    assert "Likely age" in metrics(app)


def test_uploaded_photos_are_counted_and_can_be_selected(app: AppTest) -> None:
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg")
    app.file_uploader[0].upload("wall.jpg", encode_jpeg(np.full((240, 320, 3), 128, np.uint8)), "image/jpeg").run()
    values = metrics(app)
    assert (values["Photos"], values["Faces"], values["Photos without a face"]) == ("2", "1", "1")
    app.selectbox[0].select_index(1).run()
    assert "No face found in `wall.jpg`" in app.warning[0].value
    assert not app.exception


def test_unreadable_upload_is_named_and_the_others_go_through(app: AppTest) -> None:
    app.file_uploader[0].upload("broken.jpg", HOPPER[:2000], "image/jpeg")
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg").run()
    assert "broken.jpg" in app.error[0].value
    assert "damaged" in app.error[0].value
    assert "Likely age" in metrics(app)


def test_results_stay_when_the_page_reruns_without_new_analysis(app: AppTest) -> None:
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg").run()
    before = next(iter(app.session_state["results"].values()))
    app.run()
    assert next(iter(app.session_state["results"].values())) is before
