"""What a large run keeps on disk: its plan, a file for each finished part, and at the end the table.

For `faces.parquet` the folder `faces.parquet.parts` holds

    run.json             what was requested, and with which model; written last, so it marks a complete plan
    files.jsonl          the photos, one JSON string per line: fixed when the run starts
    part-0000042.parquet the faces of photos 42 * 32 to 43 * 32 - 1, with the unreadable files in its metadata
    lock                 held by the process that runs

All files are written whole or not at all (`model.writing`), so whatever is there is complete, whenever the process was
killed. Once all parts are there they are merged in order, and the folder is removed.
"""

import csv
import itertools
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from model.batch.parts import PART_SIZE, AnnotationError, Annotations, Part
from model.estimator import MODEL_PATH, read_provenance
from model.files import find_images
from model.formats import safe_cell
from model.run_lock import locked
from model.writing import atomic_write, atomic_write_text

SCHEMA = pa.schema(
    {
        "file": pa.string(),
        "face": pa.int32(),
        "x": pa.int32(),
        "y": pa.int32(),
        "width": pa.int32(),
        "height": pa.int32(),
        "confidence": pa.float64(),
        "age": pa.float64(),
        "age_low": pa.float64(),
        "age_high": pa.float64(),
        "gender": pa.string(),
        "gender_probability": pa.float64(),
        "stated_gender": pa.string(),
        "warnings": pa.string(),
    }
)
"""The columns of `model.face.COLUMNS` with their types; units and ranges as in `model.face.Face`."""

ROW_GROUP = 65_536
"""Rows in memory at a time, both while the parts are merged and when the table is read."""


@dataclass(frozen=True)
class Summary:
    """A run in numbers; the table of faces carries them as metadata under these names, beside those of its model.

    photos: number of files that were read.
    photos_without_face: number of those without a face.
    unreadable: number of files that could not be read.
    faces: number of rows.
    left_out: number of hidden pictures, and of folders that are hidden or have thumbnails, that were not analysed.
    """

    photos: int = 0
    photos_without_face: int = 0
    unreadable: int = 0
    faces: int = 0
    left_out: int = 0


