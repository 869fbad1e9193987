"""One part of a large run: some files, and what was found in them. Every engine turns one into the other here."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import UserError, not_analysed
from model.face import Face
from model.files import printable
from model.formats import rows
from model.image import ImageError, OutOfMemoryError, read_image
from model.predictor import Predictor

PART_SIZE = 32
"""Photos in a part: the most that an interruption costs a worker, and the most results that it holds in memory."""


class AnnotationError(UserError):
    """A run cannot start or continue."""


@dataclass(frozen=True)
class Part:
    """Photos that are analysed together.

    number: counted from 0 over the whole run.
    directory: what relative paths are relative to.
    files: paths as they appear in the table of faces.
    """

    number: int
    directory: Path
    files: tuple[str, ...]


@dataclass(frozen=True)
class Annotations:
    """What was found in a part.

    faces: rows with the keys of `model.face.COLUMNS`, in the order of the files, the largest face of each first.
    photos: number of files that were read.
    photos_without_face: number of those without a face.
    unreadable: file and reason for each file that was not.
    """

    faces: list[dict[str, str | int | float]]
    photos: int
    photos_without_face: int
    unreadable: list[tuple[str, str]]


def annotate_part(predictor: Predictor, part: Part) -> Annotations:
    """Analyses the photos of a part, the faces of several photos in one batch.

    Raises:
        AnnotationError: if memory ran out, for which the photos must not be recorded as unreadable.
    """
    try:
        return _annotate(predictor, part.directory, part.files)
    except AnnotationError:
        raise
    except Exception:  # one odd photo must not end a run over a hundred thousand: find it, and continue without it
        return _merged([_annotate_alone(predictor, part.directory, file) for file in part.files])


def _annotate(predictor: Predictor, directory: Path, files: tuple[str, ...]) -> Annotations:
    readable: list[str] = []
    unreadable: list[tuple[str, str]] = []

    def images() -> Iterator[NDArray[np.uint8]]:
        for file in files:
            try:
                image = read_image(directory / file)
            except OutOfMemoryError:
                raise _out_of_memory(file) from None
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
    except AnnotationError:
        raise
    except MemoryError:
        raise _out_of_memory(file) from None
    except Exception as error:
        return Annotations([], 0, 0, [(printable(Path(file)), str(not_analysed(error)))])


def _out_of_memory(file: str) -> AnnotationError:
    return AnnotationError(
        f"Memory ran out at {printable(Path(file))}. Run the same command again to resume, with fewer --workers, or "
        "move the photo away first."
    )


def _merged(several: list[Annotations]) -> Annotations:
    return Annotations(
        [row for one in several for row in one.faces],
        sum(one.photos for one in several),
        sum(one.photos_without_face for one in several),
        [file for one in several for file in one.unreadable],
    )
