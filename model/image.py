"""Reads a picture from bytes, a path or an open file into an upright RGB array, or says why it cannot."""

import io
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from model.reading.channel import MAX_BYTES, too_many_bytes
from model.reading.colours import to_array
from model.reading.decoding import MAX_PIXELS
from model.reading.errors import (
    DAMAGED,
    ImageError,
    ImageTooLargeError,
    NotAnImageError,
    OutOfMemoryError,
    ReadingInterruptedError,
    UnsupportedImageError,
)
from model.reading.formats import FORMATS, SUFFIXES
from model.reading.process import decode_apart
from model.reading.watching import Cancelled

__all__ = [
    "DAMAGED",
    "FORMATS",
    "MAX_PIXELS",
    "SUFFIXES",
    "ImageError",
    "ImageTooLargeError",
    "NotAnImageError",
    "OutOfMemoryError",
    "ReadingInterruptedError",
    "UnsupportedImageError",
    "read_image",
    "to_array",
]

FOLDER_CLOSED = "The folder cannot be searched: permission denied."

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO


def read_image(source: Source, max_pixels: int = MAX_PIXELS, cancelled: Cancelled = lambda: False) -> NDArray[np.uint8]:
    """Reads a picture as a person sees it.

    EXIF orientation is applied; of an animation the first frame that shows something is taken; embedded colour
    profiles are converted to sRGB; grey, palette, CMYK and deeper pictures become 8-bit RGB; transparent parts become
    white. A JPEG that lacks no more than its last bytes is read.

    Args:
        source: a path; the content of a file in JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC/HEIF or AVIF; or an open binary
            file, which is read from its start if it can be rewound.
        max_pixels: larger pictures are refused before they are decoded. Kinds that take more memory per pixel have
            lower limits of their own.
        cancelled: asked ten times a second whether the picture is not wanted any more.

    Returns:
        (height, width, 3), RGB, 0-255.

    Raises:
        NotAnImageError: if it is not a picture.
        UnsupportedImageError: if it is one of a kind that is not decoded.
        ImageTooLargeError: if it has more than `max_pixels` pixels, or takes more time or memory than is allowed.
        OutOfMemoryError: if memory runs out, which says nothing about the picture.
        ReadingInterruptedError: if it was cancelled.
        ImageError: if it is missing, empty or damaged.
        TypeError: if `source` is nothing of that.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return decode_apart(io.BytesIO(source), max_pixels, cancelled)
    if isinstance(source, str | os.PathLike):
        return _read_path(Path(source), max_pixels, cancelled)
    return _read_file(source, max_pixels, cancelled)


def _read_path(path: Path, max_pixels: int, cancelled: Cancelled) -> NDArray[np.uint8]:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise too_many_bytes()
            return decode_apart(file, max_pixels, cancelled)
    except FileNotFoundError:
        raise ImageError("The file does not exist.") from None
    except IsADirectoryError:
        reason = "This is a folder, not a picture." if _can_be_searched(path) else FOLDER_CLOSED
        raise ImageError(reason) from None
    except PermissionError:
        raise ImageError("The file cannot be read: permission denied.") from None
    except (
        OSError
    ) as error:  # a disk that fails, a network drive that is gone, a name that is too long, links in a loop
        raise ImageError(f"The file cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # a path with a null character
        raise ImageError("The file does not exist.") from error


def _read_file(file: BinaryIO, max_pixels: int, cancelled: Cancelled) -> NDArray[np.uint8]:
    if not hasattr(file, "read") or isinstance(file, io.TextIOBase):
        raise TypeError(
            f"`source` must be a path, bytes or a file opened in binary mode. Received: {type(file).__name__}"
        )
    try:
        if hasattr(file, "seek") and (not hasattr(file, "seekable") or file.seekable()):
            file.seek(0)
        return decode_apart(file, max_pixels, cancelled)
    except io.UnsupportedOperation as error:
        raise ImageError("The file is not open for reading.") from error
    except OSError as error:
        raise ImageError(f"The file cannot be read: {error.strerror or error}.") from error


def _can_be_searched(folder: str | os.PathLike[str]) -> bool:
    try:
        os.scandir(folder).close()
    except OSError:
        return False
    return True
