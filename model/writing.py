"""Files that are written whole or not at all, and what to say when one cannot be."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to, which takes its place at `path` when all is written.

    Until then what was there stays, also if the process is killed; what that leaves beside it is overwritten by the
    next try.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Writes a text file whole or not at all."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def why(error: OSError) -> str:
    """What failed, in words: "faces.csv: No space left on device"."""
    reason = os.strerror(error.errno) if error.errno else str(error)  # Arrow and HDF5 wrap it in their own words
    return f"{error.filename}: {reason}" if error.filename else reason
