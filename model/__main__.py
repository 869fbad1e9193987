"""The command line: python -m model predict PATH… for some photos, python -m model annotate PATH… for any number.

python -m model video FILE… for videos and streams; python -m model evaluate FOLDER to test it on photos of your own.
"""

import argparse
import functools
import importlib
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tqdm import tqdm

from model.batch.annotate import annotate_photos
from model.batch.engines import ENGINES, LoadPredictor
from model.batch.run_folder import Summary
from model.console import prepare, report, write
from model.detection.detector import SMALL_FACES_SIDE, MtcnnDetector
from model.errors import UserError
from model.estimator import Estimator
from model.face import Face
from model.files import printable
from model.formats import as_csv, as_json, as_table
from model.image import SUFFIXES, read_image
from model.photo_run import analyse, find_faults, find_photos, write_annotated
from model.predictor import Predictor
from model.version import VERSION
from model.video.command import add_video, ending
from model.writing import atomic_write_text, check_writable, describe_os_error

EXIT_UNREADABLE = 1  # or unwritable, or without a model
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

NO_PICTURES = f"No pictures found. Picture files must end in {', '.join(SUFFIXES)}."

EVALUATE = "evaluate"

FORMATS = ("table", "csv", "json")


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    prepare()
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == [EVALUATE]:
        # Reports need pandas, which predictions do without: they stand above this package and are found by name.
        command = importlib.import_module("reports.own_people.command")
        return int(command.main(arguments[1:]))
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except OSError as error:  # reading errors are reported for each file, so this is about writing
        report(f"The results cannot be written: {describe_os_error(error)}.")
        return EXIT_UNREADABLE
    except UserError as error:
        report(error)
        return options.failed
    except KeyboardInterrupt:
        report(options.interrupted)
        return EXIT_INTERRUPTED


def predict(options: argparse.Namespace) -> int:
    """Analyses photos one by one and writes the results; returns the exit status."""
    if options.provenance and options.format != "csv":
        report("--provenance needs --format csv. JSON names the model anyway, and the table is for people.")
        return EXIT_USAGE
    if options.annotated and _is_among(options.annotated, options.paths):
        report(f"{options.annotated} contains the photos to analyse. Choose another folder for --annotated.")
        return EXIT_USAGE
    for output in (options.output, options.annotated and options.annotated / "photo.jpg"):
        if output:
            check_writable(output)
    failures = find_faults(options.paths)
    hidden: list[Path] = []
    readable = [path for path in options.paths if path not in failures]
    files, left_out = find_photos(readable, options.annotated, hidden.append)
    predictor = _predictor(options)

    found: list[tuple[str, list[Face]]] = []
    interrupted = False
    try:
        for path in tqdm(files, unit=" photos", disable=None, leave=False):
            try:
                image = read_image(path)
                faces = analyse(predictor, image, options.aligned)
                found.append((printable(path), faces))
                if options.annotated:
                    write_annotated(options.annotated, path, image, faces)
            except UserError as error:
                failures[path] = str(error)
    except KeyboardInterrupt:
        interrupted = True

    _deliver(_as_text(found, predictor, options), options.output)
    for path, reason in failures.items():
        report(f"{printable(path)}: {reason}")
    if empty := sum(not faces for _, faces in found):
        report(f"No face found in {empty} of {len(found)} photos.")
    if left_out:
        report(f"Pictures in {options.annotated} are not analysed, since annotated photos go there: {left_out:,}")
    _report_hidden(len(hidden))
    if not files and not failures:
        report(NO_PICTURES)
    if interrupted:
        report(f"Interrupted. The results are those of {len(found):,} photos out of {len(files):,}.")
        return EXIT_INTERRUPTED
    return EXIT_UNREADABLE if failures else 0


def annotate_many(options: argparse.Namespace) -> int:
    """Analyses any number of photos into a Parquet table; returns the exit status."""
    if faults := find_faults(options.paths):
        for path, reason in faults.items():
            report(f"{printable(path)}: {reason}")
        return EXIT_USAGE
    engine, calibration = ENGINES[options.engine], options.calibration
    if calibration:
        engine = functools.partial(engine, load=LoadPredictor(calibration.absolute()))
    summary = annotate_photos(options.paths, options.output, engine, options.workers, calibration)
    _report_summary(summary, options.output)
    return EXIT_UNREADABLE if summary.unreadable else 0


