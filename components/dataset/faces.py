"""Faces of the data set, for visitors who have it: files of a folder, told by their content.

A photo is named in the result files by the first 16 hex digits of its file's SHA-256. Only files that the label table
knows are ever opened as pictures, so that a folder given by a visitor shows nothing else.
"""

import hashlib
import os
from collections.abc import Collection, Mapping
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model import ImageError, read_image
from model.alignment import CHIP_SIZE
from model.errors import UserError

SUFFIXES = {".jpg", ".jpeg", ".png"}
MOST_ENTRIES = 150_000
"""Files and folders that are looked at; the largest copy of UTKFace has 57,000."""

LARGEST_FILE = 1_000_000
"""Bytes; chips have about 10,000."""


class FolderError(UserError):
    """A folder cannot be used; the message is one sentence for the visitor."""


def configured_folder() -> str:
    """The folder that the environment variable UTKFACE_DIR names, or nothing."""
    return os.environ.get("UTKFACE_DIR", "")


@st.cache_resource(max_entries=2, show_spinner="Looking through the folder (once, about a minute at most)…")
def find_chips(folder: str, _known: Collection[str]) -> Mapping[str, Path]:
    """The photos in a folder and below it.

    Args:
        folder: where to look.
        _known: names of the photos in the label table.

    Returns:
        By name, the file of each known photo.

    Raises:
        FolderError: if there is no such folder, or no known photo in it.
    """
    root = Path(folder).expanduser()
    if not root.is_dir():
        raise FolderError(f"There is no folder {folder} on the computer that runs this app.")
    found: dict[str, Path] = {}
    for path in islice(root.rglob("*"), MOST_ENTRIES):
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size <= LARGEST_FILE:
            name = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            if name in _known:
                found.setdefault(name, path)
    if not found:
        raise FolderError(f"{folder} holds no photo of the label table. Is it UTKFace, aligned and cropped?")
    return found


def read_chips(chips: Mapping[str, Path], photos: Collection[str]) -> dict[str, NDArray[np.uint8]]:
    """The chips, (200, 200, 3) RGB 0-255, of those photos that are there and can still be read."""
    pictures = {}
    for photo in photos:
        if photo in chips:
            try:
                picture = read_image(chips[photo])
            except ImageError:
                continue  # moved or damaged since the folder was looked through
            pictures[photo] = cv2.resize(picture, (CHIP_SIZE, CHIP_SIZE), interpolation=cv2.INTER_AREA)
    return pictures


@st.cache_data(max_entries=64, show_spinner=False)
def average_face(folder: str, photos: tuple[str, ...], _chips: Mapping[str, Path]) -> NDArray[np.uint8] | None:
    """The mean of the chips of some photos, (200, 200, 3) RGB 0-255, or none if none is there.

    Args:
        folder: where the chips come from; with the photos it tells one average from another.
        photos: which photos.
        _chips: from `find_chips`.
    """
    total, count = np.zeros((CHIP_SIZE, CHIP_SIZE, 3)), 0
    for chip in read_chips(_chips, photos).values():
        total += chip
        count += 1
    return (total / count).round().astype(np.uint8) if count else None


def choose_folder(known: Collection[str]) -> tuple[str, Mapping[str, Path]]:
    """Asks for the folder where none is configured, and says how to get the images where there are none.

    Returns:
        The folder and its chips; empty ones if there is no folder yet or it cannot be used.
    """
    folder = configured_folder()
    if not folder:
        st.info(
            "The faces are not part of this project: UTKFace is for non-commercial research. Get it from "
            "[Kaggle](https://www.kaggle.com/datasets/jangedoo/utkface-new), then start the app with the environment "
            "variable `UTKFACE_DIR`, or name the folder here.",
            icon=":material/folder_open:",
        )
        folder = st.text_input(
            "Folder with UTKFace", key="folder", placeholder="/data/UTKFace",
            help="On the computer that runs this app. Only photos of the label table are shown.",
        ).strip()  # fmt: skip
    if not folder:
        return "", {}
    try:
        return folder, find_chips(folder, known)
    except (FolderError, OSError) as error:
        message = error if isinstance(error, FolderError) else f"{folder} cannot be read: {error.strerror}."
        st.error(str(message), icon=":material/error:")
        return "", {}


def show_faces(pictures: Mapping[str, NDArray[np.uint8]], captions: Mapping[str, str], width: int = 100) -> None:
    """Chips side by side, as many as fit, each with what is said about it."""
    with st.container(horizontal=True):
        for photo, picture in pictures.items():
            st.image(picture, captions[photo], width=width, alt=f"Face: {captions[photo]}")
