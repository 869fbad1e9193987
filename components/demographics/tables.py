"""Who is in many photos: a table of faces to shares by age and gender, with intervals."""

import io
import math
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from model.errors import UserError
from model.labels import BRACKET_NAMES, GENDERS, MAX_AGE
from reports.metrics import age_brackets, wilson_interval

NUMBERS = {
    "face": (1, math.inf),
    "confidence": (0, 1),
    "age": (0, MAX_AGE),
    "age_low": (-math.inf, math.inf),
    "age_high": (-math.inf, math.inf),
    "gender_probability": (0, 1),
}
"""The columns of numbers that are read, with their lowest and highest value."""

MAX_FACES = 2_000_000
"""Larger tables are refused: the columns that are read take 60 bytes a face."""


class TableError(UserError):
    """A file is no table of faces; the message is one sentence for the person who sent it."""


@dataclass(frozen=True)
class FaceTable:
    """A table of faces as `python -m model` and the app write it.

    faces: a row a face with the columns of `NUMBERS` and `gender`.
    photos: how many photos were looked at; None if the file does not say.
    """

    faces: pd.DataFrame
    photos: int | None


def read_faces(name: str, content: bytes) -> FaceTable:
    """Reads the Parquet table of `python -m model annotate`, or the CSV of `predict` and of the app.

    File names are not read: nothing here needs them.

    Raises:
        TableError: if it is neither, is damaged, lacks a column, or holds what cannot be.
    """
    faces, photos = _read_parquet(content) if name.lower().endswith(".parquet") else (_read_csv(content), None)
    for column, (lowest, highest) in NUMBERS.items():
        numbers = pd.to_numeric(faces[column], errors="coerce")
        if not numbers.between(lowest, highest).all():
            limits = f" from {lowest} to {highest}" if math.isfinite(highest) else ""
            raise TableError(f"The column {column} must hold numbers{limits} in every row.")
        faces[column] = numbers
    if not faces["gender"].isin(GENDERS).all():
        raise TableError(f"The column gender must hold {' or '.join(GENDERS)} in every row.")
    return FaceTable(faces, photos)


def shares_by_age(faces: pd.DataFrame) -> pd.DataFrame:
    """A row for each age bracket: `bracket`, `faces`, and `share`, `low`, `high` from 0 to 1."""
    counts = age_brackets(faces["age"]).value_counts(sort=False).reindex(BRACKET_NAMES, fill_value=0)
    return _shares("bracket", counts)


def shares_by_gender(faces: pd.DataFrame) -> pd.DataFrame:
    """A row for each gender: `gender`, `faces`, and `share`, `low`, `high` from 0 to 1."""
    return _shares("gender", faces["gender"].value_counts().reindex(GENDERS, fill_value=0))


def ages(faces: pd.DataFrame, bin_years: int) -> pd.DataFrame:
    """Faces of each gender in bins of so many years: `first_age`, `last_age`, `gender`, `faces`."""
    first = (faces["age"] // bin_years * bin_years).astype(int).rename("first_age")
    counts = pd.crosstab(first, faces["gender"]).reindex(columns=GENDERS, fill_value=0)
    table = counts.reset_index().melt("first_age", var_name="gender", value_name="faces")
    return table.assign(last_age=table["first_age"] + bin_years - 1)[["first_age", "last_age", "gender", "faces"]]


def genders_by_age(faces: pd.DataFrame) -> pd.DataFrame:
    """`bracket`, `gender`, `faces`, and `share` of the bracket, 0-1; brackets without faces are left out."""
    counts = pd.crosstab(age_brackets(faces["age"]).astype(str), faces["gender"]).rename_axis(index="bracket")
    counts = counts.reindex(
        index=[name for name in BRACKET_NAMES if name in counts.index], columns=GENDERS, fill_value=0
    )
    table = counts.reset_index().melt("bracket", var_name="gender", value_name="faces")
    return table.assign(share=table["faces"] / table.groupby("bracket")["faces"].transform("sum"))


def _shares(name: str, counts: pd.Series) -> pd.DataFrame:
    total = int(counts.sum())
    intervals = [wilson_interval(int(count), total) for count in counts]
    low, high = zip(*intervals, strict=True)
    columns = {name: counts.index.astype(str), "faces": counts.to_numpy(), "share": counts.to_numpy() / total}
    return pd.DataFrame({**columns, "low": low, "high": high})


def _read_parquet(content: bytes) -> tuple[pd.DataFrame, int | None]:
    columns = [*NUMBERS, "gender"]
    try:
        metadata = pq.read_metadata(io.BytesIO(content))
        schema = metadata.schema.to_arrow_schema()
        _check_columns(schema.names)
        _check_types(schema)
        _check_size(metadata.num_rows)
        # A few bytes can stand for millions of long texts: the genders are kept as numbers into a dictionary.
        file = pq.ParquetFile(io.BytesIO(content), read_dictionary=["gender"])
        faces = file.read(columns).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise TableError("This Parquet file is damaged or cut off. Copy it again.") from error
    photos = (metadata.metadata or {}).get(b"photos", b"")
    return faces, int(photos) if photos.isdigit() else None


def _read_csv(content: bytes) -> pd.DataFrame:
    try:
        _check_columns(pd.read_csv(io.BytesIO(content), nrows=0).columns.tolist())
        faces = pd.read_csv(io.BytesIO(content), usecols=[*NUMBERS, "gender"], nrows=MAX_FACES + 1)
    except TableError:
        raise
    except (ValueError, pd.errors.ParserError) as error:  # not text, no header, rows of different lengths
        raise TableError("This is not a CSV table. Use the one that the app or the command line writes.") from error
    _check_size(len(faces))
    return faces


def _check_columns(names: list[str]) -> None:
    if wrong := [column for column in (*NUMBERS, "gender") if names.count(column) != 1]:
        raise TableError(f"This is not a table of faces. It must have one column each of the names {', '.join(wrong)}.")


def _check_types(schema: pa.Schema) -> None:
    """Before anything is read: a column of texts where numbers belong could take any amount of memory."""
    for column in NUMBERS:
        if not (pa.types.is_integer(schema.field(column).type) or pa.types.is_floating(schema.field(column).type)):
            raise TableError(f"The column {column} must hold numbers.")
    if schema.field("gender").type not in (pa.string(), pa.large_string()):
        raise TableError("The column gender must hold texts.")


def _check_size(faces: int) -> None:
    if faces > MAX_FACES:
        raise TableError(f"The table is too large. The limit is {MAX_FACES:,} faces.")
