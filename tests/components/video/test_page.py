"""The Video page in Streamlit's own test client."""

import io

import numpy as np
import pytest
from helpers.pages import captions, metrics, open_page, press
from helpers.videos import SquarePredictor, passing, write_video
from streamlit.testing.v1 import AppTest

from components.demographics.reading import read_faces
from components.video import start
from components.video.job import VideoJob
from components.video.results import as_people_csv


def clip(pictures: list[np.ndarray]) -> bytes:
    memory = io.BytesIO()
    write_video(memory, pictures, kind="mp4")
    return memory.getvalue()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(start, "load_predictor", lambda _: None)
    monkeypatch.setattr(start, "queued", lambda _: SquarePredictor())
    return open_page("video")


def finished(app: AppTest) -> AppTest:
    job: VideoJob = app.session_state[start.JOB]
    assert job.join(60)
    return app.run()


def upload(app: AppTest, data: bytes, name: str = "clip.mp4") -> AppTest:
    return finished(app.file_uploader[0].upload(name, data, "video/mp4").run())


def test_video_gives_people_with_ages(page: AppTest) -> None:
    upload(page, clip(passing(2.0)))
    assert not page.exception
    assert metrics(page)["People"] == "1"
    assert metrics(page)["Median age"] == "44 years"
    assert list(page.dataframe[0].value["person"]) == [1]
    assert page.dataframe[0].value["face"][0].startswith("data:image/jpeg;base64,")
    assert "counts twice" in captions(page)


def test_video_without_faces_says_so(page: AppTest) -> None:
    upload(page, clip([np.zeros((64, 96, 3), np.uint8)] * 5))
    assert not page.exception
    assert "No face found" in page.info[0].value


def test_bad_file_is_explained_beside_a_new_uploader(page: AppTest) -> None:
    upload(page, b"no video")
    assert not page.exception
    assert "not a video" in page.error[0].value
    assert len(page.file_uploader) == 1


def test_new_video_starts_again(page: AppTest) -> None:
    upload(page, clip(passing(1.0)))
    press(page, "New video")
    assert len(page.file_uploader) == 1
    assert start.JOB not in page.session_state


def test_people_go_to_demographics(page: AppTest) -> None:
    upload(page, clip(passing(2.0)))
    press(page, "Use in Demographics")
    assert page.title[0].value == "Demographics"
    assert metrics(page)["People"] == "1"
    assert "Photos with a face" not in metrics(page)


def test_downloaded_table_can_be_uploaded_to_demographics(page: AppTest) -> None:
    upload(page, clip(passing(2.0)), name="=clip.mp4")
    result = page.session_state[start.JOB].result
    table = read_faces("people.csv", as_people_csv(result).encode())
    assert table.people
    assert len(table.faces) == 1
    assert "'=clip.mp4" in as_people_csv(result)
