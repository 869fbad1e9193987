"""Every page, run by Streamlit's own test client."""

import io

import numpy as np
import pytest
from helpers.paths import ROOT
from PIL import Image
from streamlit.testing.v1 import AppTest

TIMEOUT = 120  # seconds
HOPPER = (ROOT / "samples" / "grace-hopper.jpg").read_bytes()


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT).run()


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("page", ["photo", "webcam", "demographics", "dataset", "performance", "about"])
def test_page_opens_without_error(app: AppTest, page: str) -> None:
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.error
    assert app.title[0].value


def test_photo_page_invites_to_add_a_photo(app: AppTest) -> None:
    assert "pick a sample" in app.info[0].value


@pytest.mark.parametrize(
    ("name", "youngest", "oldest", "said"),
    [("Grace Hopper", 60, 90, ("Female: ", "Gender uncertain: ")), ("Eileen Collins", 25, 55, ("Female: ",))],
)
def test_sample_gives_an_age_and_no_wrong_gender_with_one_click(
    name: str, youngest: int, oldest: int, said: tuple[str, ...], app: AppTest
) -> None:
    button = next(button for button in app.button if button.label == name)
    button.click().run()
    assert not app.exception
    ranges = [metric.value for metric in app.metric if metric.label == "Likely age"]
    assert len(ranges) == 1
    low, high = (int(years) for years in ranges[0].split("–"))
    assert low <= app.dataframe[0].value["age"].item() <= high
    assert youngest <= app.dataframe[0].value["age"].item() <= oldest
    (gender,) = (bar.proto.text for bar in app.get("progress"))
    assert gender.startswith(said)


def test_small_faces_are_found_when_the_visitor_asks_for_them(app: AppTest) -> None:
    portrait = Image.open(io.BytesIO(HOPPER))
    crowd = Image.new("RGB", (2000, 1500), (120, 120, 120))
    crowd.paste(portrait.resize((portrait.width // 14, portrait.height // 14)), (900, 700))
    app.file_uploader[0].upload("crowd.png", png(np.asarray(crowd)), "image/png").run()
    assert "No face found in `crowd.png`" in app.warning[0].value
    app.toggle[0].set_value(True).run()
    assert not app.warning
    assert len([metric for metric in app.metric if metric.label == "Likely age"]) == 1


def test_uploaded_photos_are_counted_and_can_be_chosen(app: AppTest) -> None:
    empty = png(np.full((240, 320, 3), 128, np.uint8))
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg")
    app.file_uploader[0].upload("wall.png", empty, "image/png").run()
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Photos"] == "2"
    assert values["Faces"] == "1"
    assert values["Photos without a face"] == "1"
    app.selectbox[0].select_index(1).run()
    assert "No face found in `wall.png`" in app.warning[0].value
    assert not app.exception


def test_unreadable_upload_is_named_and_the_others_go_through(app: AppTest) -> None:
    app.file_uploader[0].upload("broken.jpg", HOPPER[:2000], "image/jpeg")
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg").run()
    assert "broken.jpg" in app.error[0].value
    assert "damaged" in app.error[0].value
    assert [metric for metric in app.metric if metric.label == "Likely age"]


def test_results_stay_when_the_page_reruns_without_new_judging(app: AppTest) -> None:
    app.file_uploader[0].upload("hopper.jpg", HOPPER, "image/jpeg").run()
    before = next(iter(app.session_state["results"].values()))
    app.run()
    assert next(iter(app.session_state["results"].values())) is before


def test_webcam_picture_gives_an_age(app: AppTest) -> None:
    app.switch_page("pages/webcam.py").run()
    app.camera_input[0].upload("camera.jpg", HOPPER, "image/jpeg").run()
    assert not app.exception
    assert [metric for metric in app.metric if metric.label == "Likely age"]


def test_performance_page_draws_every_measure(app: AppTest) -> None:
    app.switch_page("pages/performance.py").run()
    for measure in ("Age bias", "Within 5 years", "Gender accuracy", "Interval coverage"):
        app.segmented_control(key="measure").set_value(measure).run()
        assert not app.exception


def test_demographics_page_says_how_to_make_a_table(app: AppTest) -> None:
    app.switch_page("pages/demographics.py").run()
    assert "python -m model annotate" in app.code[0].value


def faces_csv(ages: list[int]) -> bytes:
    """A table with a male and a female face of each age, in turn; the males are less sure."""
    lines = ["file,face,x,y,width,height,confidence,age,age_low,age_high,gender,gender_probability"]
    for i, age in enumerate(ages):
        gender, probability = ("female", 0.9) if i % 2 else ("male", 0.6)
        lines.append(f"{i}.jpg,1,0,0,50,50,0.97,{age},{age - 4},{age + 4},{gender},{probability}")
    return "\n".join(lines).encode()


def test_demographics_page_counts_shares_and_filters(app: AppTest) -> None:
    app.switch_page("pages/demographics.py").run()
    app.file_uploader[0].upload("faces.csv", faces_csv(list(range(20, 60))), "text/csv").run()
    assert not app.exception
    values = {metric.label: metric.value for metric in app.metric}
    assert (values["Photos with a face"], values["Faces"], values["Female"]) == ("40", "40", "50.0%")
    assert "95% interval 35.2% to 64.8%" in [caption.value for caption in app.caption]
    assert app.dataframe[0].value.set_index("bracket")["faces"]["30–39"] == 10
    titles = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert titles == [
        "20–29 is the largest bracket: 25% of 40 faces",
        "Half of the faces look between 30 and 49 years old",
        "50% are estimated to be female at every age",
    ]
    assert len(app.get("download_button")) == len(titles)
    app.slider(key="certainty").set_value(0.8).run()
    assert {metric.label: metric.value for metric in app.metric}["Female"] == "100.0%"
    app.slider(key="ages").set_range(100, 110).run()
    assert not app.exception
    assert "No face matches" in app.info[0].value


def test_demographics_page_refuses_other_tables(app: AppTest) -> None:
    app.switch_page("pages/demographics.py").run()
    app.file_uploader[0].upload("shop.csv", b"name,price\nbread,3\n", "text/csv").run()
    assert not app.exception
    assert "shop.csv" in app.error[0].value
    assert "not a table of faces" in app.error[0].value


def test_demographics_page_says_that_a_table_is_empty(app: AppTest) -> None:
    app.switch_page("pages/demographics.py").run()
    app.file_uploader[0].upload("faces.csv", faces_csv([]), "text/csv").run()
    assert not app.exception
    assert "no faces" in app.info[0].value
