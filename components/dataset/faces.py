"""Faces of the data set, for visitors who have it: files in a folder, identified by their content.

The result files identify a photo by the first 16 hex digits of its file's SHA-256 hash. Only files in the label table
are ever opened as pictures, so nothing else in a folder named by a visitor is shown.
"""

import hashlib
import os
from collections.abc import Collection, Mapping
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from model import ImageError, read_image
from model.alignment import CHIP_SIZE
from model.errors import UserError

SUFFIXES = {".jpg", ".jpeg", ".png"}
MOST_ENTRIES = 150_000
"""Most files and folders that are examined; the largest copy of UTKFace has 57,000."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")

LARGEST_FILE = 1_000_000
"""Bytes; a chip has about 10,000."""


class FolderError(UserError):
    """A folder cannot be used; the message is one sentence for the visitor."""


def configured_folder() -> str:
    """The folder named by the environment variable UTKFACE_DIR, or an empty string."""
    return os.environ.get("UTKFACE_DIR", "")


@st.cache_resource(max_entries=2, show_spinner="Searching the folder (once, up to a minute)…")
def find_chips(folder: str, _known: Collection[str]) -> Mapping[str, Path]:
    """Finds the photos of the label table in a folder and its subfolders.

    Args:
        folder: where to look.
        _known: names of the photos in the label table.

    Returns:
        The file of each photo found, by name.

    Raises:
        FolderError: if the folder does not exist or contains none of the photos.
    """
    try:
        root = Path(folder).expanduser()
    except RuntimeError:  # the home of somebody who does not exist
        root = Path(folder)
    if not root.is_dir():
        raise FolderError(f"The folder {folder} does not exist on the computer that runs this app.")
    found: dict[str, Path] = {}
    for path in islice(root.rglob("*"), MOST_ENTRIES):
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size <= LARGEST_FILE:
            name = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
            if name in _known:
                found.setdefault(name, path)
    if not found:
        raise FolderError(
            f"{folder} contains none of the labelled photos. Enter the folder with UTKFace's cropped faces."
        )
    return found


def read_chips(chips: Mapping[str, Path], photos: Collection[str]) -> dict[str, NDArray[np.uint8]]:
    """The chips, (200, 200, 3) RGB 0-255, of the photos that are in the folder and can still be read."""
    pictures = {}
    for photo in photos:
        if photo in chips:
            try:
                picture = read_image(chips[photo])
            except ImageError:
                continue  # moved or damaged since the folder was searched
            pictures[photo] = cv2.resize(picture, (CHIP_SIZE, CHIP_SIZE), interpolation=cv2.INTER_AREA)
    return pictures


@st.cache_data(max_entries=64, show_spinner=False)
def average_face(
    folder: str,  # noqa: ARG001  # Streamlit's cache reads it
    photos: tuple[str, ...],
    _chips: Mapping[str, Path],
) -> NDArray[np.uint8] | None:
    """The mean of the chips of some photos, (200, 200, 3) RGB 0-255, or None if the folder has none of them.

    Args:
        folder: where the chips come from; with `photos`, the key under which the result is cached.
        photos: names of the photos.
        _chips: from `find_chips`.
    """
    total, count = np.zeros((CHIP_SIZE, CHIP_SIZE, 3)), 0
    for chip in read_chips(_chips, photos).values():
        total += chip
        count += 1
    return (total / count).round().astype(np.uint8) if count else None


def is_local_visit() -> bool:
    """Whether the browser runs on the same computer as the app, and not behind a proxy.

    Others must neither learn which folders exist nor start a search in them.
    """
    host = urlsplit(f"//{st.context.headers.get('Host', 'localhost')}").hostname
    forwarded = {"x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded"}
    visitor = st.context.ip_address  # None for localhost
    return (
        not (isinstance(visitor, str) and visitor not in LOOPBACK)
        and host in LOOPBACK
        and forwarded.isdisjoint(name.lower() for name in st.context.headers)
    )


def choose_folder(known: Collection[str]) -> tuple[str, Mapping[str, Path]]:
    """Asks for the folder if none is configured and the visit is local, and says how to get the images.

    Returns:
        The folder and its chips; both empty if there is no folder yet or it cannot be used.
    """
    folder = configured_folder()
    if not folder:
        local = is_local_visit()
        st.info(
            "The faces are not included, because UTKFace is for non-commercial research only. Download it from "
            "[Kaggle](https://www.kaggle.com/datasets/jangedoo/utkface-new)"
            + (
                ". Then set the environment variable `UTKFACE_DIR` to its folder and restart the app, or enter the "
                "folder here."
                if local
                else " and run this app on your own computer to see them."
            ),
            icon=":material/folder_open:",
        )
        if local:
            folder = st.text_input(
                "Folder with UTKFace", key="folder", placeholder="/data/UTKFace",
                help="A folder on the computer that runs this app. Only labelled photos are shown.",
            ).strip()  # fmt: skip
    if not folder:
        return "", {}
    try:
        return folder, find_chips(folder, known)
    except (FolderError, OSError) as error:
        message = error if isinstance(error, FolderError) else f"{folder} cannot be read: {error.strerror}."
        st.error(str(message), icon=":material/error:")
        return "", {}


def show_faces(pictures: Mapping[str, NDArray[np.uint8]], captions: Mapping[str, str]) -> None:
    """Chips side by side, as many as fit, each with its caption."""
    with st.container(horizontal=True):
        for photo, picture in pictures.items():
            st.image(picture, captions[photo], width=100, alt=f"Face: {captions[photo]}")
