"""The Demographics page: tables of faces, their shares and filters."""

import io

import pandas as pd
import pytest
from helpers.pages import captions, chart_titles, metrics, open_page, press, texts
from helpers.paths import RESULTS
from streamlit.testing.v1 import AppTest

from components.demographics.corrected import CORRECTED, ESTIMATED


@pytest.fixture
def app() -> AppTest:
    return open_page("demographics")


def faces_csv(ages: list[int], warnings: bool = False) -> bytes:
    """A table with a male and a female face of each age, in turn; the gender of the males is uncertain.

    With `warnings`, the males are blurred.
    """
    lines = ["file,face,x,y,width,height,confidence,age,age_low,age_high,gender,gender_probability"]
    for i, age in enumerate(ages):
        gender, probability = ("female", 0.9) if i % 2 else ("male", 0.6)
        lines.append(f"{i}.jpg,1,0,0,50,50,0.97,{age},{age - 4},{age + 4},{gender},{probability}")
    if warnings:
        lines = [f"{line},{end}" for line, end in zip(lines, ["warnings", *["blurred", ""] * len(ages)], strict=False)]
    return "\n".join(lines).encode()


def upload(app: AppTest, content: bytes, name: str = "faces.csv") -> AppTest:
    app.file_uploader[0].upload(name, content, "text/csv").run()
    assert not app.exception
    return app


def test_page_says_how_to_make_a_table(app: AppTest) -> None:
    assert "python -m model annotate" in texts(app)
    assert not app.error


def test_page_opens_with_the_test_photos_as_a_sample(app: AppTest) -> None:
    photos = pd.read_parquet(RESULTS / "test_predictions.parquet")
    assert metrics(app)["Faces"] == f"{len(photos):,}"
    assert not app.radio


def test_faces_found_in_this_visit_can_be_used() -> None:
    app = press(open_page("photo"), "Grace Hopper")
    app.switch_page("pages/demographics.py").run()
    app.radio[0].set_value("Use these faces: 1 face in your photos").run()
    assert not app.exception
    assert metrics(app)["Faces"] == "1"


def test_table_stays_while_other_pages_are_visited(app: AppTest) -> None:
    upload(app, faces_csv(list(range(20, 60))))
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/demographics.py").run()
    assert metrics(app)["Faces"] == "40"


def test_faces_are_counted_with_intervals_and_uncertain_genders(app: AppTest) -> None:
    upload(app, faces_csv(list(range(20, 60))))
    values = metrics(app)
    assert (values["Photos with a face"], values["Faces"]) == ("40", "40")
    assert (values["Female"], values["Male"], values["Gender uncertain"]) == ("50%", "0%", "50%")
    assert captions(app).count("95% interval 35% to 65%") == 2
    assert "counted by its probability instead, 65% of the faces are female" in captions(app)
    assert app.dataframe[0].value.set_index("bracket")["faces"]["30–39"] == 10
    titles = chart_titles(app)
    assert titles == [
        "20–29 is the largest bracket: 25% of 40 faces",
        "Half of the faces look between 30 and 49 years old",
        "50% are estimated to be female at every age",
    ]
    assert len(app.get("download_button")) == len(titles)


def test_filters_narrow_the_faces(app: AppTest) -> None:
    upload(app, faces_csv(list(range(20, 60))))
    app.slider(key="certainty").set_value(0.8).run()
    assert metrics(app)["Female"] == "100%"
    app.slider(key="ages").set_range(100, 110).run()
    assert not app.exception
    assert "No faces match" in app.info[0].value


def test_faces_with_quality_warnings_can_be_left_out(app: AppTest) -> None:
    upload(app, faces_csv(list(range(20, 60)), warnings=True))
    assert metrics(app)["Faces"] == "40"
    assert app.toggle[0].label == "Leave out faces with quality warnings (20)"
    app.toggle[0].set_value(True).run()
    assert (metrics(app)["Faces"], metrics(app)["Female"]) == ("20", "100%")


def test_other_tables_are_refused(app: AppTest) -> None:
    upload(app, b"name,price\nbread,3\n", "shop.csv")
    assert "shop.csv" in app.error[0].value
    assert "not a table of faces" in app.error[0].value


def test_empty_table_is_explained(app: AppTest) -> None:
    upload(app, faces_csv([]))
    assert "no faces" in app.info[0].value


def people_csv(count: int) -> bytes:
    """People of a video, half of them in view in the first minute and half in the third."""
    lines = ["file,person,first_second,last_second,confidence,age,age_low,age_high,gender,gender_probability"]
    for i in range(count):
        second = 130 * (i % 2) + 5
        lines.append(f"a.mp4,{i + 1},{second},{second + 9},0.9,{15 + i % 60},10,80,female,0.9")
    return "\n".join(lines).encode()


def correct(app: AppTest) -> AppTest:
    app.segmented_control(key="shares").set_value(CORRECTED).run()
    assert not app.exception
    return app


def test_sample_is_corrected_beside_what_was_estimated(app: AppTest) -> None:
    assert app.segmented_control(key="shares").value == ESTIMATED
    correct(app)
    table = app.dataframe[0].value
    assert list(table) == ["bracket", "estimated", "corrected", "low", "high"]
    assert table["corrected"].sum() == pytest.approx(100)
    assert (table["low"].le(table["corrected"]) & table["corrected"].le(table["high"])).all()
    assert "corrected, " in chart_titles(app)[0]
    assert "assume that the model errs on these people" in captions(app)
    assert "95% interval" in captions(app)


def test_few_faces_are_shown_as_estimated_with_the_reason(app: AppTest) -> None:
    correct(upload(app, faces_csv(list(range(20, 60)))))
    assert "not reliably better" in app.info[0].value
    assert "faces" in app.info[0].value
    assert list(app.dataframe[0].value) == ["bracket", "faces", "share", "low", "high"]


def test_correction_needs_all_ages(app: AppTest) -> None:
    correct(app)
    app.slider(key="ages").set_range(20, 40).run()
    assert "The correction needs all faces" in app.info[0].value
    assert "share" in app.dataframe[0].value


def test_faces_in_frames_of_a_video_are_not_taken_for_people(app: AppTest) -> None:
    frames = pd.read_csv(io.BytesIO(faces_csv(list(range(20, 60)) * 20))).assign(second=1.0, person=1)
    app.file_uploader[0].upload("faces.parquet", frames.to_parquet(), "application/octet-stream").run()
    correct(app)
    assert "Use the table of people" in app.info[0].value


def test_people_of_a_video_are_corrected_and_counted_per_minute(app: AppTest) -> None:
    correct(upload(app, people_csv(1200), "people.csv"))
    assert "corrected" in app.dataframe[0].value
    assert chart_titles(app)[-1] == "Most people per minute: 600, from minute 0 to 1; 400 on average"
    assert "leave and come back count again" in captions(app)


def test_short_clip_has_no_chart_over_time(app: AppTest) -> None:
    upload(app, people_csv(1), "people.csv")
    assert len(chart_titles(app)) == 3
