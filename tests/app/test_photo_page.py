"""The Photo page: uploads, samples and their results."""

import io
import re
import zipfile

import numpy as np
import pytest
from helpers.pages import metrics, open_page, press, texts
from helpers.paths import SAMPLES
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.photo.gallery import as_zip
from components.photo.predictions import analyse
from model import Predictor
from model.drawing import encode_jpeg

HOPPER = (SAMPLES / "grace-hopper.jpg").read_bytes()


@pytest.fixture
def app() -> AppTest:
    return open_page("photo")


def test_first_screen_shows_finished_examples_and_the_ways_to_begin(app: AppTest) -> None:
    assert len(re.findall(r"\*\*\d+–\d+ years\*\*", texts(app))) == 2
    assert {"Grace Hopper", "Eileen Collins", "Use your camera"} <= {button.label for button in app.button}
    assert len(app.file_uploader) == 1
    assert not app.error


@pytest.mark.parametrize(("name", "youngest", "oldest"), [("Grace Hopper", 60, 90), ("Eileen Collins", 25, 55)])
def test_sample_gives_a_plausible_age_with_one_click(name: str, youngest: int, oldest: int, app: AppTest) -> None:
    press(app, name)
    low, high = (int(years) for years in metrics(app)["Likely age"].split("–"))
    age = app.dataframe[0].value["age"].item()
    assert low <= age <= high
    assert youngest <= age <= oldest


@pytest.mark.parametrize(
    ("name", "genders"), [("Grace Hopper", {"female", "male", "uncertain"}), ("Eileen Collins", {"female"})]
)
def test_card_table_and_picture_say_the_same_gender(name: str, genders: set[str], app: AppTest) -> None:
    press(app, name)
    row = app.dataframe[0].value.iloc[0]
    gender, female = row["stated_gender"], int(row["female_probability"])
    assert gender in genders
    (bar,) = app.get("progress")
    uncertain = f"Gender uncertain: {female}% female, {100 - female}% male"
    stated = f"Female: {female}% probable" if gender == "female" else f"Male: {100 - female}% probable"
    assert bar.proto.text == (uncertain if gender == "uncertain" else stated)
    (picture,) = [image.proto.imgs[0] for image in app.get("image") if "faces marked" in image.proto.imgs[0].alt]
    assert f" · {gender}" in picture.alt


