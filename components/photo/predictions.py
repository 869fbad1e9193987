"""From visitors' photos to results, computed once per session and never written anywhere."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.file_names import as_code
from components.memory import trim_heap
from model import Face, ImageError, Predictor, read_image
from model.admission import shared_queue
from model.detection.detector import SMALL_FACES_SIDE, MtcnnDetector
from model.drawing import annotate, encode_jpeg
from model.estimator import ModelError
from model.predictor import shared_predictor
from model.video.analyser import video_predictor

PREVIEW_SIDE = 1280
"""Longest side of the picture shown, pixels; the download has the full size."""

Use = Literal["photos", "small faces", "video"]
"""What to look at: photos thoroughly, photos for faces half as large in about four times the time, or video quickly."""


@dataclass(frozen=True)
class PhotoResult:
    """What the page shows of one photo: its faces and pictures, or why it could not be read.

    name: of the file.
    faces: largest first.
    chips: (200, 200, 3), RGB, 0-255, one for each face.
    annotated, preview: the photo with its faces marked, in full size and reduced, as JPEG files.
    error: one sentence, or None if the photo was read.
    """

    name: str
    faces: list[Face]
    chips: list[NDArray[np.uint8]]
    annotated: bytes
    preview: bytes
    error: str | None = None


@st.cache_resource(show_spinner="Loading the models (once, a few seconds)…", max_entries=3)
def load_predictor(use: Use = "photos") -> Predictor:
    """The predictor that all visitors share for one use; every use runs the same network, which is loaded once.

    Raises:
        ModelError: if the trained model is missing or unreadable.
    """
    shared = shared_predictor()
    if use == "small faces":
        return Predictor(MtcnnDetector(SMALL_FACES_SIDE), shared.estimator)
    return video_predictor(shared.estimator) if use == "video" else shared


def warm_up() -> None:
    """Starts loading the models while the visitor looks at the page."""
    shared_queue.submit(shared_predictor)  # if it fails, so does the first prediction, which says why


def analyse_photos(photos: list[tuple[str, bytes]], small_faces: bool = False) -> list[PhotoResult]:
    """Analyses photos, with a progress bar; those of the page's last run are not analysed again.

    Args:
        photos: names and file contents.
        small_faces: whether to look for smaller faces, which takes longer.
    """
    try:
        predictor = load_predictor("small faces" if small_faces else "photos")
    except ModelError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
    known: dict[str, PhotoResult] = st.session_state.get("results", {})
    keys = [_key(name, data, small_faces) for name, data in photos]
    results: dict[str, PhotoResult] = {}
    bar = st.empty()
    for i, (key, (name, data)) in enumerate(zip(keys, photos, strict=True)):
        if key not in known:
            bar.progress(i / len(photos), text=f"Analysing {as_code(name)} ({i + 1} of {len(photos)})…")
        results[key] = known.get(key) or results.get(key) or analyse(predictor, name, data)
    bar.empty()
    # Only what is on the page stays in memory.
    st.session_state["results"] = results
    return [results[key] for key in keys]


def analyse(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    """The result for one photo, once the photos before it in the queue are done."""
    return shared_queue.run(_analyse_and_tidy, predictor, name, data)


def estimate(chips: NDArray[np.uint8]) -> list[Face]:
    """One face for each of the (n, 200, 200, 3) chips, once the photos before them in the queue are done."""
    return shared_queue.run(load_predictor().predict_aligned, chips)


def _key(name: str, data: bytes, small_faces: bool) -> str:
    return hashlib.sha256(f"{name}\0{small_faces}\0".encode() + data).hexdigest()


def _analyse_and_tidy(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    result = _analyse(predictor, name, data)
    trim_heap()  # now that the photo itself is gone
    return result


def _analyse(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    try:
        image = read_image(data)
    except ImageError as error:
        return PhotoResult(name, [], [], b"", b"", str(error))
    faces, chips = predictor.predict_with_chips(image)
    annotated = annotate(image, faces)
    del image  # the largest object, not needed while the pictures are encoded
    return PhotoResult(name, faces, list(chips), encode_jpeg(annotated), encode_jpeg(_preview(annotated)))


def _preview(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    scale = PREVIEW_SIDE / max(image.shape[:2])
    if scale >= 1:
        return image
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
