"""The command line: python -m model predict PATH… for some photos, python -m model annotate PATH… for any number."""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from model.alignment import CHIP_SIZE
from model.batch.annotate import annotate_photos
from model.batch.engines import ENGINES
from model.batch.run_folder import Summary
from model.detection.detector import SMALL_FACES_SIDE, MtcnnDetector
from model.drawing import annotate, encode_jpeg
from model.errors import UserError
from model.face import Face
from model.files import find_images, printable
from model.formats import as_csv, as_json, as_table
from model.image import SUFFIXES, ImageError, read_image
from model.predictor import Predictor
from model.version import VERSION
from model.writing import atomic_write, atomic_write_text, describe_os_error

EXIT_UNREADABLE = 1  # or unwritable
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

NO_PICTURES = f"No pictures found. Names of pictures end in {', '.join(SUFFIXES)}."

FORMATS = {"table": as_table, "csv": as_csv, "json": as_json}


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except OSError as error:  # reading errors are reported for each file, so this is about writing
        print(f"The results cannot be written: {describe_os_error(error)}.", file=sys.stderr)
        return EXIT_UNREADABLE


def predict(options: argparse.Namespace) -> int:
    """Analyses photos one by one and writes the results; returns the exit status."""
    missing = [path for path in options.paths if not path.exists()]
    try:
        files = [*find_images([path for path in options.paths if path.exists()])]
        predictor = Predictor(MtcnnDetector(SMALL_FACES_SIDE)) if options.small_faces else Predictor()
    except OSError as error:
        print(f"{error.filename}: The folder cannot be searched: {error.strerror}.", file=sys.stderr)
        return EXIT_UNREADABLE
    except UserError as error:
        print(error, file=sys.stderr)
        return EXIT_UNREADABLE
    if options.annotated:
        options.annotated.mkdir(parents=True, exist_ok=True)

    failures = [(path, "The file does not exist.") for path in missing]
    found: list[tuple[str, list[Face]]] = []
    for path in tqdm(files, unit=" photos", disable=None, leave=False):
        try:
            image = read_image(path)
        except ImageError as error:
            failures.append((path, str(error)))
            continue
        faces = predictor.predict_aligned(_as_chips(image)) if options.aligned else predictor.predict(image)
        found.append((printable(path), faces))
        if options.annotated:
            with atomic_write(_annotated_path(options.annotated, path)) as partial:
                partial.write_bytes(encode_jpeg(annotate(image, faces)))

    text = FORMATS[options.format](found)
    if options.output:
        atomic_write_text(options.output, text)
    else:
        sys.stdout.write(text)
    for path, reason in failures:
        print(f"{path}: {reason}", file=sys.stderr)
    if empty := sum(not faces for _, faces in found):
        print(f"No face found in {empty} of {len(found)} photos.", file=sys.stderr)
    if not files and not missing:
        print(NO_PICTURES, file=sys.stderr)
    return EXIT_UNREADABLE if failures else 0


def annotate_many(options: argparse.Namespace) -> int:
    """Analyses any number of photos into a Parquet table; returns the exit status."""
    for path in options.paths:
        if not path.exists():
            print(f"{path}: The file does not exist.", file=sys.stderr)
            return EXIT_USAGE
    try:
        summary = annotate_photos(options.paths, options.output, ENGINES[options.engine], options.workers)
    except UserError as error:
        print(error, file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again to resume.", file=sys.stderr)
        return EXIT_INTERRUPTED
    _report(summary, options.output)
    return EXIT_UNREADABLE if summary.unreadable else 0


def _report(summary: Summary, output: Path) -> None:
    print(f"Faces: {summary.faces:,} in {summary.photos:,} photos, written to {output}", file=sys.stderr)
    if summary.photos_without_face:
        print(f"Photos without a face: {summary.photos_without_face:,}", file=sys.stderr)
    if summary.unreadable:
        unreadable = output.with_suffix(".unreadable.csv")
        print(f"Files that could not be read: {summary.unreadable:,}, listed in {unreadable}", file=sys.stderr)
    if not summary.photos and not summary.unreadable:
        print(NO_PICTURES, file=sys.stderr)


def _as_chips(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole picture as one chip."""
    if image.shape[:2] != (CHIP_SIZE, CHIP_SIZE):
        image = cv2.resize(image, (CHIP_SIZE, CHIP_SIZE), interpolation=cv2.INTER_AREA)
    return image[None]


def _annotated_path(folder: Path, photo: Path) -> Path:
    """A name that is still free, since pictures in two folders may have the same name."""
    path, number = folder / f"{photo.stem}.jpg", 2
    while path.exists():
        path, number = folder / f"{photo.stem}-{number}.jpg", number + 1
    return path


def _parquet(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".parquet":
        raise argparse.ArgumentTypeError(f"it must end in .parquet. Received: {text!r}")
    return path


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"it must be 1 or more. Received: {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Ages and genders of the faces in photos.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("predict", help="estimate age and gender of every face in photos")
    one.set_defaults(run=predict)
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, or a folder of pictures")
    one.add_argument("--format", choices=FORMATS, default="table", help="what to write (default: table)")
    one.add_argument("--output", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    one.add_argument("--annotated", type=Path, metavar="DIR", help="also write each photo with its faces marked")
    one.add_argument("--aligned", action="store_true", help="treat each picture as one face that is already aligned")
    one.add_argument(
        "--small-faces", action="store_true", help="also find faces half as large, in about four times the time"
    )

    many = commands.add_parser(
        "annotate",
        help="the same for any number of photos, into a Parquet table",
        description="Ages and genders of the faces in any number of photos, as a Parquet table. The same command "
        "resumes an interrupted run.",
        epilog="Exit status: 0 if all files were read, 1 if some were not (FILE.unreadable.csv lists them), 2 if no "
        "table was written, 130 if interrupted.",
    )
    many.set_defaults(run=annotate_many)
    many.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, or a folder of pictures")
    many.add_argument("--output", type=_parquet, required=True, metavar="FILE", help="the table, ending in .parquet")
    many.add_argument("--workers", type=_count, metavar="N", help="processes, about 1 GB each (default: one per core)")
    many.add_argument("--engine", choices=ENGINES, default="local", help="where they run (default: local)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
