"""Drop a video, and see who is in it, when, and how old they look."""

import streamlit as st

from components import front_door
from components.developers import for_developers
from components.file_names import as_code
from components.video.results import show_result
from components.video.start import forget_video, job_of_visit, show_progress, show_uploader

front_door.require()
job = job_of_visit()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("People in a video", width="content")
    if job and job.result:
        st.button("New video", icon=":material/video_file:", on_click=forget_video)
if job is None or job.error:
    if job:
        st.error(f"{as_code(job.name)} — {job.error}", icon=":material/broken_image:")
    if error := st.session_state.pop("video_error", None):
        st.error(error, icon=":material/error:")
    st.write("See who is in a video and when: an age with its 80% interval and a gender for each person.")
    show_uploader()
elif job.result is None:
    show_progress()
else:
    show_result(job.result)
for_developers(
    "Videos of any length, streams and cameras: `python -m model video FILE --output people.csv --annotated out.mp4`"
)
