"""Every page, run by Streamlit's own test client."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 120  # seconds: the first prediction loads TensorFlow
HOPPER = (ROOT / "samples" / "grace-hopper.jpg").read_bytes()


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT).run()


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("page", ["photo", "webcam", "dataset", "performance", "about"])
def test_page_opens_without_error(app: AppTest, page: str) -> None:
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value


def test_photo_page_invites_to_add_a_photo(app: AppTest) -> None:
    assert "pick a sample" in app.info[0].value


def test_sample_gives_age_and_gender_with_one_click(app: AppTest) -> None:
    button = next(button for button in app.button if button.label == "Grace Hopper")
    button.click().run()
    assert not app.exception
    ages = [metric for metric in app.metric if metric.label == "Age"]
    assert len(ages) == 1
    assert 60 <= int(ages[0].value) <= 90
    assert app.dataframe[0].value["gender"].tolist() == ["female"]


def test_uploaded_photos_are_counted_and_can_be_chosen(app: AppTest) -> None:
    empty = png(np.full((240, 320, 3), 128, np.uint8))
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg")
    app.file_uploader[0].upload("wall.png", empty, "image/png").run()
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Photos"] == "2"
    assert values["Faces"] == "1"
    assert values["Photos without a face"] == "1"
    app.selectbox[0].select_index(1).run()
    assert "No face found in wall.png" in app.warning[0].value
    assert not app.exception


def test_unreadable_upload_is_named_and_the_others_go_through(app: AppTest) -> None:
    app.file_uploader[0].upload("broken.jpg", HOPPER[:2000], "image/jpeg")
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg").run()
    assert "broken.jpg" in app.error[0].value
    assert "damaged" in app.error[0].value
    assert [metric for metric in app.metric if metric.label == "Age"]


def test_results_stay_when_the_page_reruns_without_new_judging(app: AppTest) -> None:
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg").run()
    before = next(iter(app.session_state["results"].values()))
    app.run()
    assert next(iter(app.session_state["results"].values())) is before


def test_webcam_picture_gives_an_age(app: AppTest) -> None:
    app.switch_page("pages/webcam.py").run()
    app.camera_input[0].upload("camera.jpg", HOPPER, "image/jpeg").run()
    assert not app.exception
    assert [metric for metric in app.metric if metric.label == "Age"]


def test_performance_page_draws_every_measure(app: AppTest) -> None:
    app.switch_page("pages/performance.py").run()
    for measure in ("Age bias", "Within 5 years", "Gender accuracy", "Interval coverage"):
        app.segmented_control(key="measure").set_value(measure).run()
        assert not app.exception
