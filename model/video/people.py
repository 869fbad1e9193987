"""What is known of each person of a video: all sightings of one face are pooled into one estimate."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from model.face import Face, to_row
from model.formats import safe_cell
from model.inspection.quality import WARNINGS
from model.video.pooling import Pooled, Pooling, quality_of
from model.video.tracking import MIN_SIGHTINGS, Track, Tracker

PERSON_COLUMNS = (
    "file", "person", "first_second", "last_second", "frames", "confidence",
    "age", "age_low", "age_high", "gender", "gender_probability", "stated_gender", "warnings",
)  # fmt: skip
"""The columns of the table of people, one row per person. New ones go to the end."""

MAX_UNSEEN = 2.0
"""How long a person may be hidden or turned away before a return counts as another person, seconds."""

SHOWN_UNSEEN = 0.6
"""How long a hidden person is marked where the face should be, seconds."""

Predict = Callable[[NDArray[np.uint8]], tuple[list[Face], NDArray[np.uint8]]]
"""Finds the faces of an RGB picture, with their chips, as `Predictor.predict_with_chips` does."""

Row = dict[str, str | int | float]
Marks = list[tuple[int, Face]]
"""Numbers of people, and their faces in one frame."""


def write_people(file: TextIO, rows: Iterable[Row]) -> None:
    """Writes the table of people as CSV, with names of files that no spreadsheet takes for a formula."""
    table = csv.DictWriter(file, PERSON_COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(row | {"file": safe_cell(str(row["file"]))} for row in rows)


@dataclass(frozen=True)
class Seen:
    """The people in a frame that was analysed, and its time, seconds."""

    time: float
    marks: Marks


@dataclass(frozen=True)
class Person:
    """A face over the time in which it was in view.

    number: counts the people of a video from 1, in the order in which they appear.
    first, last: of the frames in which the face was seen, seconds from the beginning.
    face: the pooled estimate; box and landmarks are those of the best frame, and its `confidence` is the mean.
    frames: in how many of the frames analysed the face was seen.
    chip: (200, 200, 3), RGB, 0-255, of the best frame.
    """

    number: int
    first: float
    last: float
    face: Face
    frames: int
    chip: NDArray[np.uint8]

    def row(self, file: str) -> Row:
        """The person as a row with the keys of `PERSON_COLUMNS`."""
        values = to_row(self.face, file, self.number)
        values |= {
            "person": self.number,
            "first_second": round(self.first, 2),
            "last_second": round(self.last, 2),
            "frames": self.frames,
        }
        return {column: values[column] for column in PERSON_COLUMNS}


@dataclass
class _Sightings:
    """Those of one track, pooled as they come, so that its memory does not grow."""

    first: float
    number: int | None = None
    last: float = 0.0
    frames: int = 0
    pooled: Pooled = field(default_factory=Pooled)
    confidence: float = 0.0
    warned: Counter[str] = field(default_factory=Counter)
    best: tuple[float, Face, NDArray[np.uint8]] | None = None
    early: list[Row] = field(default_factory=list)

    def add(self, time: float, face: Face, chip: NDArray[np.uint8], pooling: Pooling) -> None:
        weight = self.pooled.add(face, quality_of(np.array(face.landmarks), chip), pooling)
        self.last = time
        self.frames += 1
        self.confidence += face.confidence
        self.warned.update(face.warnings)
        if self.best is None or weight > self.best[0]:
            self.best = weight, face, chip.copy()

    def person(self, number: int, pooling: Pooling) -> Person:
        if self.best is None:
            raise ValueError("a person without a sighting")
        _, best, chip = self.best
        warnings = tuple(code for code in WARNINGS if self.warned[code] > self.frames / 2)
        face = self.pooled.face(best, self.confidence / self.frames, warnings, pooling)
        return Person(number, self.first, self.last, face, self.frames, chip)


class People:
    """Follows the people of one video; not safe to share between threads, and pickled to resume a run.

    Args:
        every: time between frames analysed, seconds; the tracks bridge a gap of at least two of them.
        pooling: how sightings are pooled.
        faces: whether to keep a row for each face.
    """

    def __init__(self, every: float, pooling: Pooling, faces: bool = False) -> None:
        self._tracker = Tracker(max_unseen=max(MAX_UNSEEN, 2.5 * every))
        self._every = every
        self._pooling = pooling
        self._keep_faces = faces
        self._sightings: dict[int, _Sightings] = {}
        self._finished: list[Person] = []
        self._rows: list[Row] = []
        self._next = -np.inf
        self.numbered = 0
        """How many people there were so far."""
        self.frames = 0
        """How many frames were analysed so far."""
        self.last = Seen(-np.inf, [])

    def is_due(self, time: float) -> bool:
        """Whether the frame of this time, seconds, is to be analysed."""
        return time >= self._next - 0.05 * self._every  # times are rounded

    def add(self, time: float, image: NDArray[np.uint8], predict: Predict, file: str = "") -> Marks:
        """Analyses a frame; returns the people in it: their numbers, and faces with steady boxes and estimates.

        Args:
            time: seconds from the beginning.
            image: (height, width, 3), RGB, 0-255.
            predict: finds the faces.
            file: name of the video, for the rows of the faces.
        """
        self._next = max(self._next + self._every, time + self._every / 2) if self.frames else time + self._every
        self.frames += 1
        faces, chips = predict(image)
        shown = self._tracker.update(faces, time)
        for number, index in self._tracker.sighted.items():
            sightings = self._sightings.setdefault(number, _Sightings(time))
            sightings.add(time, faces[index], chips[index], self._pooling)
            if sightings.number is None and sightings.frames >= MIN_SIGHTINGS:
                self.numbered += 1
                sightings.number = self.numbered
            if self._keep_faces:
                sightings.early.append(to_row(faces[index], file, index + 1) | {"second": round(time, 3)})
                self._release_rows(sightings)
        self._finish(self._sightings.keys() - self._tracker.alive)
        in_view = [track for track in shown if time - track.last_seen <= SHOWN_UNSEEN]
        self.last = Seen(time, [(self._number_of(track), track.face) for track in in_view])
        return self.last.marks

    def take_finished(self) -> list[Person]:
        """The people who have left since the last call."""
        finished, self._finished = self._finished, []
        return finished

    def take_rows(self) -> list[Row]:
        """Rows since the last call, one for each face in each frame analysed: those of `to_row`, `second`, `person`."""
        rows, self._rows = self._rows, []
        return rows

    def end(self) -> None:
        """Ends all tracks. If only one frame was analysed, every face in it is a person."""
        if self.frames == 1:
            for sightings in self._sightings.values():
                self.numbered += 1
                sightings.number = self.numbered
                self._release_rows(sightings)
        self._finish(set(self._sightings))

    def current(self) -> list[Person]:
        """Everybody in view, as known so far."""
        seen = self._sightings.values()
        return [one.person(one.number, self._pooling) for one in seen if one.number is not None]

    def _number_of(self, track: Track) -> int:
        number = self._sightings[track.number].number
        assert number is not None  # noqa: S101  # shown tracks have been seen often enough
        return number

    def _release_rows(self, sightings: _Sightings) -> None:
        """Rows wait until it is known that their face is no false detection, which is often gone in the next frame."""
        if sightings.number is not None:
            self._rows += [row | {"person": sightings.number} for row in sightings.early]
            sightings.early.clear()

    def _finish(self, tracks: set[int]) -> None:
        for track in sorted(tracks):
            sightings = self._sightings.pop(track)
            if sightings.number is not None:
                self._finished.append(sightings.person(sightings.number, self._pooling))
