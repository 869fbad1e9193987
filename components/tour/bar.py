"""The tour on the page: a bar at the bottom with the sentence of the view, and the ways to its neighbours."""

import streamlit as st

from components.published import ResultError
from components.tour.views import VIEWS

NAME = "tour"
"""In the address: the number of the view, from 1."""

AT = "tour_at"

JS = """
export default function ({ data }) {
  const visitor = new AbortController()
  const stop = () => { clearInterval(look); visitor.abort() }
  let calm = 0
  const look = setInterval(() => {
    const chart = document.querySelector(`.${data.chart}`)
    const running = !document.querySelector("[data-test-script-state=notRunning]")
    if (running || !chart?.querySelector(".js-plotly-plot")) return
    const before = chart.getBoundingClientRect().top
    chart.scrollIntoView()
    const moved = Math.abs(chart.getBoundingClientRect().top - before) > 1
    calm = moved ? 0 : calm + 1
    if (calm === 5) stop()  // what stands above has its height
  }, 200)
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    document.addEventListener(kind, stop, { signal: visitor.signal })  // who scrolls is not pulled back
  }
  return stop
}
"""
_scroll = st.components.v2.component("scroll_to_chart", js=JS)


def show_bar() -> None:
    """Draws the bar if the address says that the visitor is on the tour."""
    number = current()
    arrived = number != st.session_state.get(AT)
    st.session_state[AT] = number
    if number is None:
        return
    view = VIEWS[number - 1]
    if arrived:  # not by the address: Streamlit does not read it again for widgets that are already there
        for key, value in view.settings.items():
            st.session_state[key] = value
    with st.bottom, st.container(key="tour", gap="xsmall"):
        try:
            st.markdown(f"**{number} of {len(VIEWS)}.** {view.sentence()}")
        except ResultError as error:
            st.markdown(f"**{number} of {len(VIEWS)}.** Not available: {error}")
        with st.container(horizontal=True):
            if number > 1:
                link(number - 1, "Back", ":material/arrow_back:")
            if number < len(VIEWS):
                link(number + 1, "Next", ":material/arrow_forward:")
            st.page_link("pages/about.py", label="End the tour", icon=":material/close:")
        _scroll(key=f"scroll-{number}", data={"chart": view.chart})


def current() -> int | None:
    """The number of the view in the address; None if there is none."""
    text = st.query_params.get(NAME, "")
    return int(text) if text in {str(number) for number in range(1, len(VIEWS) + 1)} else None


def link(number: int, label: str, icon: str) -> None:
    """Draws the link to a view."""
    st.page_link(VIEWS[number - 1].page, label=label, icon=icon, query_params={NAME: str(number)})
