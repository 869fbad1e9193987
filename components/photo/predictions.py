"""From visitors' photos to results, computed once per session and never written anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.memory import trim_heap
from components.photo.album import RESULTS, Photo, to_analyse_again
from model import Face, ImageError, Predictor, read_image
from model.admission import shared_queue
from model.detection.detector import SMALL_FACES_SIDE, MtcnnDetector
from model.drawing import annotate, annotated_jpeg, encode_jpeg
from model.estimator import ModelError
from model.face import rescaled
from model.predictor import shared_predictor
from model.video.analyser import RECORDED_SIDE, video_predictor

PREVIEW_SIDE = 1280
"""Longest side of the picture shown, pixels; the download has the full size."""

SMALL_SIDE, MOST_ENLARGED = 640, 3
"""Smaller pictures are enlarged to a longest side of so many pixels, but to at most so many times their size."""

THUMBNAIL_SIDE = 320  # pixels

Use = Literal["photos", "small faces", "live video", "recorded video"]
"""What to look at: photos thoroughly, photos for faces half as large in about four times the time, or video quickly."""


@dataclass(frozen=True)
class PhotoResult:
    """What the pages show of one photo: its faces and pictures, or why it could not be read.

    name: of the file.
    data: the file itself.
    faces: from left to right.
    chips: (200, 200, 3), RGB, 0-255, one for each face.
    size: width and height of the photo, pixels.
    preview: the photo, reduced, as a JPEG file; a single face is marked in it.
    thumbnail: the photo, much reduced, as a JPEG file.
    error: one sentence, or None if the photo was read.
    """

    name: str
    data: bytes
    faces: list[Face]
    chips: list[NDArray[np.uint8]]
    size: tuple[int, int] = (0, 0)
    preview: bytes = b""
    thumbnail: bytes = b""
    error: str | None = None

    @property
    def annotated(self) -> bytes:
        """The photo in full size with its faces marked, as a JPEG file; drawn anew each time to save memory."""
        return annotated_jpeg(read_image(self.data), self.faces)

    @property
    def unmarked(self) -> bytes:
        """The preview without marks, as a JPEG file; drawn anew each time to save memory."""
        return encode_jpeg(_preview(read_image(self.data)))

    @property
    def main_face(self) -> int:
        """The index of the largest face."""
        areas = [width * height for _, _, width, height in (face.box for face in self.faces)]
        return areas.index(max(areas))


@st.cache_resource(show_spinner="Loading the models (once, a few seconds)…", max_entries=4)
def load_predictor(use: Use = "photos") -> Predictor:
    """The predictor that all visitors share for one use; every use runs the same network, which is loaded once.

    Raises:
        ModelError: if the trained model is missing or unreadable.
    """
    shared = shared_predictor()
    if use == "small faces":
        return Predictor(MtcnnDetector(SMALL_FACES_SIDE), shared.estimator)
    if use == "live video":
        return video_predictor(shared.estimator)
    return video_predictor(shared.estimator, RECORDED_SIDE) if use == "recorded video" else shared


@st.cache_resource(max_entries=8, show_spinner=False)
def analyse_sample(path: Path) -> PhotoResult:
    """The result for a portrait of this repository, the same for all visitors; also warms up the models.

    Raises:
        ModelError: if the trained model is missing or unreadable.
    """
    return analyse(load_predictor(), path.name, path.read_bytes())


def known_result(photo: Photo) -> PhotoResult | None:
    """The result for a photo if it was analysed before and is not to be analysed again, however it was named then."""
    if photo.id in to_analyse_again():
        return None
    results = results_of_visit()
    known = results.get(photo.id)
    if known and known.name != photo.name:
        results[photo.id] = known = replace(known, name=photo.name)
    return known


def result_of(photo: Photo, small_faces: bool = False) -> PhotoResult:
    """The result for a photo, analysed now if it was not before; ends the page if the model is missing.

    Args:
        photo: what to analyse.
        small_faces: whether to look for smaller faces, which takes longer.
    """
    if (known := known_result(photo)) is None:
        try:
            predictor = load_predictor("small faces" if small_faces else "photos")
        except ModelError as error:
            st.error(str(error), icon=":material/error:")
            st.stop()
        known = analyse(predictor, photo.name, photo.data)
        results_of_visit()[photo.id] = known
        to_analyse_again().discard(photo.id)
    return known


def results_of_visit() -> dict[str, PhotoResult]:
    """The results for all photos of this visit that were analysed and not removed since, by `Photo.id`."""
    results: dict[str, PhotoResult] = st.session_state.setdefault(RESULTS, {})
    return results


def faces_of_visit() -> list[tuple[PhotoResult, int]]:
    """Every face found in the photos of this visit: its result, and its index in it."""
    return [(result, i) for result in results_of_visit().values() for i in range(len(result.faces))]


def found_in(photos: Sequence[Photo]) -> list[tuple[str, list[Face]]]:
    """The names of photos that could be read, and the faces found in each."""
    results = [known_result(photo) for photo in photos]
    return [(result.name, result.faces) for result in results if result and not result.error]


def analyse(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    """The result for one photo, once the photos before it in the queue are done."""
    return shared_queue.run(_analyse_and_tidy, predictor, name, data)


def estimate(chips: NDArray[np.uint8]) -> list[Face]:
    """One face for each of the (n, 200, 200, 3) chips, once the photos before them in the queue are done."""
    return shared_queue.run(load_predictor().predict_aligned, chips)


def _analyse_and_tidy(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    result = _analyse(predictor, name, data)
    trim_heap()  # now that the photo itself is gone
    return result


def _analyse(predictor: Predictor, name: str, data: bytes) -> PhotoResult:
    try:
        image = read_image(data)
    except ImageError as error:
        return PhotoResult(name, data, [], [], error=str(error))
    found, chips = predictor.predict_with_chips(image)
    order = sorted(range(len(found)), key=lambda i: found[i].box[0] + found[i].box[2] / 2)
    faces = [found[i] for i in order]
    height, width = image.shape[:2]
    preview = _preview(image)
    if len(faces) == 1:  # several are marked by the page itself, where they can be clicked
        preview = annotate(preview, [rescaled(faces[0], preview.shape[1] / width, preview.shape[0] / height)])
    thumbnail = encode_jpeg(_resized(image, min(THUMBNAIL_SIDE, max(width, height))))
    del image  # the largest object, not needed while the preview is encoded
    return PhotoResult(name, data, faces, [chips[i] for i in order], (width, height), encode_jpeg(preview), thumbnail)


def _preview(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture as large as a page shows it; a small one is enlarged, but not to a few huge squares."""
    side = max(image.shape[:2])
    return _resized(image, min(MOST_ENLARGED * side, max(side, SMALL_SIDE), PREVIEW_SIDE))


def _resized(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture with a longest side of so many pixels."""
    scale = side / max(image.shape[:2])
    if scale == 1:
        return image
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)
