"""Files that are written whole or not at all, and what to say when one cannot be."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def atomic_write(path: Path, concurrent: bool = False) -> Iterator[Path]:
    """A temporary path to write to, which replaces `path` once everything is written and on the disk.

    Until then the old content stays, even if the process is killed or the power fails. What a killed process leaves
    beside it is overwritten by the next attempt. Folders are made as needed. Devices and pipes are written directly.

    Args:
        path: of the file.
        concurrent: whether several processes may write this file at the same time; the last one to finish wins.

    Raises:
        OSError: if the file cannot be written.
    """
    path = path.resolve()  # a link keeps pointing to its file
    if path.exists() and not path.is_file():
        yield path
        return
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(parents=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial" if concurrent else f".{path.name}.partial")
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        if error.filename == str(partial):
            error.filename = str(path)  # the name that people know
        raise
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def atomic_write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 text file whole or not at all.

    Raises:
        OSError: if the file cannot be written.
    """
    with atomic_write(path) as partial:
        partial.write_text(text, encoding="utf-8")


def describe_os_error(error: OSError) -> str:
    """What failed, in the words of the system: "faces.csv: No space left on device"."""
    reason = os.strerror(error.errno) if error.errno else str(error)  # Arrow and HDF5 wrap it in their own words
    return f"{error.filename}: {reason}" if error.filename else reason
