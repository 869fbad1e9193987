"""Drop photos and their true ages, and see how well the model does on people of your own."""

import streamlit as st

from components import front_door
from components.developers import for_developers
from components.evaluate.estimating import estimate_waiting
from components.evaluate.inputs import show_inputs
from components.evaluate.states import show_state
from components.evaluate.visit import current

front_door.require()
visit = current()
st.title("Test it on your own photos")
st.markdown(
    "No data set looks like your photos. Add some whose true ages you know, and see how far off the model is. Photos "
    "are analysed in memory, neither stored nor logged, and forgotten once their ages are estimated."
)
with st.container(border=True):
    show_inputs(visit)
progress, state = st.empty(), st.empty()
if visit.waiting:
    state.empty()  # what it shows is of other photos
    with progress.container():
        estimate_waiting(visit)
    st.rerun()
with state.container():
    show_state(visit)
for_developers("Any number of photos: `python -m model evaluate FOLDER --labels CSV --output report.html`")
