"""Photos a visitor gives to results, judged once per session and never written anywhere."""

import gc
import hashlib
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model import Face, ImageError, Predictor, read_image
from model.alignment import align
from model.drawing import annotate, encode_jpeg
from model.estimator import ModelError
from model.predictor import shared_predictor
from model.video import video_predictor

PREVIEW_SIDE = 1280
"""Longest side of the picture shown, pixels; the download keeps the full size."""


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
    predictor = shared_predictor()
    _spare_garbage_collection()
    return predictor


@st.cache_resource(show_spinner="Loading the models (once, a few seconds)…", max_entries=1)
def load_video_predictor() -> Predictor:
    """The one predictor for live video that all visitors share; it judges with the same network."""
    predictor = video_predictor(load_predictor().estimator)
    _spare_garbage_collection()
    return predictor


def judge_photos(photos: list[tuple[str, bytes]]) -> list[PhotoResult]:
    """Results of (name, file content) pairs, with a progress bar; photos of the last run are not judged again."""
    try:
        predictor = load_predictor()
    except ModelError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
    known: dict[str, PhotoResult] = st.session_state.get("results", {})
    keys = [hashlib.sha256(name.encode() + b"\0" + data).hexdigest() for name, data in photos]
    results: dict[str, PhotoResult] = {}
    bar = st.empty()
    for i, (key, (name, data)) in enumerate(zip(keys, photos, strict=True)):
        if key not in known:
            bar.progress(i / len(photos), text=f"Looking at {name} ({i + 1} of {len(photos)})…")
        results[key] = known.get(key) or results.get(key) or _judge(predictor, name, data)
    bar.empty()
    # Only what is on the page stays in memory.
    st.session_state["results"] = results
    return [results[key] for key in keys]


def _spare_garbage_collection() -> None:
    """Takes what is loaded now out of the search for garbage, for as long as the app runs.

    Streamlit makes Python search after every run of a page. Among TensorFlow's half a million objects that takes a
    third of a second, in which every other thread stands still, live video too.
    """
    gc.collect()
    gc.freeze()


def _judge(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    try:
        image = read_image(data)
    except ImageError as error:
        return PhotoResult(name, [], [], b"", b"", str(error))
    faces = predictor.predict(image)
    chips = [align(image, np.array(face.landmarks)) for face in faces]
    annotated = annotate(image, faces)
    return PhotoResult(name, faces, chips, encode_jpeg(annotated), encode_jpeg(_preview(annotated)))


def _preview(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    scale = PREVIEW_SIDE / max(image.shape[:2])
    if scale >= 1:
        return image
    height, width = image.shape[:2]
    return cv2.resize(
        image, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
    )
