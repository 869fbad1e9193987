"""Files that are written whole or not at all, and what to say when one cannot be."""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

MAX_NAME = 255
"""Bytes in the name of a file, on the file systems of Linux, macOS and (in characters) Windows."""


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
    path = Path(os.path.realpath(path))  # a link keeps pointing to its file
    if path.exists() and not path.is_file():
        yield path
        return
    _make_folder(path)
    name = _short(path.name)
    partial = path.with_name(f".{name}.{os.getpid()}.partial" if concurrent else f".{name}.partial")
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


def check_writable(path: Path) -> None:
    """Returns if `atomic_write` could write the file now: for commands to find out before they start to work.

    Folders are made as needed; nothing else is left behind.

    Raises:
        OSError: if it could not.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists():
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        if not path.is_file():
            return
    _make_folder(path)
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        error.filename = str(path)
        raise


def _make_folder(path: Path) -> None:
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(parents=True)


def _short(name: str) -> str:
    """The name, or its hash where there is no room for anything beside it."""
    encoded = os.fsencode(name)
    return name if len(encoded) <= MAX_NAME - 40 else hashlib.sha256(encoded).hexdigest()


def describe_os_error(error: OSError) -> str:
    """What failed, in the words of the system: "faces.csv: No space left on device"."""
    reason = os.strerror(error.errno) if error.errno else str(error)  # Arrow and HDF5 wrap it in their own words
    return f"{error.filename}: {reason}" if error.filename else reason
