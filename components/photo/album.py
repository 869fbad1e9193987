"""The photos of this visit: kept while the visitor looks at other pages, gone once removed or replaced."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.file_names import unused_name

PHOTOS, CAMERA, RESULTS, AGAIN = "photos", "camera_photo", "results", "analyse_again"


@dataclass(frozen=True)
class Photo:
    """A visitor's file.

    name: of the file; no other photo on the page has it.
    data: its contents.
    id: of the contents, the same for equal files.
    """

    name: str
    data: bytes
    id: str


def photo_of(name: str, data: bytes) -> Photo:
    """The photo with these contents."""
    return Photo(name, data, hashlib.sha256(data).hexdigest()[:16])


def photos() -> list[Photo]:
    """Those on the Photo page, in the order in which they were added."""
    shown: list[Photo] = st.session_state.get(PHOTOS, [])
    return shown


def camera_photo() -> Photo | None:
    """The picture last taken on the Webcam page."""
    photo: Photo | None = st.session_state.get(CAMERA)
    return photo


def show_instead(files: Iterable[tuple[str, bytes]]) -> None:
    """Replaces the photos of the Photo page; of equal files only the first counts.

    Args:
        files: names and contents. A name that occurs again is numbered, so that people can tell the photos apart.
    """
    chosen: dict[str, Photo] = {}
    names: set[str] = set()
    for name, data in files:
        photo = photo_of(unused_name(name, names), data)
        if photo.id not in chosen:
            chosen[photo.id] = photo
            names.add(photo.name)
    st.session_state[PHOTOS] = list(chosen.values())
    _forget_removed()


def take_uploads(uploader: str, keep: bool = False) -> None:
    """Takes over what was added to an uploader, which is then replaced by an empty one.

    Args:
        uploader: its key, which `uploader_key` gave.
        keep: whether the photos before it stay.
    """
    given = st.session_state[uploader]
    uploads = [upload for upload in given if isinstance(upload, UploadedFile)]
    if uploads:
        # Many files may come in several parts; those that came before are listed again, without their contents.
        before = photos() if keep or len(uploads) < len(given) else []
        _show_with(before, ((upload.name, upload.getvalue()) for upload in uploads))
        st.session_state["uploads_taken"] = st.session_state.get("uploads_taken", 0) + 1
        free_uploads(uploads)


def add_picture(camera: str) -> None:
    """Adds the picture of a camera to the photos; the camera, whose key `camera_key` gave, is replaced by a new one."""
    picture: UploadedFile | None = st.session_state[camera]
    if picture:
        _show_with(photos(), [("picture.jpg", picture.getvalue())])
        _free_camera(picture)


def uploader_key() -> str:
    """The key of the uploader; a new one after each upload, so that the uploader is empty again."""
    return f"upload-{st.session_state.get('uploads_taken', 0)}"


def take_picture(camera: str) -> None:
    """Takes over the picture of a camera, which is then replaced by a new one.

    Args:
        camera: its key, which `camera_key` gave.
    """
    picture: UploadedFile | None = st.session_state[camera]
    if picture:
        st.session_state[CAMERA] = photo_of("webcam.jpg", picture.getvalue())
        _free_camera(picture)
        _forget_removed()


def camera_key() -> str:
    """The key of the camera; a new one after each picture, so that the camera is ready again."""
    return f"camera-{st.session_state.get('pictures_taken', 0)}"


def remove(photo: Photo) -> None:
    """Removes one photo, with all that was found in it."""
    st.session_state[PHOTOS] = [other for other in photos() if other.id != photo.id]
    _forget_removed()


def analyse_again() -> None:
    """Has the photos of the Photo page analysed again, differently; what was found in each is kept until then."""
    st.session_state[AGAIN] = {photo.id for photo in photos()}


def to_analyse_again() -> set[str]:
    """The `Photo.id` of those that are to be analysed again and have not been yet."""
    again: set[str] = st.session_state.setdefault(AGAIN, set())
    return again


def clear() -> None:
    """Removes all photos of the Photo page."""
    show_instead([])


def clear_camera() -> None:
    """Removes the picture of the Webcam page."""
    st.session_state[CAMERA] = None
    _forget_removed()


def _show_with(before: list[Photo], files: Iterable[tuple[str, bytes]]) -> None:
    show_instead([*((photo.name, photo.data) for photo in before), *files])


def _free_camera(picture: UploadedFile) -> None:
    st.session_state["pictures_taken"] = st.session_state.get("pictures_taken", 0) + 1
    free_uploads([picture])


def _forget_removed() -> None:
    """Forgets the results of photos that are no longer there, and the explanations of their faces."""
    kept = {photo.id for photo in (*photos(), camera_photo()) if photo}
    known = st.session_state.get(RESULTS, {})
    st.session_state[RESULTS] = {identity: result for identity, result in known.items() if identity in kept}
    for key in ("explanations", "response"):
        st.session_state.pop(key, None)


def free_uploads(uploads: list[UploadedFile]) -> None:
    """Frees the memory of uploads, which Streamlit would keep until the end of the session."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for upload in uploads:
            context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)
