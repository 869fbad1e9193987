"""What every stage has: it fills the window, with buttons at its foot and a code that takes others to the app."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import segno
import streamlit as st

from components import stage_switch
from components.card.sharing import public_address

STYLE = Path(__file__).resolve().with_name("stage.css")


def fill_window() -> None:
    """Hides the menu and everything else around the stage."""
    st.html(STYLE)


def take_keys() -> None:
    """Has keys go to the buttons of the stage again, and no longer to a frame in the page that was clicked last."""
    script = 'if (document.activeElement?.tagName === "IFRAME") document.activeElement.blur()'
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


@contextmanager
def foot() -> Iterator[None]:
    """Draws the foot of the stage: the buttons drawn inside of it, the one that leaves the stage, and the code."""
    with st.container(key="stage-buttons", horizontal=True, gap="xsmall", width="content"):
        yield
        st.button("Leave", icon=":material/close:", key="leave-stage", shortcut="Esc", on_click=stage_switch.leave)
    _show_code()


def _show_code() -> None:
    """Draws a QR code with the address of the app; nothing where nobody else could open that."""
    if not (address := public_address()):
        return
    picture = segno.make(address, error="m", micro=False).svg_data_uri(border=2, light="#fff", omitsize=True)
    host = urlsplit(address).netloc
    st.html(
        f'<figure class="stage-code"><figcaption>Try it on<br>your phone<br><small>{escape(host)}</small></figcaption>'
        f'<img src="{escape(picture)}" alt="QR code: {escape(address)}"></figure>'
    )
