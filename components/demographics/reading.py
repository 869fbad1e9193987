"""Reads tables of faces from files that visitors upload, whoever wrote them, in bounded time and memory."""

import codecs
import csv
import io
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from model.errors import UserError
from model.face import CERTAIN_GENDER, UNCERTAIN
from model.labels import GENDERS, MAX_AGE

NUMBERS = {
    "face": (1, math.inf),
    "confidence": (0, 1),
    "age": (0, MAX_AGE),
    "age_low": (-math.inf, math.inf),
    "age_high": (-math.inf, math.inf),
    "gender_probability": (0, 1),
}
"""The columns of numbers that are read, with their lowest and highest value."""

TIMES = {"first_second": (-1, 366 * 86_400), "last_second": (-1, 366 * 86_400)}
"""Of people in a video: when they were in view, with the lowest and highest value, seconds."""

LATER_COLUMNS = ("stated_gender", "warnings")
"""Columns of text that tables from earlier versions do not have."""

STATED_GENDERS = (*GENDERS, UNCERTAIN)

MAX_FACES = 2_000_000
"""Larger tables are refused: the columns that are read take about 60 bytes per face."""

MAX_COLUMNS = 500
MAX_HEADER = 64 * 1024
"""Bytes in the first line of a CSV."""

MAX_DECODED = 250 * 2**20
"""Bytes of the columns that are read from a Parquet file, decompressed: those of `MAX_FACES` faces are fewer."""

MAX_ROW_GROUPS = 10_000

NOT_CSV = "This is not a CSV table. Use one written by the app or the command line."
TOO_LARGE = "The table is too large."
DAMAGED = "This Parquet file is damaged or incomplete. Copy it again."


class TableError(UserError):
    """A file is not a table of faces; the message is one sentence for the person who uploaded it."""


@dataclass(frozen=True)
class FaceTable:
    """A table of faces as `python -m model` and the app write it.

    faces: one row for each face, with the columns of `NUMBERS`, `gender`, `stated_gender` (male, female or uncertain)
        and, if the file says so, whether it `has_warnings` about the quality of the picture; of people also those of
        `TIMES`, if they are known.
    photos: how many photos were analysed; None if the file does not say.
    people: whether each row is a person of a video, seen in many frames.
    frames: whether each row is a face in one frame of a video, so that a person has many.
    """

    faces: pd.DataFrame
    photos: int | None
    people: bool = False
    frames: bool = False


def read_faces(name: str, content: bytes) -> FaceTable:
    """Reads the Parquet table of `python -m model annotate`, or the CSV of `predict`, of `video` and of the app.

    File names are not read, because nothing here needs them.

    Raises:
        TableError: if the file is of another kind, is damaged, lacks a column, or contains impossible values.
    """
    people = frames = False
    if name.lower().endswith(".parquet"):
        faces, photos, frames = _read_parquet(content)
    else:
        (faces, people), photos = _read_csv(content), None
    for column, (lowest, highest) in (NUMBERS | (TIMES if set(TIMES) <= set(faces) else {})).items():
        numbers = pd.to_numeric(faces[column].replace(",", ".", regex=True), errors="coerce")
        if not numbers.between(lowest, highest).all():
            limits = f" from {lowest} to {highest}" if math.isfinite(highest) else ""
            raise TableError(f"The column {column} must contain numbers{limits} in every row.")
        faces[column] = numbers
    _check_values(faces["gender"], GENDERS)
    if "stated_gender" in faces:
        _check_values(faces["stated_gender"], STATED_GENDERS)
    else:
        certain = faces["gender_probability"] >= CERTAIN_GENDER
        faces["stated_gender"] = np.where(certain, faces["gender"], UNCERTAIN)
    if "warnings" in faces:
        warnings = faces.pop("warnings")
        faces["has_warnings"] = warnings.notna() & (warnings != "")  # empty cells of a CSV are missing values
    return FaceTable(faces, photos, people, frames)


def _read_parquet(content: bytes) -> tuple[pd.DataFrame, int | None, bool]:
    """The faces, how many photos were analysed, and whether the faces are those in the frames of a video."""
    try:
        metadata = pq.read_metadata(io.BytesIO(content))
        if metadata.num_columns > MAX_COLUMNS:
            raise TableError(f"{TOO_LARGE} The limit is {MAX_COLUMNS} columns.")
        schema = metadata.schema.to_arrow_schema()
        _check_columns(schema.names)
        texts = ["gender", *(column for column in LATER_COLUMNS if schema.names.count(column) == 1)]
        _check_types(schema, texts)
        _check_decoded(metadata, [*NUMBERS, *texts])
        # A few bytes can stand for millions of long texts, so texts are kept as numbers into a dictionary.
        file = pq.ParquetFile(io.BytesIO(content), read_dictionary=texts)
        faces = file.read([*NUMBERS, *texts]).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise TableError(DAMAGED) from error
    photos = (metadata.metadata or {}).get(b"photos", b"")
    return faces, int(photos) if photos.isdigit() else None, {"second", "person"} <= set(schema.names)