class RunFolder:
    """The folder of one run.

    Args:
        output: the table that the run will write.
        paths: pictures and folders, searched when the run starts and not again when it resumes.
        calibration: a file in place of the one beside the model.

    Raises:
        AnnotationError: if the table already exists.
        ModelError: if the model or its calibration is missing or unreadable.
        OSError: if a folder cannot be searched or the plan cannot be written.
    """

    def __init__(self, output: Path, paths: list[Path], calibration: Path | None = None) -> None:
        self.output = output
        self.unreadable = output.with_suffix(".unreadable.csv")
        self.folder = output.with_name(f"{output.name}.parts")
        self._paths = paths
        self._directory = Path.cwd()
        self._model = read_provenance(MODEL_PATH, calibration).to_metadata()  # so that one table never mixes two models
        self._request = {
            "directory": str(self._directory),
            "paths": [str(path) for path in paths],
            "model": self._model,
            "part_size": PART_SIZE,
            "columns": SCHEMA.names,
        }
        self._plan = self.folder / "run.json"
        self._files = self.folder / "files.jsonl"
        if not self._plan.exists():
            if output.exists():
                raise AnnotationError(f"{output} already exists. Move it, or choose another --output.")
            self.folder.mkdir(parents=True, exist_ok=True)

    def locked(self) -> AbstractContextManager[None]:
        """Keeps other processes out.

        Raises:
            AnnotationError: if another process is already writing this table.
        """
        return locked(self.folder, self.output, AnnotationError)

    def begin(self) -> int:
        """Plans the run, or resumes the plan that is there; returns the number of photos.

        Raises:
            AnnotationError: if the plan is that of another run.
        """
        if self._plan.exists():
            plan = json.loads(self._plan.read_text())
            if plan["request"] != self._request:
                raise AnnotationError(
                    f"{self.folder} belongs to another run: with other paths, from another folder, or with another "
                    "model or version. Delete it to start again, or choose another --output."
                )
            return plan["photos"]
        for leftover in self.folder.glob("part-*"):  # of a run that was killed while it cleaned up
            leftover.unlink()
        photos, left_out = 0, itertools.count()
        with atomic_write(self._files) as partial, partial.open("w", encoding="utf-8") as file:
            for path in find_images(self._paths, lambda _: next(left_out)):
                file.write(json.dumps(str(path)) + "\n")
                photos += 1
        plan = {"request": self._request, "photos": photos, "left_out": next(left_out)}
        atomic_write_text(self._plan, json.dumps(plan, indent=2))
        return photos

    def parts(self) -> Iterator[Part]:
        """All parts of the plan, in order."""
        with self._files.open() as lines:
            for number in itertools.count():
                files = tuple(json.loads(line) for line in itertools.islice(lines, PART_SIZE))
                if not files:
                    return
                yield Part(number, self._directory, files)

    def missing(self) -> Iterator[Part]:
        """The parts that are not finished."""
        return (part for part in self.parts() if not self._part(part.number).exists())

    def keep(self, number: int, found: Annotations) -> None:
        """Writes what was found in a part."""
        about = {
            "photos": str(found.photos),
            "photos_without_face": str(found.photos_without_face),
            "unreadable": json.dumps(found.unreadable),
        }
        with atomic_write(self._part(number)) as partial:
            pq.write_table(pa.Table.from_pylist(found.faces, SCHEMA.with_metadata(about)), partial)

    def finish(self) -> Summary:
        """Merges the parts into the table of faces and the table of unreadable files, and removes the folder."""
        parts = [self._part(part.number) for part in self.parts()]
        left_out = json.loads(self._plan.read_text())["left_out"]
        summary = replace(self._merge_unreadable(parts), left_out=left_out)
        self._merge_faces(parts, summary)
        self._plan.unlink()  # first, so that no run resumes with half of the parts
        shutil.rmtree(self.folder)
        return summary

    def _merge_unreadable(self, parts: list[Path]) -> Summary:
        """Writes the table of unreadable files and adds up the numbers."""
        photos = photos_without_face = unreadable = faces = 0
        with atomic_write(self.unreadable) as partial, partial.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(("file", "reason"))
            for part in parts:
                about = _about(part)
                listed = json.loads(about.metadata[b"unreadable"])
                table.writerows((safe_cell(name), reason) for name, reason in listed)
                photos += int(about.metadata[b"photos"])
                photos_without_face += int(about.metadata[b"photos_without_face"])
                unreadable += len(listed)
                faces += about.num_rows
        return Summary(photos, photos_without_face, unreadable, faces)

    def _merge_faces(self, parts: list[Path], summary: Summary) -> None:
        with atomic_write(self.output) as partial, pq.ParquetWriter(partial, SCHEMA) as writer:
            for tables in _groups(pq.read_table(part).cast(SCHEMA) for part in parts):
                writer.write_table(pa.concat_tables(tables))
            numbers = {name: str(value) for name, value in asdict(summary).items()}
            writer.add_key_value_metadata({**numbers, **self._model})

    def _part(self, number: int) -> Path:
        return self.folder / f"part-{number:07d}.parquet"


def _about(part: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(part)
    except pa.ArrowInvalid as error:
        raise AnnotationError(f"{part} is damaged. Delete it and run the same command again.") from error


def _groups(tables: Iterable[pa.Table]) -> Iterator[list[pa.Table]]:
    """The tables in lists of about `ROW_GROUP` rows."""
    group: list[pa.Table] = []
    for table in tables:
        group.append(table)
        if sum(len(table) for table in group) >= ROW_GROUP:
            yield group
            group = []
    if group:
        yield group
