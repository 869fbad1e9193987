"""Ends the sessions of closed pages by a timer, and with them the photos that their addresses still give.

Streamlit looks for sessions to end only when another page is closed: on a quiet server, the last visitor's photos would
stay in memory for hours.
"""

import asyncio
import time

import streamlit as st
from streamlit.runtime import Runtime, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

CHECK_SECONDS = 2.0

_last_open: dict[str, float] = {}
_running = False


def note_session() -> None:
    """Notes whose page is being drawn, if `end_closed_sessions` runs."""
    if _running and (context := get_script_run_ctx()):
        _last_open[context.session_id] = time.monotonic()


async def end_closed_sessions() -> None:
    """Runs until it is cancelled, on the event loop of Streamlit's server.

    A page may lose its connection and come back, as on a phone whose screen was off: it has half of the time after
    which Streamlit itself forgets it (`server.disconnectedSessionTTL`).
    """
    global _running
    _running = True
    seconds = st.get_option("server.disconnectedSessionTTL") / 2
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        _end_closed(get_instance(), seconds)


def _end_closed(runtime: Runtime, seconds: float) -> None:
    now = time.monotonic()
    for session, last_open in list(_last_open.items()):
        if runtime.is_active_session(session):
            _last_open[session] = now
        elif now - last_open > seconds:
            del _last_open[session]
            runtime.close_session(session)
            runtime.media_file_mgr.remove_orphaned_files()  # downloads go the second time, closing was the first
