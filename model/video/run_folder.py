"""What a run over videos keeps on disk: its request, and for each video the parts that are finished.

For `people.csv` the folder `people.csv.parts` holds

    run.json               what was requested, and with which model
    lock                   held by the process that runs
    0/state.pickle         of the first video: how far it is analysed, and who is in view then; written last
    0/people-00000.json    who left in the first ten seconds
    0/faces-00000.parquet  the faces of their frames, with --faces
    0/video-00000.nut      the annotated frames, with --annotated

All files are written whole or not at all, so a run that was killed resumes after its last finished part.
"""

import json
import math
import pickle
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from model.batch.run_folder import SCHEMA
from model.errors import UserError
from model.estimator import read_provenance
from model.provenance import sha256_of
from model.run_lock import locked
from model.video.people import People, Row
from model.video.pooling import POOLING_PATH
from model.writing import atomic_write, atomic_write_text

FACE_SCHEMA = SCHEMA.append(pa.field("second", pa.float64())).append(pa.field("person", pa.int32()))
"""The columns of the table of all faces with their types."""


class VideoRunError(UserError):
    """A run cannot start or resume."""


@dataclass
class State:
    """How far a video is analysed.

    people: who has been seen.
    begun: when the analysis began, seconds since 1970: the beginning of a stream.
    reached: time of the last frame in a finished part, seconds.
    parts: number of finished parts.
    size: width and height of the annotated video, pixels.
    done: whether nothing is left to do.
    fault: one sentence for people if the video, or the rest of it, could not be read.
    """

    people: People
    begun: float = field(default_factory=time.time)
    reached: float = -math.inf
    parts: int = 0
    size: tuple[int, int] | None = None
    done: bool = False
    fault: str = ""


class VideoFolder:
    """The part of a run's folder that belongs to one video."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state = path / "state.pickle"

    def load(self) -> State | None:
        """The state of an earlier run; None if there is none."""
        if not self._state.exists():
            return None
        state: State = pickle.loads(self._state.read_bytes())  # noqa: S301  # written by this program
        return state

    def video_part(self, number: int) -> Path:
        """Where the annotated frames of a part go."""
        return self._path / f"video-{number:05d}.nut"

    def keep(self, state: State, people: list[Row], faces: list[Row] | None) -> None:
        """Writes a part, and the state after it."""
        atomic_write_text(self._path / f"people-{state.parts:05d}.json", json.dumps(people))
        if faces is not None:
            with atomic_write(self._faces(state.parts)) as partial:
                pq.write_table(pa.Table.from_pylist(faces, FACE_SCHEMA), partial)
        state.parts += 1
        with atomic_write(self._state) as partial:
            partial.write_bytes(pickle.dumps(state))

    def people(self, parts: int) -> list[Row]:
        """The people of so many parts, in the order in which they appeared."""
        files = (self._path / f"people-{number:05d}.json" for number in range(parts))
        return sorted((row for file in files for row in json.loads(file.read_text())), key=lambda row: row["person"])

    def face_parts(self, parts: int) -> Iterator[pa.Table]:
        """The faces of each part."""
        return (pq.read_table(self._faces(number)).cast(FACE_SCHEMA) for number in range(parts))

    def video_parts(self, parts: int) -> list[Path]:
        """The annotated parts; a part without a frame has none."""
        return [path for path in map(self.video_part, range(parts)) if path.exists()]

    def _faces(self, number: int) -> Path:
        return self._path / f"faces-{number:05d}.parquet"


class RunFolder:
    """The folder of a run.

    Args:
        output: the table of people that the run will write.
        request: what distinguishes this run from others, as JSON values.

    Raises:
        VideoRunError: if the table already exists.
        ModelError: if the model or its calibration is missing or unreadable.
        OSError: if the folder cannot be written.
    """

    def __init__(self, output: Path, request: dict[str, Any]) -> None:
        self._folder = output.with_name(f"{output.name}.parts")
        self._output = output
        self._plan = self._folder / "run.json"
        self._request = json.loads(json.dumps(request | {"model": _model()}))
        if not self._plan.exists():
            if output.exists():
                raise VideoRunError(f"{output} already exists. Move it, or choose another --output.")
            self._folder.mkdir(parents=True, exist_ok=True)

    def begin(self) -> None:
        """Notes the request, or checks that the one that is noted is the same.

        Raises:
            VideoRunError: if the folder belongs to another run.
        """
        if self._plan.exists():
            if json.loads(self._plan.read_text()) != self._request:
                raise VideoRunError(
                    f"{self._folder} belongs to another run: of other videos, with other options, or with another "
                    "model or version. Delete it to start again, or choose another --output."
                )
            return
        for leftover in self._folder.glob("[0-9]*"):  # of a run that was killed while it cleaned up
            shutil.rmtree(leftover)
        atomic_write_text(self._plan, json.dumps(self._request, indent=2))

    def of(self, video: int) -> VideoFolder:
        """The folder of a video, counted from 0."""
        return VideoFolder(self._folder / str(video))

    def locked(self) -> AbstractContextManager[None]:
        """Keeps other processes out.

        Raises:
            VideoRunError: if another process is already writing this table.
        """
        return locked(self._folder, self._output, VideoRunError)

    def remove(self) -> None:
        """Removes the folder; the request first, so that no run resumes with half of the parts."""
        self._plan.unlink()
        shutil.rmtree(self._folder)


def _model() -> dict[str, str]:
    """Version, model and calibrations, so that one table never mixes two models, nor two versions of the state."""
    return {**read_provenance().columns, "pooling_sha256": sha256_of(POOLING_PATH)}
