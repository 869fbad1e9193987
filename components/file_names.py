"""Names of visitors' files, made safe for pages written in Markdown."""

import re


def as_code(name: str) -> str:
    """A file name as Markdown code, which shows every character as it is.

    Nothing in code becomes a link, a picture, a formula or HTML, whoever named the file.
    """
    line = " ".join(name.split())
    ticks = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{ticks} {line} {ticks}" if "`" in line else f"`{line}`"