def _predictor(options: argparse.Namespace) -> Predictor:
    detector = MtcnnDetector(SMALL_FACES_SIDE) if options.small_faces else None
    return Predictor(detector, Estimator(calibration=options.calibration) if options.calibration else None)


def _is_among(folder: Path, paths: list[Path]) -> bool:
    return os.path.realpath(folder) in map(os.path.realpath, paths)


def _as_text(found: list[tuple[str, list[Face]]], predictor: Predictor, options: argparse.Namespace) -> str:
    if options.format == "json":
        return as_json(found, predictor.provenance)
    if options.format == "csv":
        return as_csv(found, predictor.provenance if options.provenance else None)
    return as_table(found)


def _deliver(text: str, output: Path | None) -> None:
    """Writes the results to the file, or to standard output if there is none or if the disk is full by now.

    Raises:
        OSError: if they cannot be written as wanted.
    """
    if output is None:
        return write(text)
    try:
        atomic_write_text(output, text)
    except OSError:
        write(text)
        raise


def _report_hidden(count: int) -> None:
    if count:
        report(f"Hidden pictures and folders of thumbnails are not analysed: {count:,}")


def _report_summary(summary: Summary, output: Path) -> None:
    report(f"Faces: {summary.faces:,} in {summary.photos:,} photos, written to {output}")
    if summary.photos_without_face:
        report(f"Photos without a face: {summary.photos_without_face:,}")
    if summary.unreadable:
        unreadable = output.with_suffix(".unreadable.csv")
        report(f"Files that could not be read: {summary.unreadable:,}, listed in {unreadable}")
    _report_hidden(summary.left_out)
    if not summary.photos and not summary.unreadable:
        report(NO_PICTURES)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"it must be 1 or more. Received: {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Ages and genders of the faces in photos.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("predict", help="estimate age and gender of every face in photos")
    one.set_defaults(run=predict, failed=EXIT_UNREADABLE, interrupted="Interrupted before the first photo.")
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, or a folder of pictures")
    one.add_argument("--format", choices=FORMATS, default="table", help="what to write (default: table)")
    one.add_argument("--provenance", action="store_true", help="also name the model in every row of --format csv")
    one.add_argument("--output", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    one.add_argument("--annotated", type=Path, metavar="DIR", help="also write each photo with its faces marked")
    one.add_argument("--aligned", action="store_true", help="treat each picture as one face that is already aligned")
    one.add_argument(
        "--small-faces", action="store_true", help="also find faces half as large, in about four times the time"
    )
    _add_calibration(one)

    many = commands.add_parser(
        "annotate",
        help="the same for any number of photos, into a Parquet table",
        description="Ages and genders of the faces in any number of photos, as a Parquet table. The same command "
        "resumes an interrupted run.",
        epilog="Exit status: 0 if all files were read, 1 if some were not (FILE.unreadable.csv lists them), 2 if no "
        "table was written, 130 if interrupted.",
    )
    many.set_defaults(
        run=annotate_many,
        failed=EXIT_USAGE,
        interrupted="Interrupted. Run the same command again to resume.",
    )
    many.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, or a folder of pictures")
    many.add_argument(
        "--output", type=ending(".parquet"), required=True, metavar="FILE", help="the table, ending in .parquet"
    )
    many.add_argument("--workers", type=_count, metavar="N", help="processes, about 1 GB each (default: one per core)")
    many.add_argument("--engine", choices=ENGINES, default="local", help="where they run (default: local)")
    _add_calibration(many)
    add_video(commands)
    commands.add_parser(EVALUATE, help="test the model on photos of your own with true ages; see evaluate --help")
    return parser


def _add_calibration(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--calibration", type=Path, metavar="JSON", help="intervals and probabilities fitted by the command evaluate"
    )


if __name__ == "__main__":
    sys.exit(main())
