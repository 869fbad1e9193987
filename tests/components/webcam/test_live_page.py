"""The page around the live video, whose connection is replaced."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit_webrtc import WebRtcStreamerContext
from streamlit_webrtc.component import WebRtcStreamerState

from components.webcam import live


def app() -> None:
    """A page with live video, and one whose script stops early, as some do."""
    import streamlit as st

    from components import front_door
    from components.webcam import live

    elsewhere = st.checkbox("Elsewhere")
    front_door.note_page("elsewhere" if elsewhere else "webcam")
    if elsewhere:
        st.stop()
    live.show_live(st.container())


@pytest.fixture
def last_drawn(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """What the library finds noted, each time it is called, as the last run that drew the video."""
    found: list[int | None] = []
    context: WebRtcStreamerContext[Any, Any] = WebRtcStreamerContext(
        worker=None, state=WebRtcStreamerState(playing=False, signalling=False)
    )
    assert hasattr(context, "_last_rendered_run_count"), "the library notes it elsewhere"

    def draw(key: str, **_: Any) -> WebRtcStreamerContext[Any, Any]:
        st.session_state.setdefault(key, context)
        found.append(context._last_rendered_run_count)
        context._last_rendered_run_count = 5
        return context

    monkeypatch.setattr(live, "webrtc_streamer", draw)
    monkeypatch.setattr(live, "load_predictor", lambda _: None)
    return found


def test_video_on_the_page_is_not_taken_for_one_that_was_left(last_drawn: list[int | None]) -> None:
    test = AppTest.from_function(app).run()
    test.run()
    test.toggle(key="live_paused_0").set_value(True).run()
    assert not test.exception
    assert last_drawn == [None, None, None]


def test_video_of_a_page_that_was_left_is_known_as_such(last_drawn: list[int | None]) -> None:
    test = AppTest.from_function(app).run()
    test.checkbox[0].check().run()
    test.checkbox[0].uncheck().run()
    assert not test.exception
    assert last_drawn == [None, 5]


def test_switch_of_one_video_cannot_freeze_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    context: WebRtcStreamerContext[Any, Any] = WebRtcStreamerContext(
        worker=None, state=WebRtcStreamerState(playing=False, signalling=True)
    )

    def draw(key: str, *, on_change: Callable[[], None], **_: Any) -> WebRtcStreamerContext[Any, Any]:
        st.session_state.setdefault(key, context)
        st.button("Start", on_click=on_change)
        return context

    monkeypatch.setattr(live, "webrtc_streamer", draw)
    monkeypatch.setattr(live, "load_predictor", lambda _: None)
    test = AppTest.from_function(app).run()
    frozen = next(toggle for toggle in test.toggle if toggle.label == "Pause")
    frozen.set_value(True).run()
    next(button for button in test.button if button.label == "Start").click().run()
    pause = next(toggle for toggle in test.toggle if toggle.label == "Pause")
    assert not test.exception
    assert not pause.value
    assert pause.key != frozen.key, "what the browser sends late about one would switch the other"
