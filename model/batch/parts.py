"""A part of a large run: some files, and what was found in them. Every engine turns one into the other here."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import UserError
from model.face import Face
from model.files import printable
from model.formats import rows
from model.image import ImageError, read_image
from model.predictor import Predictor

PART_SIZE = 32
"""Photos in a part: all that a cut-off can cost a worker, and all that it holds at a time beside one photo."""


class AnnotationError(UserError):
    """A run cannot begin or go on; the message says why and what to do."""


@dataclass(frozen=True)
class Part:
    """Photos that are judged together.

    number: counted from 0 over the whole run.
    directory: what relative paths start from.
    files: paths as they stand in the table of faces.
    """

    number: int
    directory: Path
    files: tuple[str, ...]


@dataclass(frozen=True)
class Annotations:
    """What was found in a part.

    faces: rows with the keys of `model.face.COLUMNS`, in the order of the files, the largest face of each first.
    photos: how many files were read.
    photos_without_face: how many of those show no face.
    unreadable: file and reason of each of the others.
    """

    faces: list[dict[str, str | int | float]]
    photos: int
    photos_without_face: int
    unreadable: list[tuple[str, str]]


def annotate_part(predictor: Predictor, part: Part) -> Annotations:
    """Judges the photos of a part, faces of several of them in one batch."""
    try:
        return _annotate(predictor, part.directory, part.files)
    except Exception:  # one odd photo must not end a run over a hundred thousand: find it, and go on without it
        return _joined([_annotate_alone(predictor, part.directory, file) for file in part.files])


def _annotate(predictor: Predictor, directory: Path, files: tuple[str, ...]) -> Annotations:
    readable: list[str] = []
    unreadable: list[tuple[str, str]] = []

    def images() -> Iterator[NDArray[np.uint8]]:
        for file in files:
            try:
                image = read_image(directory / file)
            except ImageError as error:
                unreadable.append((printable(Path(file)), str(error)))
            else:
                readable.append(printable(Path(file)))
                yield image

    faces: list[list[Face]] = list(predictor.predict_many(images()))
    found = list(rows(zip(readable, faces, strict=True)))
    return Annotations(found, len(readable), sum(not photo for photo in faces), unreadable)


def _annotate_alone(predictor: Predictor, directory: Path, file: str) -> Annotations:
    try:
        return _annotate(predictor, directory, (file,))
    except Exception as error:
        reason = f"The photo was read but could not be judged: {type(error).__name__}: {error}"
        return Annotations([], 0, 0, [(printable(Path(file)), reason)])


def _joined(several: list[Annotations]) -> Annotations:
    return Annotations(
        [row for one in several for row in one.faces],
        sum(one.photos for one in several),
        sum(one.photos_without_face for one in several),
        [file for one in several for file in one.unreadable],
    )
