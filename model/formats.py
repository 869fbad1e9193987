"""The faces of several photos as CSV, JSON or a table for people: what the command line and the app write."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from model.face import COLUMNS, Face, to_json, to_row

Found = Iterable[tuple[str, Sequence[Face]]]
"""File names with the faces found in each."""


def rows(found: Found) -> Iterator[dict[str, str | int | float]]:
    """A row a face, with the keys of `COLUMNS`."""
    for file, faces in found:
        for number, face in enumerate(faces, start=1):
            yield to_row(face, file, number)


def as_csv(found: Found) -> str:
    """A line a face under a line of column names."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(found))
    return text.getvalue()


def as_json(found: Found) -> str:
    """A list with an entry a photo, those without a face included."""
    photos = [{"file": file, "faces": [to_json(face) for face in faces]} for file, faces in found]
    return json.dumps(photos, indent=2, ensure_ascii=False) + "\n"


def as_table(found: Found) -> str:
    """Aligned columns for people."""
    header = ("file", "face", "age", "80% interval", "gender", "probability")
    lines = [header, *(_cells(row) for row in rows(found))]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded) + "\n"


def _cells(row: dict) -> tuple[str, str, str, str, str, str]:
    interval = f"{row['age_low']:.0f} to {row['age_high']:.0f}"
    probability = f"{row['gender_probability']:.0%}"
    return row["file"], str(row["face"]), f"{row['age']:.0f}", interval, row["gender"], probability
