"""Names of visitors' files, made safe for pages written in Markdown."""

import re
import string
from pathlib import PurePath


def as_code(name: str) -> str:
    """A file name as Markdown code, which shows every character as it is.

    Nothing in code becomes a link, a picture, a formula or HTML, whoever named the file.
    """
    line = " ".join(name.split())
    ticks = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{ticks} {line} {ticks}" if "`" in line else f"`{line}`"


def as_text(sentence: str) -> str:
    """A sentence that may contain names of files, as Markdown that shows every character as it is."""
    return re.sub(f"([{re.escape(string.punctuation)}])", r"\\\1", " ".join(sentence.split()))


def unused_name(name: str, taken: set[str]) -> str:
    """The name, or `name (2).jpg` and so on if it is taken."""
    path, number, candidate = PurePath(name), 1, name
    while candidate in taken:
        number += 1
        candidate = f"{path.stem} ({number}){path.suffix}"
    return candidate
