"""The true ages of one's own photos: from a CSV table, from dates in it, or from the names of the files."""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from model.errors import UserError
from model.labels import GENDERS, MAX_AGE

GENDER_WORDS = {"male": "male", "m": "male", "man": "male", "female": "female", "f": "female", "woman": "female"}
PLACES = {"age": r"(?P<age>\d{1,3})", "gender": r"(?P<gender>[^\W_]+)", "group": r"(?P<group>[^_]+?)", "*": ".*?"}
"""What the parts of a file-name pattern in braces stand for."""

DAYS_A_YEAR = 365.2425


class LabelError(UserError):
    """The labels cannot be used; the message says which line or name, and what is expected."""


def read_labels(path: Path) -> pd.DataFrame:
    """Labels from a CSV table with the columns `file` and `age`, or `born` and `taken`, and maybe `gender` and `group`.

    Dates are written 2001-12-31, or 2001 where only the year is known. Columns are separated by commas, semicolons or
    tabs.

    Returns:
        `file` (relative to the folder of the photos), `age` (years), `gender` ("male", "female" or None) and `group`
        (text or None); a row a line.

    Raises:
        LabelError: if the file is missing, or a column or value is not what it has to be.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path} cannot be read as a table of labels. Save it as CSV in UTF-8.") from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    names = [str(name).strip().lower() for name in reader.fieldnames or []]
    if "file" not in names or not ("age" in names or {"born", "taken"} <= set(names)):
        raise LabelError(f"{path} needs the columns file and age, or file, born and taken. It has: {', '.join(names)}.")
    reader.fieldnames = names
    rows = [_row(row, f"line {number} of {path.name}") for number, row in enumerate(reader, 2)]
    return _table(rows, str(path))


def labels_from_names(files: Iterable[Path], folder: Path, pattern: str) -> pd.DataFrame:
    """Labels from file names such as `Ana_34_female.jpg` by a pattern such as `{*}_{age}_{gender}`.

    Args:
        files: the photos, inside `folder`.
        folder: the names are relative to it.
        pattern: of the name without its ending; `{age}`, and if wanted `{gender}`, `{group}` and `{*}` for the rest.

    Raises:
        LabelError: if the pattern has no age or another word in braces, or fits no file.
    """
    parts = re.split(r"(\{[^}]*\})", pattern)
    words = [part[1:-1] for part in parts if part.startswith("{")]
    if "age" not in words or set(words) - set(PLACES) or len(words) != len(set(words) - {"*"}) + words.count("*"):
        allowed = ", ".join(f"{{{word}}}" for word in PLACES)
        raise LabelError(f"The pattern {pattern!r} must contain {{age}} once, and no words in braces but {allowed}.")
    form = re.compile("".join(PLACES[part[1:-1]] if part.startswith("{") else re.escape(part) for part in parts))
    matches = ((file, form.fullmatch(file.stem)) for file in files)
    rows = [
        _row(match.groupdict() | {"file": str(file.relative_to(folder))}, f"the name {file.name}")
        for file, match in matches
        if match
    ]
    return _table(rows, f"the pattern {pattern!r}")


def age_between(born: str, taken: str) -> float:
    """Years between two dates; a year alone stands for its middle.

    Raises:
        ValueError: if one of them is no date, or the second is before the first.
    """
    days = (_date(taken) - _date(born)).days
    if days < 0:
        raise ValueError(taken)
    return days / DAYS_A_YEAR


def _date(text: str) -> date:
    text = text.strip()
    return date(int(text), 7, 1) if re.fullmatch(r"\d{4}", text) else date.fromisoformat(text)


def _row(row: Mapping[str, str | None], where: str) -> dict[str, object]:
    """A checked label; `where` it stands is said in errors."""
    values = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    if not values.get("file"):
        raise LabelError(f"The file is missing in {where}.")
    try:
        age = float(values["age"]) if values.get("age") else age_between(values["born"], values["taken"])
    except (KeyError, ValueError) as error:
        raise LabelError(f"The age in {where} is neither a number of years nor two dates like 2001-12-31.") from error
    if not (math.isfinite(age) and 0 <= age <= MAX_AGE):
        raise LabelError(f"The age in {where} must be from 0 to {MAX_AGE} years. It is {age:g}.")
    gender = values.get("gender", "").lower()
    if gender and gender not in GENDER_WORDS:
        raise LabelError(f"The gender in {where} must be male, female or empty. It is {gender!r}.")
    return {
        "file": values["file"],
        "age": age,
        "gender": GENDER_WORDS.get(gender),
        "group": values.get("group") or None,
    }


def _table(rows: list[dict[str, object]], source: str) -> pd.DataFrame:
    if not rows:
        raise LabelError(f"There are no labels in {source}.")
    table = pd.DataFrame(rows, columns=["file", "age", "gender", "group"])
    if (twice := table["file"][table["file"].duplicated()]).size:
        raise LabelError(f"{source} has two labels for {twice.iloc[0]}. Keep one.")
    return table.assign(gender=pd.Categorical(table["gender"], GENDERS))
