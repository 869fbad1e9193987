"""The Video page before a result: the uploader, and the progress of an analysis."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.data_uri import data_uri
from components.file_names import as_code
from components.photo.album import free_uploads
from components.photo.predictions import load_predictor
from components.video.job import VideoJob, queued
from components.wording import duration
from model.errors import UserError

JOB = "video_job"
MAX_MEGABYTES = 200
TYPES = ["mp4", "mov", "m4v", "mkv", "webm", "avi"]


def job_of_visit() -> VideoJob | None:
    """The video of this visit, whether its analysis is running or has ended."""
    job: VideoJob | None = st.session_state.get(JOB)
    return job


def forget_video() -> None:
    """Ends the analysis, if it is running, and forgets the video with its results."""
    if job := st.session_state.pop(JOB, None):
        job.cancel()


def show_uploader() -> None:
    """Draws the uploader; a file begins to be analysed as soon as it is there."""
    key = f"video-upload-{st.session_state.get('videos_taken', 0)}"
    st.file_uploader("Video", type=TYPES, key=key, max_upload_size=MAX_MEGABYTES, on_change=_take_upload, args=(key,))
    st.caption("Up to ten minutes. The video is analysed in memory, and neither stored nor logged.")


@st.fragment(run_every=1.0)
def show_progress() -> None:
    """Draws how far the analysis is and the last frame, until there is a result."""
    job = job_of_visit()
    if job is None or job.done:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.share, text=_progress_text(job))
        st.button("Cancel", icon=":material/close:", on_click=forget_video)
    if job.preview:
        with st.container(key="video-preview"):
            # In the page itself, since the server forgets a picture once the next one is there.
            st.image(data_uri(job.preview), alt=f"Frame of the video; {_people_text(job)} so far")


def _progress_text(job: VideoJob) -> str:
    if job.waiting:
        return "Waiting for the video of another visitor…"
    time, left = job.seconds
    remaining = "" if left is None else f", about {duration(left)} left"
    return f"{as_code(job.name)}: {time:.0f} s analysed, {_people_text(job)} so far{remaining}"


def _people_text(job: VideoJob) -> str:
    return "1 person" if job.people == 1 else f"{job.people or 'no'} people"


def _take_upload(key: str) -> None:
    upload: UploadedFile | None = st.session_state[key]
    if upload is None:
        return
    forget_video()
    try:
        st.session_state[JOB] = VideoJob(upload.name, upload.getvalue(), queued(load_predictor("recorded video")))
    except UserError as error:
        st.session_state["video_error"] = str(error)
    st.session_state["videos_taken"] = st.session_state.get("videos_taken", 0) + 1
    free_uploads([upload])
