"""Who is in many photos: from a table of faces to shares by age and gender, with intervals."""

import io
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from model.errors import UserError
from model.face import CERTAIN_GENDER, UNCERTAIN
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

LATER_COLUMNS = ("stated_gender", "warnings")
"""Columns of text that tables from earlier versions do not have."""

STATED_GENDERS = (*GENDERS, UNCERTAIN)

MAX_FACES = 2_000_000
"""Larger tables are refused: the columns that are read take about 60 bytes per face."""


class TableError(UserError):
    """A file is not a table of faces; the message is one sentence for the person who uploaded it."""


@dataclass(frozen=True)
class FaceTable:
    """A table of faces as `python -m model` and the app write it.

    faces: one row for each face, with the columns of `NUMBERS`, `gender`, `stated_gender` (male, female or uncertain)
        and, if the file says so, whether it `has_warnings` about the quality of the picture.
    photos: how many photos were analysed; None if the file does not say.
    """

    faces: pd.DataFrame
    photos: int | None


def read_faces(name: str, content: bytes) -> FaceTable:
    """Reads the Parquet table of `python -m model annotate`, or the CSV of `predict` and of the app.

    File names are not read, because nothing here needs them.

    Raises:
        TableError: if the file is of another kind, is damaged, lacks a column, or contains impossible values.
    """
    faces, photos = _read_parquet(content) if name.lower().endswith(".parquet") else (_read_csv(content), None)
    for column, (lowest, highest) in NUMBERS.items():
        numbers = pd.to_numeric(faces[column], errors="coerce")
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
    return FaceTable(faces, photos)


def shares_by_age(faces: pd.DataFrame) -> pd.DataFrame:
    """One row for each age bracket: `bracket`, `faces`, and `share` with its 95% interval `low` to `high`, 0-1."""
    counts = age_brackets(faces["age"]).value_counts(sort=False).reindex(BRACKET_NAMES, fill_value=0)
    return _shares("bracket", counts)


def shares_by_gender(faces: pd.DataFrame) -> pd.DataFrame:
    """One row for each stated gender: `gender`, `faces`, and `share` with its 95% interval `low` to `high`, 0-1."""
    return _shares("gender", faces["stated_gender"].value_counts().reindex(STATED_GENDERS, fill_value=0))


def expected_female_share(faces: pd.DataFrame) -> float:
    """The share of women, 0-1, if each face counts by its probability; uncertain genders count, too."""
    probability = faces["gender_probability"]
    return float(probability.where(faces["gender"] == "female", 1 - probability).mean())


def ages(faces: pd.DataFrame, bin_years: int) -> pd.DataFrame:
    """Faces of each stated gender in bins of `bin_years` years: `first_age`, `last_age`, `gender`, `faces`."""
    first = (faces["age"] // bin_years * bin_years).astype(int).rename("first_age")
    table = _by_gender(first, faces)
    return table.assign(last_age=table["first_age"] + bin_years - 1)[["first_age", "last_age", "gender", "faces"]]


def genders_by_age(faces: pd.DataFrame) -> pd.DataFrame:
    """`bracket`, stated `gender`, `faces`, and `share` of the bracket, 0-1; brackets without faces are omitted."""
    table = _by_gender(age_brackets(faces["age"]).rename("bracket"), faces)
    return table.assign(share=table["faces"] / table.groupby("bracket", observed=True)["faces"].transform("sum"))


def _by_gender(groups: pd.Series, faces: pd.DataFrame) -> pd.DataFrame:
    """Counts faces in long form: the group, `gender` and `faces`."""
    counts = pd.crosstab(groups, faces["stated_gender"]).reindex(columns=STATED_GENDERS, fill_value=0)
    return counts.reset_index().melt(str(groups.name), var_name="gender", value_name="faces")


def _shares(name: str, counts: pd.Series) -> pd.DataFrame:
    total = int(counts.sum())
    intervals = [wilson_interval(int(count), total) for count in counts]
    low, high = zip(*intervals, strict=True)
    columns = {name: counts.index.astype(str), "faces": counts.to_numpy(), "share": counts.to_numpy() / total}
    return pd.DataFrame({**columns, "low": low, "high": high})


def _read_parquet(content: bytes) -> tuple[pd.DataFrame, int | None]:
    try:
        metadata = pq.read_metadata(io.BytesIO(content))
        schema = metadata.schema.to_arrow_schema()
        _check_columns(schema.names)
        texts = ["gender", *(column for column in LATER_COLUMNS if schema.names.count(column) == 1)]
        _check_types(schema, texts)
        _check_size(metadata.num_rows)
        # A few bytes can stand for millions of long texts, so texts are kept as numbers into a dictionary.
        file = pq.ParquetFile(io.BytesIO(content), read_dictionary=texts)
        faces = file.read([*NUMBERS, *texts]).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise TableError("This Parquet file is damaged or incomplete. Copy it again.") from error
    photos = (metadata.metadata or {}).get(b"photos", b"")
    return faces, int(photos) if photos.isdigit() else None


def _read_csv(content: bytes) -> pd.DataFrame:
    try:
        names = pd.read_csv(io.BytesIO(content), nrows=0).columns.tolist()
        _check_columns(names)
        wanted = [*NUMBERS, "gender", *(column for column in LATER_COLUMNS if column in names)]
        faces = pd.read_csv(io.BytesIO(content), usecols=wanted, nrows=MAX_FACES + 1)
    except (ValueError, pd.errors.ParserError) as error:  # not text, no header, rows of different lengths
        raise TableError("This is not a CSV table. Use one written by the app or the command line.") from error
    _check_size(len(faces))
    return faces


def _check_columns(names: list[str]) -> None:
    if wrong := [column for column in (*NUMBERS, "gender") if names.count(column) != 1]:
        raise TableError(f"This is not a table of faces. It must have exactly one column named {', '.join(wrong)}.")


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
        raise TableError(f"The table is too large. The limit is {MAX_FACES:,} faces.")
