"""Where a visitor gives photos and their true ages."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.evaluate.visit import Visit, clear, current
from components.file_names import as_code
from components.photo.album import free_uploads
from components.photo.uploader import TYPES
from components.wording import count
from model.formats import safe_cell
from reports.metrics import FEWEST_PHOTOS
from reports.own_people.labels import labels_from_names, parse_labels
from reports.own_people.refitting import FEWEST_TO_REFIT

TABLE, NAMES = "A table (CSV)", "File names"
PATTERN = "{*}_{age}_{gender}"
TABLE_MEGABYTES = 1
PHOTOS, AGES = "photos", "table"
"""The two uploaders."""
NUMBERS = (
    f"Only the largest face in each photo counts. The figures become meaningful from about {FEWEST_PHOTOS} photos on; "
    f"with {FEWEST_TO_REFIT} or more, a calibration can be fitted to them."
)


def show_inputs(visit: Visit) -> None:
    """Draws the uploader of photos and, beside it, that of the table or the pattern of file names."""
    photos, ages = st.columns(2, gap="medium")
    with photos:
        _show_uploader("Photos", PHOTOS, TYPES, many=True)
        st.caption(NUMBERS)
        if visit.photos or visit.table:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"{count(len(visit.photos), 'photo')} added", width="content")
                st.button("Clear", icon=":material/delete:", on_click=clear, help="Removes photos, ages and results.")
    with ages:
        source = st.segmented_control(
            "True ages from", (TABLE, NAMES), default=TABLE, required=True, key="own_source", persist_state="session"
        )
        if source == TABLE:
            _show_table_uploader(visit)
        else:
            _show_pattern()


def _by_names() -> bool:
    """Whether the visitor wants ages to be read from file names."""
    return bool(st.session_state.get("own_source") == NAMES)


def labels_of(visit: Visit) -> pd.DataFrame | None:
    """The labels that the visitor gave; None if there are none yet.

    Raises:
        LabelError: if they cannot be used.
    """
    if _by_names():
        names = [photo.name for photo in visit.photos]
        return labels_from_names(names, st.session_state.get("own_pattern") or PATTERN) if names else None
    return parse_labels(visit.table[1], visit.table[0]) if visit.table else None


def template(visit: Visit) -> str:
    """A table with the names of the photos, to be filled in."""
    names = [safe_cell(photo.name) for photo in visit.photos]
    return pd.DataFrame({"file": names, "age": "", "gender": "", "group": ""}).to_csv(index=False)


def _show_table_uploader(visit: Visit) -> None:
    _show_uploader("Table of true ages", AGES, ["csv", "tsv", "txt"], many=False, hidden_label=True)
    given = f"Used: {as_code(visit.table[0])}. " if visit.table else ""
    st.caption(
        f"{given}Columns: `file` and `age`, or `file`, `born` and `taken` (dates such as 2001-12-31, or years); "
        "`gender` and `group` if you have them."
    )
    if visit.photos:
        st.download_button(
            "Table to fill in", template(visit), "ages.csv", "text/csv", icon=":material/table:", on_click="ignore"
        )


def _show_pattern() -> None:
    st.text_input("Pattern of the names", PATTERN, key="own_pattern", persist_state="session", max_chars=200)
    st.caption(
        f"`{PATTERN}` fits `Ana_34_female.jpg`. Instead of `{{age}}`, use two dates, `{{born}}` and "
        "`{taken}`. `{gender}` and `{group}` are optional; `{*}` matches anything."
    )


def _show_uploader(label: str, kind: str, types: Sequence[str], many: bool, hidden_label: bool = False) -> None:
    st.file_uploader(
        label,
        type=types,
        accept_multiple_files=many,
        key=_key(kind),
        on_change=_take_photos if many else _take_table,
        max_upload_size=None if many else TABLE_MEGABYTES,
        label_visibility="collapsed" if hidden_label else "visible",
    )


def _key(kind: str) -> str:
    """Another one after each upload that was taken, so that an empty uploader takes the place of this one.

    The other uploader stays: replaced too, it would lose what is just being uploaded there.
    """
    return f"own-{kind}-{st.session_state.get(f'own_{kind}_taken', 0)}"


def _take_photos() -> None:
    uploads = [upload for upload in st.session_state[_key(PHOTOS)] if isinstance(upload, UploadedFile)]
    current().add((upload.name, upload.getvalue()) for upload in uploads)
    _forget_uploads(PHOTOS, uploads)


def _take_table() -> None:
    upload: UploadedFile | None = st.session_state[_key(AGES)]
    if upload:
        current().table = upload.name, upload.getvalue()
        _forget_uploads(AGES, [upload])


def _forget_uploads(kind: str, uploads: list[UploadedFile]) -> None:
    """Frees their memory and has an empty uploader take the place of theirs."""
    if uploads:
        taken = f"own_{kind}_taken"
        st.session_state[taken] = st.session_state.get(taken, 0) + 1
        free_uploads(uploads)
