"""The Webcam page in Streamlit's own test client, which has no camera."""

import importlib.util
import time
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.pages import TIMEOUT, metrics, open_page, press
from helpers.paths import SAMPLES
from streamlit.testing.v1 import AppTest

from components.webcam import live
from model import Face

FACE = Face((10, 10, 20, 20), ((0, 0),) * 5, 0.99, 40.4, 35.0, 45.6, "male", 0.9)


@pytest.fixture
def webcam(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    # The test client has no real session, which streamlit-webrtc can do without if told so.
    monkeypatch.setattr("streamlit_webrtc.component.get_this_session_info", lambda: None)
    monkeypatch.setattr(live, "load_predictor", lambda _: SimpleNamespace(predict=lambda _: []))
    return open_page("webcam")


def select_live(app: AppTest) -> AppTest:
    return app.segmented_control(key="mode").set_value("Live video").run()


def test_picture_gives_an_age(webcam: AppTest) -> None:
    webcam.camera_input[0].upload("camera.jpg", (SAMPLES / "grace-hopper.jpg").read_bytes(), "image/jpeg").run()
    assert not webcam.exception
    assert "Likely age" in metrics(webcam)
    assert not webcam.camera_input, "the picture with its face marked takes the place of the camera"
    press(webcam, "Take another picture")
    assert not metrics(webcam)
    assert len(webcam.camera_input) == 1


def test_live_video_invites_to_start(webcam: AppTest) -> None:
    select_live(webcam)
    assert not webcam.exception
    assert not webcam.error
    assert not webcam.camera_input, "two parts of the page would compete for the camera"
    assert "Press **Start**" in webcam.info[0].value
    assert {toggle.label: toggle.value for toggle in webcam.toggle} == {"Mirror": True, "Pause": False}
    assert "discarded" in webcam.info[0].value


def test_picture_mode_comes_back(webcam: AppTest) -> None:
    select_live(webcam).segmented_control(key="mode").set_value("Picture").run()
    assert not webcam.exception
    assert len(webcam.camera_input) == 1


def test_missing_package_is_named_with_the_way_to_get_it(webcam: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "streamlit_webrtc" else find(name, *rest)
    )
    select_live(webcam)
    assert not webcam.exception
    assert "pip install streamlit-webrtc" in webcam.info[0].value


def test_unusable_secret_is_explained(webcam: AppTest) -> None:
    webcam.secrets["ice_servers"] = [{"urls": "turn:turn.example.org"}]
    select_live(webcam)
    assert not webcam.exception
    assert "`username` and a `credential`" in webcam.error[0].value


def state(playing: bool = False, signalling: bool = False, faces: tuple[Face, ...] = ()) -> SimpleNamespace:
    """What the page knows of a video, in place of one that a browser has sent."""
    analyser = SimpleNamespace(faces=list(faces), failed=False, analysed_per_second=lambda: 12.34)
    processor = SimpleNamespace(analyser=analyser, shown_per_second=lambda: 29.96, size=(640, 480))
    return SimpleNamespace(
        state=SimpleNamespace(playing=playing, signalling=signalling), video_processor=processor if playing else None
    )


def show(context: SimpleNamespace, servers: list[dict[str, Any]], attempt: float | None) -> AppTest:
    def script(context, servers, attempt) -> None:  # type: ignore[no-untyped-def]
        import streamlit as st

        from components.webcam import live

        if attempt is not None:
            st.session_state["live_attempt"] = attempt
        live._show_state(context, servers)

    return AppTest.from_function(script, args=(context, servers, attempt), default_timeout=TIMEOUT).run()


def test_running_video_shows_the_ages_first_and_then_the_rates() -> None:
    app = show(state(playing=True, faces=(FACE, FACE)), [], None)
    ages = [text.value for text in app.markdown]
    assert [text.split("  \n")[0] for text in ages] == [f"{n}: **35–46** best guess 40" for n in (1, 2)]
    assert app.caption[0].value == "2 faces · 12.3 analysed and 30.0 shown per second"
    assert not app.warning


def test_connecting_gets_some_time() -> None:
    app = show(state(signalling=True), [], time.monotonic())
    assert not app.warning
    assert not app.info


def test_connection_that_takes_too_long_is_explained() -> None:
    app = show(state(signalling=True), [], time.monotonic() - live.PATIENCE - 1)
    assert "does not reach this app" in app.warning[0].value
    assert "`[[ice_servers]]`" in app.caption[0].value


def test_connection_that_broke_off_is_explained_in_the_light_of_the_secrets() -> None:
    servers = [{"urls": ["turn:turn.example.org"], "username": "name", "credential": "password"}]
    app = show(state(), servers, time.monotonic())
    assert "does not reach this app" in app.warning[0].value
    assert "TURN server in the secrets" in app.caption[0].value
