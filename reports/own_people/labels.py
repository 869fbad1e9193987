"""The true ages of one's own photos: from a CSV table, from dates in it, or from the names of the files."""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path, PurePath

import pandas as pd

from model.errors import UserError
from model.labels import GENDERS, MAX_AGE

GENDER_WORDS = {"male": "male", "m": "male", "man": "male", "female": "female", "f": "female", "woman": "female"}
DATE = r"\d{4}(?:-\d\d){0,2}"
PLACES = {
    "age": r"(?P<age>\d{1,3})",
    "born": f"(?P<born>{DATE})",
    "taken": f"(?P<taken>{DATE})",
    "gender": r"(?P<gender>[^\W_]+)",
    "group": r"(?P<group>[^_]+?)",
    "*": ".*?",
}
"""What the parts of a file-name pattern in braces stand for."""

DAYS_A_YEAR = 365.2425


class LabelError(UserError):
    """The labels cannot be used; the message says which line or name, and what is expected."""


def read_labels(path: Path) -> pd.DataFrame:
    """Labels from a CSV file, as `parse_labels` describes them.

    Raises:
        LabelError: if the file is missing, or a column or value is not what it has to be.
    """
    try:
        return parse_labels(path.read_bytes(), str(path))
    except OSError as error:
        raise _unreadable(str(path)) from error


def parse_labels(content: bytes, name: str) -> pd.DataFrame:
    """Labels from a CSV table with the columns `file` and `age`, or `born` and `taken`, and maybe `gender` and `group`.

    Dates are written 2001-12-31, or 2001-12 or 2001 where only that is known. Columns are separated by commas,
    semicolons or tabs.

    Args:
        content: of the file, text in UTF-8.
        name: of the file, for errors.

    Returns:
        `file` (relative to the folder of the photos), `age` (years), `gender` ("male", "female" or None) and `group`
        (text or None); one row per line.

    Raises:
        LabelError: if a column or value is not what it has to be.
    """
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
        names = [str(column).strip().lower() for column in reader.fieldnames or []]
        if "file" not in names or not ("age" in names or {"born", "taken"} <= set(names)):
            found = f"It has: {', '.join(names)}." if names else "It is empty."
            raise LabelError(f"{name} needs the columns file and age, or file, born and taken. {found}")
        reader.fieldnames = names
        rows = [_row(row, f"line {number} of {PurePath(name).name}") for number, row in enumerate(reader, 2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(name) from error
    return _table(rows, name)


def labels_from_names(names: Iterable[str], pattern: str) -> pd.DataFrame:
    """Labels from file names such as `Ana_34_female.jpg` by a pattern such as `{*}_{age}_{gender}`.

    Args:
        names: of the photos, with folders where they are in some; those that do not fit are left out.
        pattern: of the name without its ending: `{age}`, or `{born}` and `{taken}`; if wanted `{gender}`, `{group}`,
            and `{*}` for the rest.

    Raises:
        LabelError: if the pattern says no age or has another word in braces, or fits no file.
    """
    parts = re.split(r"(\{[^}]*\})", pattern)
    words = [part[1:-1] for part in parts if part.startswith("{")]
    says_age = "age" in words or {"born", "taken"} <= set(words)
    if not says_age or set(words) - set(PLACES) or len(words) != len(set(words) - {"*"}) + words.count("*"):
        raise LabelError(
            f"The pattern {pattern!r} must contain {{age}}, or {{born}} and {{taken}}; other words in braces are "
            "{gender} and {group}, each once, and {*}."
        )
    form = re.compile("".join(PLACES[part[1:-1]] if part.startswith("{") else re.escape(part) for part in parts))
    matches = ((name, form.fullmatch(PurePath(name).stem)) for name in names)
    rows = [_row(match.groupdict() | {"file": name}, f"the name {name}") for name, match in matches if match]
    if not rows:
        raise LabelError(f"The pattern {pattern!r} fits none of the file names. Change the pattern or the names.")
    return _table(rows, f"the pattern {pattern!r}")


def age_between(born: str, taken: str) -> float:
    """Years between two dates; a month or a year alone stands for its middle.

    Raises:
        ValueError: if one of them is no date, or the second is before the first.
    """
    days = (_date(taken) - _date(born)).days
    if days < 0:
        raise ValueError(taken)
    return days / DAYS_A_YEAR


def _date(text: str) -> date:
    text = text.strip()
    middle = "-07-01" if re.fullmatch(r"\d{4}", text) else "-15" if re.fullmatch(r"\d{4}-\d\d", text) else ""
    return date.fromisoformat(text + middle)


def _row(row: Mapping[str, str | None], where: str) -> dict[str, object]:
    """A checked label; `where` it stands is said in errors."""
    values = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    if not values.get("file"):
        raise LabelError(f"The file is missing in {where}.")
    try:
        years = values.get("age", "").replace(",", ".")
        age = float(years) if years else age_between(values["born"], values["taken"])
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


def _unreadable(name: str) -> LabelError:
    return LabelError(f"{name} cannot be read as a table of labels. Save it as CSV in UTF-8.")


def _table(rows: list[dict[str, object]], source: str) -> pd.DataFrame:
    if not rows:
        raise LabelError(f"There are no labels in {source}.")
    # As objects: other kinds of text refuse a file name that is not UTF-8.
    table = pd.DataFrame(rows, columns=["file", "age", "gender", "group"], dtype=object).astype({"age": float})
    if (twice := table["file"][table["file"].duplicated()]).size:
        raise LabelError(f"{source} has two labels for {twice.iloc[0]}. Keep one.")
    return table.assign(gender=pd.Categorical(table["gender"], GENDERS))