def _check_decoded(metadata: pq.FileMetaData, wanted: list[str]) -> None:
    """Before anything is read, because columns of a few bytes can be decoded to gigabytes."""
    if metadata.num_row_groups > MAX_ROW_GROUPS:
        raise TableError(f"{TOO_LARGE} The limit is {MAX_ROW_GROUPS:,} groups of rows.")
    leaves = [i for i in range(metadata.num_columns) if metadata.schema.column(i).path in wanted]
    faces = decoded = 0
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        columns = [group.column(i) for i in leaves]
        faces += max(group.num_rows, *(column.num_values for column in columns))
        decoded += sum(column.total_uncompressed_size for column in columns)
        if any("DELTA_BYTE_ARRAY" in column.encodings for column in columns):  # each text as its difference to the last
            raise TableError(
                "The text columns of this Parquet file use an encoding that is not supported (DELTA_BYTE_ARRAY). Save "
                "it with another encoding, or as CSV."
            )
    _check_size(max(faces, metadata.num_rows))
    if decoded > MAX_DECODED:
        raise TableError(f"{TOO_LARGE} The limit is {MAX_DECODED // 2**20} MB of numbers and texts.")


def _read_csv(content: bytes) -> tuple[pd.DataFrame, bool]:
    """Reads CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or an older encoding: as Excel and PowerShell write.

    Numbers may have decimal commas, and blank rows do not count. A table of people has the column `person` in place of
    `face`; whether it is one comes back, too.
    """
    try:
        content = _with_line_feeds(_as_utf8(content))
        lines = content[: MAX_HEADER + 1].split(b"\n")
        skipped = 1 if lines[0].lstrip(b'"').startswith((b"#TYPE", b"sep=")) else 0  # of PowerShell, of Excel
        header = lines[skipped].decode() if len(lines) > skipped + 1 or len(content) <= MAX_HEADER else ""
        separator = max(",;\t", key=header.count)
        names = next(csv.reader([header], delimiter=separator), [])
        if not 0 < len(names) <= MAX_COLUMNS:
            raise TableError(NOT_CSV)
        people = "person" in names and "face" not in names
        number = "person" if people else "face"
        _check_columns(["face" if name == number else name for name in names])
        wanted = [number if column == "face" else column for column in NUMBERS]
        if people and all(names.count(column) == 1 for column in TIMES):
            wanted += TIMES
        faces = pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            skiprows=skipped,
            usecols=[*wanted, "gender", *(column for column in LATER_COLUMNS if column in names)],
            nrows=MAX_FACES + 1,
            encoding_errors="replace",  # in names of files, which are not read
        )
    except (ValueError, csv.Error, IndexError) as error:  # not text, no header, rows of different lengths
        raise TableError(NOT_CSV) from error
    _check_size(len(faces))
    return faces.dropna(how="all").rename(columns={"person": "face"}), people


def _as_utf8(content: bytes) -> bytes:
    """The text without its byte order mark; UTF-16 is known by that or, in a header, by its zeros.

    Raises:
        UnicodeDecodeError: if UTF-16 is damaged.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode("utf-8", "replace")
    if content[1:8:2] == bytes(4):
        return content.decode("utf-16-le").encode("utf-8", "replace")
    if content[:8:2] == bytes(4):
        return content.decode("utf-16-be").encode("utf-8", "replace")
    return content.removeprefix(codecs.BOM_UTF8)


def _with_line_feeds(content: bytes) -> bytes:
    """The text without blank first lines, its lines ended by line feeds; Excel's kind for the Macintosh has none."""
    content = content.lstrip(b"\r\n")
    return content if b"\n" in content[:MAX_HEADER] else content.replace(b"\r", b"\n")


def _check_columns(names: list[str]) -> None:
    if wrong := [column for column in (*NUMBERS, "gender") if names.count(column) != 1]:
        raise TableError(
            f"This is not a table of faces. Each of these columns must occur exactly once: {', '.join(wrong)}."
        )


def _check_types(schema: pa.Schema, texts: list[str]) -> None:
    """Before anything is read, because a column of texts in place of numbers could take any amount of memory."""
    for column in NUMBERS:
        if not (pa.types.is_integer(schema.field(column).type) or pa.types.is_floating(schema.field(column).type)):
            raise TableError(f"The column {column} must contain numbers.")
    for column in texts:
        if schema.field(column).type not in (pa.string(), pa.large_string()):
            raise TableError(f"The column {column} must contain text.")


def _check_values(column: pd.Series, allowed: tuple[str, ...]) -> None:
    if not column.isin(allowed).all():
        raise TableError(f"The column {column.name} must contain one of {', '.join(allowed)} in every row.")


def _check_size(faces: int) -> None:
    if faces > MAX_FACES:
        raise TableError(f"{TOO_LARGE} The limit is {MAX_FACES:,} faces.")
