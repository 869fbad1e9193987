"""Finds pictures in folders, and turns paths into text that any file format can store."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from model.image import SUFFIXES

COPIES = frozenset(
    name.lower()
    for name in ("__MACOSX", "@eaDir", "#recycle", "@Recycle", "#snapshot", "$RECYCLE.BIN", "System Volume Information")
)
"""Folders that systems and storage devices make beside photos: thumbnails, deleted and older copies; in lower case."""


def find_images(paths: list[Path], leave_out: Callable[[Path], object] = lambda _: None) -> Iterator[Path]:
    """Every file given, whatever its suffix, and every picture in the folders given, sorted by name.

    As photo managers do, hidden pictures and folders are left out (a dot begins their name, as in `.thumbnails` or in
    the resource forks of macOS, `._photo.jpg`), and so are those in `COPIES`: a face would count twice. Links to
    folders are not followed, since they can form a loop. What cannot be looked at is given, too, so that whoever reads
    it says why.

    Folders are searched one after another, so that only the names of one folder are in memory at a time.

    Args:
        paths: of files and folders; they are never left out themselves.
        leave_out: called with each picture and folder that is left out.
    """
    for path in paths:
        if path.is_dir():
            yield from _search(path, leave_out)
        else:
            yield path


def printable(path: Path) -> str:
    """The path as valid text: bytes that are not UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", errors="replace")


def _search(folder: Path, leave_out: Callable[[Path], object]) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            found = sorted((entry.name, entry.is_dir(follow_symlinks=False), _may_be_file(entry)) for entry in entries)
    except OSError:
        yield folder
        return
    for name, is_folder, is_file in found:
        is_picture = is_file and Path(name).suffix.lower() in SUFFIXES
        if (is_folder or is_picture) and (name.startswith(".") or (is_folder and name.lower() in COPIES)):
            leave_out(folder / name)
        elif is_folder:
            yield from _search(folder / name, leave_out)
        elif is_picture:
            yield folder / name


def _may_be_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file, or a link in a loop, which is none but is named like one."""
    try:
        return entry.is_file()
    except OSError:
        return True
