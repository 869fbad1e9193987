"""Finds pictures in folders, and turns paths into text that any file format can store."""

import os
from collections.abc import Iterator
from pathlib import Path

from model.image import SUFFIXES


def find_images(paths: list[Path]) -> Iterator[Path]:
    """Every file given, whatever its suffix, and every picture in the folders given, sorted by name.

    Folders are searched one after another, so that only the names of one folder are in memory at a time.

    Raises:
        OSError: if a folder cannot be searched.
    """
    for path in paths:
        if path.is_dir():
            yield from _search(path)
        else:
            yield path


def printable(path: Path) -> str:
    """The path as valid text: bytes that are not UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", errors="replace")


def _search(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        # Links to folders are skipped, since they can form a loop.
        found = sorted((entry.name, entry.is_dir(follow_symlinks=False), entry.is_file()) for entry in entries)
    for name, is_folder, is_file in found:
        if is_folder:
            yield from _search(folder / name)
        elif is_file and Path(name).suffix.lower() in SUFFIXES:
            yield folder / name
