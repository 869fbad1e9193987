"""The steps of `python -m model predict`: which photos, what is found in one, and its copy with the faces marked."""

import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alignment import CHIP_SIZE
from model.drawing import annotated_jpeg
from model.errors import UserError, not_analysed
from model.face import Face
from model.files import find_images
from model.predictor import Predictor
from model.writing import MAX_NAME, atomic_write, describe_os_error


def find_faults(paths: list[Path]) -> dict[Path, str]:
    """The paths that do not exist or cannot be looked up, each with the reason."""
    faults = {}
    for path in paths:
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            faults[path] = "The file does not exist."
        except OSError as error:
            faults[path] = f"The file cannot be opened: {error.strerror}."
    return faults


def find_photos(
    paths: list[Path], annotated: Path | None, leave_out: Callable[[Path], object] = lambda _: None
) -> tuple[list[Path], int]:
    """The photos to analyse, and the number of pictures left out because they are in the folder `annotated`.

    There, an earlier run may have written its marked copies. Pictures that are named themselves are never left out.
    `leave_out` is called for what `find_images` leaves out.
    """
    files = list(find_images(paths, leave_out))
    if annotated is None:
        return files, 0
    named, written = set(paths), os.path.realpath(annotated)
    photos = [file for file in files if file in named or not Path(os.path.realpath(file)).is_relative_to(written)]
    return photos, len(files) - len(photos)


def analyse(predictor: Predictor, image: NDArray[np.uint8], aligned: bool) -> list[Face]:
    """The faces of a photo, or the one face of a chip.

    Raises:
        UserError: if that fails: one odd photo must not cost the results of the others.
    """
    try:
        return predictor.predict_aligned(_as_chips(image)) if aligned else predictor.predict(image)
    except MemoryError:
        raise UserError(
            "There is not enough memory to analyse the photo. Make it smaller, or try again later."
        ) from None
    except Exception as error:
        raise not_analysed(error) from error


def write_annotated(folder: Path, photo: Path, image: NDArray[np.uint8], faces: list[Face]) -> None:
    """Writes the photo with its faces marked, under its own name or one that is still free; uses up its pixels.

    Raises:
        UserError: if it cannot be written.
    """
    try:
        with atomic_write(_free_path(folder, photo.stem)) as partial:
            partial.write_bytes(annotated_jpeg(image, faces))
    except OSError as error:
        raise UserError(f"The annotated photo cannot be written: {describe_os_error(error)}.") from error


def _as_chips(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole picture as one chip."""
    if image.shape[:2] != (CHIP_SIZE, CHIP_SIZE):
        image = cv2.resize(image, (CHIP_SIZE, CHIP_SIZE), interpolation=cv2.INTER_AREA)
    return image[None]


def _free_path(folder: Path, stem: str) -> Path:
    """A name that is still free, since pictures in two folders may have the same name."""
    path, number = folder / _fitting(stem, ".jpg"), 2
    while path.exists():
        path, number = folder / _fitting(stem, f"-{number}.jpg"), number + 1
    return path


def _fitting(stem: str, ending: str) -> str:
    """The name, shortened to what file systems allow."""
    while len(os.fsencode(stem + ending)) > MAX_NAME:
        stem = stem[:-1]
    return stem + ending
