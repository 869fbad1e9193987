"""Makes every visit start at `streamlit_app.py`, also when a page is opened by its own address."""

from pathlib import Path
from typing import Any

import streamlit as st

from components.sessions import note_session

KEY = "through_front_door"
PAGE, OPEN_PAGE = "open_page", "of_open_page"
APP = Path(__file__).resolve().parent.parent


def enter() -> None:
    """Notes that `streamlit_app.py` has run in this session."""
    st.session_state[KEY] = True
    note_session()


def note_page(path: str) -> None:
    """Notes which page is open, by its address, and forgets what another one has put into `of_open_page`."""
    if st.session_state.get(PAGE) != path:
        st.session_state[PAGE], st.session_state[OPEN_PAGE] = path, {}


def close_menu(path: str) -> None:
    """Closes the menu on a phone, which would lie over the page that was opened from it; Streamlit 1.67 leaves it open.

    Args:
        path: the page's address. Browsers run a script again only if it is another one.
    """
    click = f"document.querySelector('[data-testid=stSidebarCollapseButton] button')?.click()  // /{path}"
    script = f'<span class="only-heard"></span><script class="closes-menu">{click}</script>'
    st.html(script, unsafe_allow_javascript=True)


def of_open_page() -> dict[str, Any]:
    """What the open page remembers of itself for as long as it is open, whichever way its runs end."""
    remembered: dict[str, Any] = st.session_state.setdefault(OPEN_PAGE, {})
    return remembered


def require() -> None:
    """Reruns through `streamlit_app.py` if the page was run without it.

    Until the process first calls `st.navigation`, Streamlit 1.67 treats a folder named `pages` as its older kind of
    navigation. After the server starts, a page opened by its address would therefore appear without title, layout and
    menu, until somebody opens the front page.
    """
    if KEY not in st.session_state:
        enter()  # so that a page tested by itself reruns once and not for ever
        # The default page has no address of its own, so it cannot be one of the pages.
        front = st.Page(APP / "streamlit_app.py", default=True)
        st.navigation([front, *(st.Page(page) for page in APP.glob("pages/*.py"))], position="hidden")
        st.rerun()
