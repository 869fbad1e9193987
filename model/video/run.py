"""Analyses videos one after another, ten seconds at a time, into tables and an annotated video."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq

from model.files import printable
from model.video.annotated import AnnotatedPart, merge
from model.video.following import follow, prefetched
from model.video.frame import Frame
from model.video.live import live_frames
from model.video.people import Marks, People, Predict, write_people
from model.video.pooling import load_pooling
from model.video.run_folder import FACE_SCHEMA, RunFolder, State, VideoFolder
from model.video.source import Video, VideoError
from model.writing import atomic_write

PART = 10.0
"""Seconds of video in a part: the most that an interruption costs."""

LIVE_RATE = Fraction(30)
"""Frames per second that a stream is taken to have; it only helps the encoder."""

Begin = Callable[[str, float | None, float], Callable[[float], object]]
"""Called when a video begins with its name, its duration (seconds, if known) and what of it is already analysed; gives
what is called with the time that the analysis has reached."""


@dataclass(frozen=True)
class Request:
    """What to analyse, and where the results go.

    sources: files, and addresses of streams and cameras.
    output: table of people.
    faces: table of all faces, if wanted.
    annotated: MP4 with the people marked, if wanted, of a single source.
    every: time between frames analysed, seconds.
    """

    sources: tuple[Path | str, ...]
    output: Path
    faces: Path | None = None
    annotated: Path | None = None
    every: float = 0.2


@dataclass
class Outcome:
    """A run in numbers: videos read, people seen, frames analysed; and for each video that is bad, the reason."""

    videos: int = 0
    people: int = 0
    frames: int = 0
    faults: dict[str, str] = field(default_factory=dict)


def analyse_videos(request: Request, predict: Predict, begin: Begin, report: Callable[[str], object]) -> Outcome:
    """Analyses videos, or resumes an interrupted run, and writes the tables.

    A stream is analysed until Ctrl-C, which ends it like the end of a file.

    Raises:
        VideoRunError: if the run cannot start or resume.
        ModelError: if the model or its calibration is missing.
        OSError: if results cannot be written.
        KeyboardInterrupt: if files are analysed; the same call resumes.
    """
    pooling = load_pooling()
    folder = RunFolder(request.output, _as_json(request))
    states = []
    with folder.locked():
        folder.begin()
        for number, source in enumerate(request.sources):
            place = folder.of(number)
            state = place.load() or State(People(request.every, pooling, request.faces is not None))
            _VideoRun(source, request, place, state, predict).run(begin, report)
            states.append(state)
        readable = any(state.people.frames for state in states)
        outcome = _write_results(request, folder, states) if readable else _without_results(request, states)
        folder.remove()
    return outcome


class _VideoRun:
    """The analysis of one video, part by part."""

    def __init__(
        self, source: Path | str, request: Request, folder: VideoFolder, state: State, predict: Predict
    ) -> None:
        self._source, self._request, self._folder, self._state, self._predict = source, request, folder, state, predict
        self._name = name_of(source)
        self._rate = LIVE_RATE
        self._part: AnnotatedPart | None = None
        self._open_file = ExitStack()

    def run(self, begin: Begin, report: Callable[[str], object]) -> None:
        """Analyses what is left of the video; a fault is noted in the state, and what came before it counts."""
        if self._state.done:
            return
        with self._open_file, self._no_encoder_left():
            try:
                self._analyse(begin, report)
            except VideoError as error:
                self._state.fault = str(error)
            self._state.done = True
            self._state.people.end()
            self._keep()

    @contextmanager
    def _no_encoder_left(self) -> Iterator[None]:
        try:
            yield
        finally:
            if self._part:
                with suppress(OSError):  # on the way out with another error
                    self._part.close()

    def _analyse(self, begin: Begin, report: Callable[[str], object]) -> None:
        with Video(self._source) as video:
            advance = begin(self._name, None if video.live else video.duration, max(0.0, self._state.reached))
            if not video.live:
                self._rate = video.rate
                with prefetched(video.frames(self._state.reached)) as frames:
                    self._follow(frames, advance)
                self._state.fault = video.fault_after(self._state.people.last.time)
                return
        try:
            frames_as_they_come = live_frames(
                str(self._source), self._state.begun, lambda text: report(f"{self._name}: {text}")
            )
            with prefetched(frames_as_they_come, drop=True) as frames:
                self._follow(frames, advance)
        except KeyboardInterrupt:
            report("Stopped. Writing the results.")

    def _follow(self, frames: Iterator[Frame], advance: Callable[[float], object]) -> None:
        mark = self._mark if self._request.annotated else None
        end = max(0.0, self._state.reached) + PART
        for step in follow(frames, self._state.people, self._predict, self._name, mark):
            self._state.reached = step.time
            advance(step.time)
            if step.time >= end:
                self._keep()
                end = step.time + PART

    def _mark(self, frame: Frame, marks: Marks) -> None:
        if self._part is None:
            partial = self._open_file.enter_context(atomic_write(self._folder.video_part(self._state.parts)))
            self._part = AnnotatedPart(partial, self._rate, self._state.size)
        self._part.mark(frame, marks)

    def _keep(self) -> None:
        if self._part:
            self._part.close()
            self._state.size = self._part.size
            self._part = None
        self._open_file.close()
        people = [person.row(self._name) for person in self._state.people.take_finished()]
        rows = self._state.people.take_rows()
        self._folder.keep(self._state, people, rows if self._request.faces else None)


def name_of(source: Path | str) -> str:
    """The source as text for tables; of an address, without a password in it."""
    if isinstance(source, Path):
        return printable(source)
    scheme, separator, rest = source.partition("://")
    if not separator:
        return source
    place, slash, path = rest.partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"


def _as_json(request: Request) -> dict[str, object]:
    outputs = {"faces": request.faces, "annotated": request.annotated}
    return {
        "directory": str(Path.cwd()),
        "sources": [name_of(source) for source in request.sources],
        "every": request.every,
        **{name: path and str(path) for name, path in outputs.items()},
    }


def _without_results(request: Request, states: list[State]) -> Outcome:
    """That of a run of which no video could be read, which writes no tables."""
    return Outcome(faults={name_of(source): state.fault for source, state in zip(request.sources, states, strict=True)})


def _write_results(request: Request, folder: RunFolder, states: list[State]) -> Outcome:
    tables = [folder.of(number).people(state.parts) for number, state in enumerate(states)]
    with atomic_write(request.output) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        write_people(file, chain.from_iterable(tables))
    outcome = Outcome(
        videos=sum(state.people.frames > 0 for state in states),
        people=sum(map(len, tables)),
        frames=sum(state.people.frames for state in states),
        faults={
            name_of(source): state.fault for source, state in zip(request.sources, states, strict=True) if state.fault
        },
    )
    if request.faces:
        with atomic_write(request.faces) as partial, pq.ParquetWriter(partial, FACE_SCHEMA) as writer:
            for number, state in enumerate(states):
                for part in folder.of(number).face_parts(state.parts):
                    writer.write_table(part)
    if request.annotated and (parts := folder.of(0).video_parts(states[0].parts)):
        source = request.sources[0]
        with atomic_write(request.annotated) as partial:
            merge(parts, source if isinstance(source, Path) else None, partial)
    return outcome
