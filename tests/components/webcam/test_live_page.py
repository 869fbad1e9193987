"""The page around the live video, whose connection is replaced."""

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.webcam import live


def page() -> None:
    import streamlit as st

    from components.webcam import live

    if not st.checkbox("Elsewhere"):
        live.show_live(st.container())


@pytest.fixture
def last_drawn(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """What the library finds noted, each time it is called, as the last run that drew the video."""
    found: list[int | None] = []
    context = SimpleNamespace(
        state=SimpleNamespace(playing=False, signalling=False), video_processor=None, _last_rendered_run_count=None
    )

    def draw(key: str, **_: Any) -> SimpleNamespace:
        st.session_state.setdefault(key, context)
        found.append(context._last_rendered_run_count)
        context._last_rendered_run_count = 5
        return context

    monkeypatch.setattr(live, "webrtc_streamer", draw)
    monkeypatch.setattr(live, "load_predictor", lambda _: None)
    return found


def test_video_on_the_page_is_not_taken_for_one_that_was_left(last_drawn: list[int | None]) -> None:
    app = AppTest.from_function(page).run()
    app.run()
    app.toggle(key="live_paused").set_value(True).run()
    assert not app.exception
    assert last_drawn == [None, None, None]


def test_video_of_a_page_that_was_left_is_known_as_such(last_drawn: list[int | None]) -> None:
    app = AppTest.from_function(page).run()
    app.checkbox[0].check().run()
    app.checkbox[0].uncheck().run()
    assert not app.exception
    assert last_drawn == [None, 5]
