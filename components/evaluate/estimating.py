"""From waiting photos to estimates, one by one in the queue of all visitors, with progress and a way to stop."""

import streamlit as st

from components.evaluate.visit import OwnPhoto, Visit
from components.file_names import as_text
from components.memory import trim_heap
from components.photo.predictions import load_predictor
from components.progress import PhotoProgress
from model.admission import shared_queue
from model.errors import UserError
from model.estimator import ModelError
from model.predictor import Predictor
from reports.own_people.analysis import Outcome, estimate_photo


def estimate_waiting(visit: Visit) -> None:
    """Analyses the photos that wait; ends the page if the model is missing."""
    try:
        predictor = load_predictor()
    except ModelError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        st.stop()
    waiting = visit.waiting
    bar = PhotoProgress(len(waiting), visit.skip_waiting)
    for photo in waiting:
        bar.next(photo.name)
        estimate(predictor, photo)


def estimate(predictor: Predictor, photo: OwnPhoto) -> None:
    """Analyses a photo once those before it in the queue are done, and forgets its contents."""
    photo.outcome = shared_queue.run(_estimate_and_tidy, predictor, photo.data)
    photo.data = b""


def _estimate_and_tidy(predictor: Predictor, data: bytes) -> Outcome:
    try:
        return estimate_photo(predictor, data)
    except UserError as error:
        return str(error)
    finally:
        trim_heap()
