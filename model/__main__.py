"""The command line: python -m model predict PATH…"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from model.alignment import CHIP_SIZE
from model.detector import SMALL_FACES_SIDE, MtcnnDetector
from model.drawing import annotate, encode_jpeg
from model.estimator import ModelError
from model.face import Face
from model.formats import as_csv, as_json, as_table
from model.image import SUFFIXES, ImageError, read_image
from model.predictor import Predictor

EXIT_UNREADABLE = 1

FORMATS = {"table": as_table, "csv": as_csv, "json": as_json}


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns its exit status."""
    options = _parser().parse_args(arguments)
    missing = [path for path in options.paths if not path.exists()]
    files = [*find_images([path for path in options.paths if path.exists()])]
    try:
        predictor = Predictor(MtcnnDetector(SMALL_FACES_SIDE)) if options.small_faces else Predictor()
    except ModelError as error:
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
        found.append((str(path), faces))
        if options.annotated:
            _annotated_path(options.annotated, path).write_bytes(encode_jpeg(annotate(image, faces)))

    text = FORMATS[options.format](found)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    for path, reason in failures:
        print(f"{path}: {reason}", file=sys.stderr)
    if empty := sum(not faces for _, faces in found):
        print(f"No face found in {empty} of {len(found)} photos.", file=sys.stderr)
    if not files and not missing:
        print(f"No pictures there. Pictures end in {', '.join(SUFFIXES)}.", file=sys.stderr)
    return EXIT_UNREADABLE if failures else 0


def find_images(paths: list[Path]) -> Iterator[Path]:
    """Every file named, whatever its ending, and every picture in the folders named, in order of name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        else:
            yield path


def _as_chips(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole picture as one chip."""
    if image.shape[:2] != (CHIP_SIZE, CHIP_SIZE):
        image = cv2.resize(image, (CHIP_SIZE, CHIP_SIZE), interpolation=cv2.INTER_AREA)
    return image[None]


def _annotated_path(folder: Path, photo: Path) -> Path:
    """A name that is not taken yet, since pictures of two folders may share theirs."""
    path, number = folder / f"{photo.stem}.jpg", 2
    while path.exists():
        path, number = folder / f"{photo.stem}-{number}.jpg", number + 1
    return path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Ages and genders of the faces in photos.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    predict = commands.add_parser("predict", help="estimate age and gender of every face in photos")
    predict.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, or a folder to search through")
    predict.add_argument("--format", choices=FORMATS, default="table", help="what to write (default: table)")
    predict.add_argument("--output", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    predict.add_argument("--annotated", type=Path, metavar="DIR", help="also write each photo with its faces marked")
    predict.add_argument("--aligned", action="store_true", help="take each picture as one face chip, aligned already")
    predict.add_argument(
        "--small-faces", action="store_true", help="find faces half as large, in about four times the time"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
