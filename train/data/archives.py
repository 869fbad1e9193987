"""Image files out of a folder or an archive, however nested."""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from model.errors import UserError

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png"}


class DataError(UserError):
    """The data set cannot be read; the message says what to do."""


def read_files(source: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of all image files in a folder or an archive.

    Raises:
        DataError: if there is no such folder or archive, or it is damaged.
    """
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
                yield path.name, path.read_bytes()
    elif not source.is_file():
        raise DataError(f"{source} does not exist. Pass --data with a folder or archive of UTKFace.")
    elif tarfile.is_tarfile(source):
        yield from _read_tar(source)
    elif zipfile.is_zipfile(source):
        yield from _read_zip(source)
    else:
        raise DataError(f"{source} is neither a folder nor a .tar, .tar.gz or .zip archive.")


def _read_tar(source: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                if Path(member.name).suffix.lower() in IMAGE_SUFFIXES and (file := archive.extractfile(member)):
                    yield Path(member.name).name, file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(f"{source} is damaged ({error}). Download it again.") from error


def _read_zip(source: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(source) as archive:
            for name in archive.namelist():
                if Path(name).suffix.lower() in IMAGE_SUFFIXES:
                    yield Path(name).name, archive.read(name)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{source} is damaged ({error}). Download it again.") from error
