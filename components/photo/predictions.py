"""Photos a visitor gives to results, judged once per session and never written anywhere."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.file_names import as_code
from components.memory import trim_heap
from model import Face, ImageError, Predictor, read_image
from model.detection.detector import SMALL_FACES_SIDE, MtcnnDetector
from model.drawing import annotate, encode_jpeg
from model.estimator import ModelError
from model.predictor import shared_predictor
from model.video.analyser import video_predictor

PREVIEW_SIDE = 1280
"""Longest side of the picture shown, pixels; the download keeps the full size."""


_queue = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photos")
"""Photos of all visitors are judged one by one, in the order they came.

One photo keeps the cores busy already. Several at a time would take as long in all, and memory for each.
"""


@dataclass(frozen=True)
class PhotoResult:
    """What the page shows of one photo: its faces and pictures, or why it could not be read."""

    name: str
    faces: list[Face]
    chips: list[NDArray[np.uint8]]
    annotated: bytes
    preview: bytes
    error: str | None = None


@st.cache_resource(show_spinner="Loading the models (once, a few seconds)…", max_entries=1)
def load_predictor() -> Predictor:
    """The one predictor that all visitors share, and with `server.py` the API too; cached here for the spinner."""
    return shared_predictor()


@st.cache_resource(show_spinner="Loading the models (once, a few seconds)…", max_entries=1)
def load_video_predictor() -> Predictor:
    """The one predictor for live video that all visitors share; it judges with the same network."""
    return video_predictor(load_predictor().estimator)


@st.cache_resource(show_spinner=False, max_entries=1)
def _load_small_faces_predictor() -> Predictor:
    """The same with a detector that takes more time and finds smaller faces."""
    return Predictor(MtcnnDetector(SMALL_FACES_SIDE), load_predictor().estimator)


def warm_up() -> None:
    """Begins to load the models while the visitor looks at the page."""
    _queue.submit(shared_predictor)  # should it fail, the first prediction fails likewise, and says why


def judge_photos(photos: list[tuple[str, bytes]], small_faces: bool = False) -> list[PhotoResult]:
    """Results of (name, file content) pairs, with a progress bar; photos of the last run are not judged again.

    Args:
        photos: names and file contents.
        small_faces: look for faces half as large, in about four times the time.
    """
    try:
        predictor = _load_small_faces_predictor() if small_faces else load_predictor()
    except ModelError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
    known: dict[str, PhotoResult] = st.session_state.get("results", {})
    keys = [_key(name, data, small_faces) for name, data in photos]
    results: dict[str, PhotoResult] = {}
    bar = st.empty()
    for i, (key, (name, data)) in enumerate(zip(keys, photos, strict=True)):
        if key not in known:
            bar.progress(i / len(photos), text=f"Looking at {as_code(name)} ({i + 1} of {len(photos)})…")
        results[key] = known.get(key) or results.get(key) or judge(predictor, name, data)
    bar.empty()
    # Only what is on the page stays in memory.
    st.session_state["results"] = results
    return [results[key] for key in keys]


def judge(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    """The result of one photo, once those before it in the queue are done."""
    return _queue.submit(_judge_and_tidy, predictor, name, data).result()


def _key(name: str, data: bytes, small_faces: bool) -> str:
    return hashlib.sha256(f"{name}\0{small_faces}\0".encode() + data).hexdigest()


def _judge_and_tidy(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    result = _judge(predictor, name, data)
    trim_heap()  # once its largest objects are gone
    return result


def _judge(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    try:
        image = read_image(data)
    except ImageError as error:
        return PhotoResult(name, [], [], b"", b"", str(error))
    faces, chips = predictor.predict_with_chips(image)
    annotated = annotate(image, faces)
    del image  # the largest object there is, no longer needed while the pictures are encoded
    return PhotoResult(name, faces, list(chips), encode_jpeg(annotated), encode_jpeg(_preview(annotated)))


def _preview(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    scale = PREVIEW_SIDE / max(image.shape[:2])
    if scale >= 1:
        return image
    height, width = image.shape[:2]
    return cv2.resize(
        image, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
    )
