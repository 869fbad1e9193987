"""Many photos: their answers appear as they come, as thumbnails with ages, to be sorted, selected and downloaded."""

import io
import zipfile
from pathlib import PurePath

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.file_names import as_code
from components.photo import album
from components.photo.album import Photo
from components.photo.predictions import PhotoResult, found_in, known_result, result_of
from components.photo.results import show_error, show_photo
from components.progress import PhotoProgress
from components.wording import count
from model.admission import shared_queue

TILE = 116  # pixels: three fit side by side on a phone
ORDERS = ("As added", "Youngest first", "Oldest first")
SHOWN = "shown_photo"


def show_photos(photos: list[Photo], small_faces: bool) -> None:
    """Draws the photo that is shown and, below it, the thumbnails of all; analyses those that are new, one by one."""
    waiting = [photo for photo in photos if known_result(photo) is None]
    progress, shown, tiles = st.empty(), st.container(), st.container(key="gallery")
    if waiting:
        _analyse(photos, waiting, small_faces, progress, shown, tiles)
        st.rerun()
    results = {photo: result_of(photo) for photo in photos}
    for result in results.values():
        if result.error:
            show_error(result)
    readable = {photo: result for photo, result in results.items() if not result.error}
    if readable:
        with tiles:
            photo = _show_choice(readable)
            _show_tiles(readable, photo)
        with shown:
            show_photo(readable[photo], photo.id, found_in(photos))


def _analyse(
    photos: list[Photo],
    waiting: list[Photo],
    small_faces: bool,
    progress: DeltaGenerator,
    shown: DeltaGenerator,
    tiles: DeltaGenerator,
) -> None:
    """Analyses the photos that wait, and draws every result as soon as it is there."""
    with progress:
        bar = PhotoProgress(len(waiting), _cancel, len(photos) - len(waiting))
    row = tiles.container(horizontal=True)
    first = True
    for photo in photos:
        if photo in waiting:
            bar.next(photo.name)
        result = result_of(photo, small_faces)
        if result.error:
            continue
        if first:
            with shown:
                show_photo(result, photo.id, found_in(photos))
            first = False
        with row.container(width=TILE, gap="xsmall"):
            st.image(result.thumbnail, width="stretch", alt=result.name)
            st.markdown(_ages(result))


def _cancel() -> None:
    """Removes the photos that were never analysed; those that were to be analysed again keep what was found before."""
    album.to_analyse_again().clear()
    for photo in album.photos():
        if known_result(photo) is None:
            album.remove(photo)


def _show_choice(results: dict[Photo, PhotoResult]) -> Photo:
    """Counts, the order, and the photo to show by its name."""
    faces = sum(len(result.faces) for result in results.values())
    empty = sum(not result.faces for result in results.values())
    with st.container(horizontal=True, vertical_alignment="bottom", key="counts"):
        for label, number in (("Photos", len(results)), ("Faces", faces), ("Photos without a face", empty)):
            st.metric(label, number, width="content")
        by_id = {photo.id: photo for photo in results}
        if st.session_state.get(SHOWN) not in by_id:
            st.session_state.pop(SHOWN, None)
        identity = st.selectbox(
            "Photo to show",
            list(by_id),
            format_func=lambda i: f"{by_id[i].name} ({count(len(results[by_id[i]].faces), 'face')})",
            key=SHOWN,
            persist_state="session",
            width=260,
        )
        st.segmented_control("Order", ORDERS, default=ORDERS[0], required=True, key="order", persist_state="session")
        st.download_button(
            "All pictures (ZIP)", lambda: as_zip(list(results.values())), "faces.zip", "application/zip",
            icon=":material/folder_zip:", on_click="ignore",
        )  # fmt: skip
    return by_id[identity]


def _show_tiles(results: dict[Photo, PhotoResult], shown: Photo) -> None:
    with st.container(horizontal=True):
        for photo, result in _sorted(results):
            with st.container(key=f"tile-{photo.id}", width=TILE, gap="xsmall"):
                st.image(result.thumbnail, width="stretch", alt=result.name)
                st.button(
                    _ages(result),
                    key=f"show-{photo.id}",
                    type="primary" if photo == shown else "secondary",
                    on_click=_show,
                    args=(photo,),
                    width="stretch",
                    help=as_code(photo.name),
                )
    st.button("Remove the photo shown", icon=":material/delete:", on_click=album.remove, args=(shown,))


def _sorted(results: dict[Photo, PhotoResult]) -> list[tuple[Photo, PhotoResult]]:
    """By the youngest or the oldest face of each photo; photos without a face are last."""
    order = st.session_state["order"]
    items = list(results.items())
    if order == ORDERS[0]:
        return items
    sign, pick = (1, min) if order == ORDERS[1] else (-1, max)
    return sorted(items, key=lambda item: sign * pick(face.age for face in item[1].faces) if item[1].faces else 1000)


def _show(photo: Photo) -> None:
    st.session_state[SHOWN] = photo.id


def _ages(result: PhotoResult) -> str:
    """What stands below a thumbnail: "34 years", "3 faces, 20–61" or "No face"."""
    ages = [face.age for face in result.faces]
    if len(ages) > 1:
        return f"{len(ages)} faces, {min(ages):.0f}–{max(ages):.0f}"
    return f"{ages[0]:.0f} years" if ages else "No face"


def as_zip(results: list[PhotoResult]) -> bytes:
    """A ZIP file with every photo, its faces marked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # JPEG files cannot be compressed further
        for number, result in enumerate(results, start=1):
            name = f"{number:03d}-{PurePath(result.name).stem[:100]}-faces.jpg"
            archive.writestr(name, shared_queue.run(lambda result=result: result.annotated))  # type: ignore[misc]
    return buffer.getvalue()
