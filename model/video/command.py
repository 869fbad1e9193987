"""The command line of videos: python -m model video FILE|URL… --output people.csv"""

import argparse
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from model.console import report
from model.writing import check_writable

if TYPE_CHECKING:
    from model.video.run import Outcome, Request

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

CAMERA = "camera:"
EXIT_UNREADABLE = 1
EXIT_USAGE = 2


def add_video(commands: "Subparsers") -> None:
    """Adds the command to the parser of `python -m model`."""
    parser = commands.add_parser(
        "video",
        help="people over time in videos and streams, into a CSV table",
        description="Ages and genders of the people in videos, streams and cameras: a row for each person. The same "
        "command resumes an interrupted run. Ctrl-C ends the analysis of a stream and writes its results.",
        epilog="Exit status: 0 if all videos were read, 1 if some could not be read or were damaged, 2 if nothing was "
        "written, 130 if interrupted.",
    )
    parser.set_defaults(
        run=analyse, failed=EXIT_USAGE, interrupted="Interrupted. Run the same command again to resume."
    )
    parser.add_argument(
        "sources", nargs="+", type=_source, metavar="FILE|URL", help="a video, rtsp:// or http:// address, or camera:0"
    )
    parser.add_argument("--output", type=ending(".csv"), required=True, metavar="FILE", help="table of people, a CSV")
    parser.add_argument(
        "--faces", type=ending(".parquet"), metavar="FILE", help="also write each face in each analysed frame, Parquet"
    )
    parser.add_argument(
        "--annotated", type=ending(".mp4"), metavar="FILE", help="also write the video with the people marked, MP4"
    )
    parser.add_argument(
        "--every", type=_seconds, default=0.2, metavar="SECONDS", help="time between frames analysed (default: 0.2)"
    )


def analyse(options: argparse.Namespace) -> int:
    """Analyses the videos; returns the exit status."""
    sources: list[Path | str] = options.sources
    if options.annotated and len(sources) > 1:
        report("--annotated needs a single video. Run the command once for each.")
        return EXIT_USAGE
    if len(sources) > 1 and any(isinstance(source, str) and not source.startswith("http") for source in sources):
        report("A stream or camera has no end. Run the command for it alone.")
        return EXIT_USAGE
    outputs = [path for path in (options.output, options.faces, options.annotated) if path]
    for path in outputs:
        if any(isinstance(source, Path) and source.resolve() == path.resolve() for source in sources):
            report(f"{path} is the video itself. Choose another name for the results.")
            return EXIT_USAGE
        check_writable(path)
    from model.estimator import Estimator  # not at the top: photos need none of this
    from model.video.analyser import RECORDED_SIDE, video_predictor
    from model.video.run import Request, analyse_videos

    predictor = video_predictor(Estimator(), RECORDED_SIDE)
    request = Request(tuple(sources), options.output, options.faces, options.annotated, options.every)
    bars: list[tqdm] = []

    def begin(name: str, duration: float | None, done: float) -> Callable[[float], object]:
        bars.append(_bar(name, duration, done))
        return lambda time: _advance(bars[-1], time)

    try:
        outcome = analyse_videos(request, predictor.predict_with_chips, begin, _report_beside)
    finally:
        for bar in bars:
            bar.close()
    _report_outcome(outcome, request)
    if not outcome.videos:
        return EXIT_USAGE
    return EXIT_UNREADABLE if outcome.faults else 0


def _report_beside(text: str) -> None:
    """A line on standard error that leaves the progress bar whole."""
    with tqdm.external_write_mode(file=sys.stderr):
        report(text)


def _report_outcome(outcome: "Outcome", request: "Request") -> None:
    for name, fault in outcome.faults.items():
        report(f"{name}: {fault}")
    if not outcome.videos:
        report("No video could be read, so nothing was written.")
        return
    report(f"People: {outcome.people:,} in {outcome.frames:,} frames analysed, written to {request.output}")
    if not outcome.people:
        report("No face was found. Faces must be wider than about a thirtieth of the picture.")


def _bar(name: str, duration: float | None, done: float) -> tqdm:
    layout = "{desc}: {n:.0f} s{bar} {elapsed}" if duration is None else None
    return tqdm(
        total=duration and round(duration, 1),
        initial=round(done, 1),
        desc=Path(name).name or name,
        unit="s of video",
        bar_format=layout or "{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s, {remaining} left",
        disable=None,
        leave=False,
    )


def _advance(bar: tqdm, time: float) -> None:
    bar.update(max(0.0, (time if bar.total is None else min(time, bar.total)) - bar.n))


def _source(text: str) -> Path | str:
    if re.match(r"[a-z][a-z0-9+.-]*://|" + CAMERA, text):
        return text
    return CAMERA + text if text.startswith("/dev/video") else Path(text)


def ending(suffix: str) -> Callable[[str], Path]:
    """The type of an option that names a file with this suffix."""

    def parse(text: str) -> Path:
        if not text.lower().endswith(suffix):
            raise argparse.ArgumentTypeError(f"it must end in {suffix}. Received: {text!r}")
        return Path(text)

    return parse


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"it must be a number of seconds above 0. Received: {text!r}")
    return seconds
