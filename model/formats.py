"""The faces of several photos as CSV, JSON or a table for people, as the command line and the app write them."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from model.console import visible
from model.face import COLUMNS, Face, to_json, to_row
from model.provenance import Provenance

Found = Iterable[tuple[str, Sequence[Face]]]
"""File names with the faces found in each."""

INVISIBLE = "".join(chr(code) for code in range(33)) + "\x7f\x85\xa0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Spaces, control characters and what has no width, after NFKC has made all other spaces plain ones."""


def rows(found: Found) -> Iterator[dict[str, str | int | float]]:
    """One row per face, with the keys of `COLUMNS`."""
    for file, faces in found:
        for number, face in enumerate(faces, start=1):
            yield to_row(face, file, number)


def as_csv(found: Found, provenance: Provenance | None = None) -> str:
    """One line per face below a line of column names; file names as `safe_cell` gives them.

    Args:
        found: the photos.
        provenance: which model to name in further columns of every row, so that rows still say it when tables are
            merged.
    """
    text = io.StringIO()
    model = provenance.columns if provenance else {}
    writer = csv.DictWriter(text, [*COLUMNS, *model], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "file": safe_cell(str(row["file"])), **model} for row in rows(found))
    return text.getvalue()


def safe_cell(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet would run it as a formula.

    Otherwise whoever names a file could run formulas in the spreadsheet of whoever opens the CSV. The characters are
    those of OWASP's page on CSV injection, also in their full-width forms and after spaces and invisible characters,
    which some spreadsheets drop. Carriage returns, which Python's CSV writer does not quote and which would start a new
    row, become spaces.
    """
    seen = unicodedata.normalize("NFKC", text).lstrip(INVISIBLE)
    apostrophe = "'" if seen.startswith(("=", "+", "-", "@")) or text.startswith(("\t", "\r", "\n")) else ""
    return apostrophe + text.replace("\r", " ")


def as_json(found: Found, provenance: Provenance) -> str:
    """The model, and a list with one entry per photo, including those without a face."""
    photos = [{"file": file, "faces": [to_json(face) for face in faces]} for file, faces in found]
    return json.dumps({"model": provenance.to_json(), "photos": photos}, indent=2, ensure_ascii=False) + "\n"


def as_table(found: Found) -> str:
    """Aligned columns for people; control characters in file names are made `visible`."""
    header = ("file", "face", "age", "80% interval", "gender", "probability", "warnings")
    lines = [header, *(_cells(file, number, face) for file, faces in found for number, face in enumerate(faces, 1))]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded) + "\n"


def _cells(file: str, number: int, face: Face) -> tuple[str, ...]:
    interval = f"{face.age_low:.0f} to {face.age_high:.0f}"
    probability = f"{face.gender_probability:.0%} {face.gender}"
    age, warnings = f"{face.age:.0f}", ", ".join(face.warnings)
    return visible(file), str(number), age, interval, face.stated_gender, probability, warnings