def test_small_faces_are_found_when_the_visitor_asks_for_them(app: AppTest) -> None:
    portrait = Image.open(io.BytesIO(HOPPER))
    crowd = Image.new("RGB", (2000, 1500), (120, 120, 120))
    crowd.paste(portrait.resize((portrait.width // 10, portrait.height // 10)), (900, 700))
    app.file_uploader[0].upload("crowd.jpg", encode_jpeg(np.asarray(crowd), 95), "image/jpeg").run()
    assert "No face found in `crowd.jpg`" in app.warning[0].value
    app.toggle(key="small_faces").set_value(True).run()
    assert not app.warning
    assert "Likely age" in metrics(app)


def test_answer_waits_for_a_guess_and_the_true_age_decides(app: AppTest) -> None:
    app.toggle(key="guess_first").set_value(True).run()
    press(app, "Eileen Collins")
    assert not app.metric
    assert not app.dataframe
    press(app, "Reveal")
    assert "Enter a guess first" in app.warning[0].value
    app.number_input[0].set_value(39)
    press(app, "Reveal")
    assert "Likely age" in metrics(app)
    assert "You: **39** · Model: " in texts(app)
    app.number_input[0].set_value(39).run()
    assert "Closest: **You" in texts(app)
    assert "Rounds won after 1 round" in texts(app)


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


def group(count: int) -> bytes:
    """A row of so many portraits, each larger than the one before."""
    portrait = Image.open(io.BytesIO(HOPPER))
    picture = Image.new("RGB", (count * 320, 400), (120, 120, 120))
    for i in range(count):
        height = 260 + 40 * i
        picture.paste(portrait.resize((round(portrait.width * height / portrait.height), height)), (i * 320, 0))
    return encode_jpeg(np.asarray(picture), 95)


def test_faces_of_a_group_are_numbered_from_left_to_right_and_the_largest_is_chosen(app: AppTest) -> None:
    app.file_uploader[0].upload("group.jpg", group(3), "image/jpeg").run()
    (result,) = app.session_state["results"].values()
    assert [face.box[0] for face in result.faces] == sorted(face.box[0] for face in result.faces)
    assert "Face 3: likely age" in metrics(app)
    strip = app.button_group[0]
    strip.set_value(0).run()
    face = result.faces[0]
    assert metrics(app)["Face 1: likely age"] == f"{face.age_low:.0f}–{face.age_high:.0f}"
    assert app.dataframe[0].value["face"].to_list() == [1, 2, 3]


def test_photo_uploaded_twice_counts_once_and_same_names_are_told_apart(app: AppTest) -> None:
    wall = encode_jpeg(np.full((240, 320, 3), 128, np.uint8))
    for content in (HOPPER, wall, HOPPER):
        app.file_uploader[0].upload("IMG_0001.jpg", content, "image/jpeg")
    app.run()
    assert metrics(app)["Photos"] == "2"
    assert app.selectbox[0].options == ["IMG_0001.jpg (1 face)", "IMG_0001 (2).jpg (no faces)"]


def test_photo_that_comes_again_under_another_name_has_that_name(app: AppTest) -> None:
    press(app, "Grace Hopper")
    app.file_uploader[0].upload("me.jpg", HOPPER, "image/jpeg").run()
    assert app.dataframe[-1].value["file"].tolist() == ["me.jpg"]


def test_photo_stays_while_other_pages_are_visited_and_goes_when_cleared(app: AppTest) -> None:
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg").run()
    answer = metrics(app)["Likely age"]
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/photo.py").run()
    assert metrics(app)["Likely age"] == answer
    press(app, "Clear")
    assert not app.session_state["results"]
    assert "Likely age" not in metrics(app)
    app.switch_page("pages/what_if.py").run()
    assert not app.exception


def test_removed_photo_is_gone_and_the_other_is_shown(app: AppTest) -> None:
    app.file_uploader[0].upload("wall.jpg", encode_jpeg(np.full((240, 320, 3), 128, np.uint8)), "image/jpeg")
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg").run()
    press(app, "Remove the photo shown")
    assert not app.warning
    assert "Likely age" in metrics(app)
    assert len(app.session_state["results"]) == 1


def test_many_photos_are_sorted_by_age() -> None:
    app = open_page("photo")
    for name in ("grace-hopper.jpg", "eileen-collins.jpg"):
        app.file_uploader[0].upload(name, (SAMPLES / name).read_bytes(), "image/jpeg")
    app.run()

    def ages() -> list[int]:
        return [int(button.label.removesuffix(" years")) for button in app.button if button.label.endswith(" years")]

    assert ages() == sorted(ages(), reverse=True)
    app.segmented_control(key="order").set_value("Youngest first").run()
    assert ages() == sorted(ages())


def test_zip_holds_every_annotated_picture(predictor: Predictor) -> None:
    results = [analyse(predictor, "face.jpg", HOPPER)] * 2
    with zipfile.ZipFile(io.BytesIO(as_zip(results))) as archive:
        assert archive.namelist() == ["001-face-faces.jpg", "002-face-faces.jpg"]
        assert Image.open(archive.open("001-face-faces.jpg")).size == Image.open(io.BytesIO(HOPPER)).size


def test_tiny_picture_stays_small(app: AppTest) -> None:
    app.file_uploader[0].upload("dot.png", encode_jpeg(np.zeros((1, 1, 3), np.uint8)), "image/png").run()
    (result,) = app.session_state["results"].values()
    assert max(Image.open(io.BytesIO(result.preview)).size) <= 3
    assert "No face found" in app.warning[0].value
