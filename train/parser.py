"""What may be written after `python -m train`; loads no Keras."""

import argparse
import dataclasses
import math
import os
from collections.abc import Callable
from pathlib import Path

from model.estimator import MODEL_PATH
from train import commands
from train.data.sources import NAMES
from train.data.utkface import SPLITS, UTKFACE
from train.experiments import EXPERIMENTS
from train.formats import FORMATS
from train.measure import commands as measuring
from train.recipes import FINISHING, RECIPES, SHIPPED, Config

DESCRIPTION = """Everything that makes model/age_gender.keras and the figures about it.

Every command that reads photos takes --data with UTKFace; without it, UTKFACE_DIR names the data, and without that it
is downloaded from Kaggle. Name more data sets with --data NAME=PATH, once for each: `train` learns from all of them
and watches their validation splits, `evaluate` reports on each separately, `data` finds their faces."""

RESULTS = MODEL_PATH.parent / "results"
SMALLEST_IMAGE = 32
"""Pixels; the layers of some backbones leave nothing of smaller images."""

FRACTIONS = ("dropout", "gender_smoothing", "ema_momentum", "balance", *FINISHING)
"""Hyperparameters between 0 and 1."""

Command = Callable[[argparse.Namespace], None]
Add = Callable[[str, Command, str], argparse.ArgumentParser]
"""Adds a command: its name, the function, and its help."""

LOWEST = {"seed": 0, "photos_per_epoch": 0, "image_size": SMALLEST_IMAGE}
"""Of the hyperparameters that are whole numbers; of the others, 1."""


def make_parser() -> argparse.ArgumentParser:
    """The parser; it sets `command`, the function that the options are for."""
    parser = argparse.ArgumentParser(
        prog="python -m train", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    common = argparse.ArgumentParser(add_help=False)
    _add_data(common)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        added = subparsers.add_parser(name, parents=[common], help=text)
        added.set_defaults(command=command)
        return added

    _add_making(add)
    _add_measuring(add)
    return parser


def _add_making(add: Add) -> None:
    """The commands from the data to the model that ships, and its exports."""
    add("data", commands.run_data, "read, merge and split the data sets; write UTKFace's label table")
    training = add(
        "train",
        commands.run_training,
        "train (the default command); resumes an interrupted run after its last finished epoch",
    )
    _add_file(training, "--output")
    _add_runs(training)
    training.add_argument("--network", choices=RECIPES, default=SHIPPED, help=f"default: {SHIPPED}, which ships")
    training.add_argument("--tensorboard", action="store_true", help="write logs for TensorBoard into the run folder")
    _add_processes(training)
    _add_hyperparameters(training)

    _add_file(
        add("evaluate", commands.run_evaluation, "calibrate on the validation splits, report on the test splits"),
        "--model",
    )
    study = add("study", commands.run_study, "train the configurations of the recorded study that have no row yet")
    known = f"one or more of {', '.join(EXPERIMENTS)} (default: those without a row)"
    study.add_argument("names", nargs="*", type=_experiment, metavar="NAME", help=known)
    _add_runs(study)
    exporting = add(
        "export", commands.run_export, "write the model for LiteRT, ONNX or TensorFlow, or measure what that changes"
    )
    what = exporting.add_mutually_exclusive_group(required=True)
    what.add_argument("--format", choices=FORMATS, help="what to write")
    what.add_argument("--report", action="store_true", help="measure all formats on validation; write exports.json")
    _add_file(exporting, "--model")
    exporting.add_argument("--output", type=Path, metavar="PATH", help="default: a name in exports/")
    _add_count(exporting, "--chips", "report on the first N validation chips (default: all)")


def _add_measuring(add: Add) -> None:
    """The commands that measure the model outside its training, and write the figures into the documents."""
    geometry = add("geometry", measuring.run_geometry, "measure where the landmarks of the chips lie")
    _add_count(geometry, "--chips", "how many train chips to look at (default: 1000)", default=1000)
    placement = add("placement", measuring.run_placement, "measure what finding and aligning a face in a photo costs")
    _add_count(placement, "--chips", "how many validation chips (default: all)")
    robustness = add(
        "robustness", measuring.run_robustness, "measure how errors grow with blur, darkness, tilt and the like"
    )
    robustness.add_argument("--split", choices=SPLITS, default="test", help="whose photos to change (default: test)")
    _add_count(robustness, "--photos", "how many of them (default: all)")
    _add_file(robustness, "--model")

    add(
        "compare",
        commands.run_comparison,
        "compare with the previous release; fails if the model got worse for any group",
    )
    video = add("video", measuring.run_video, "fit and measure how the sightings of a person in a video are pooled")
    _add_count(video, "--people", "how many photos of each split (default: 640)", default=640)
    _add_count(video, "--workers", "processes (default: one per core)", default=os.cpu_count() or 1)
    tracks = add("tracks", measuring.run_tracks, "compare how well this and other trackers follow people who cross")
    _add_count(tracks, "--clips", "how many clips of two people (default: 100)", default=100)

    unfolding = add(
        "unfolding", measuring.run_unfolding, "count how the model errs, and check the shares that are corrected for it"
    )
    _add_file(unfolding, "--model")
    _add_count(unfolding, "--draws", "samples of each size and data set (default: 200)", default=200)
    add("tables", commands.run_tables, "write the figures of the result files into the documents")


def whole_number(lowest: int) -> Callable[[str], int]:
    """The type of an option that takes a whole number from `lowest` on."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or int(text) < lowest:
            raise argparse.ArgumentTypeError(f"must be a whole number of at least {lowest}, not {text!r}")
        return int(text)

    return parse


def number(highest: float = math.inf) -> Callable[[str], float]:
    """The type of an option that takes a finite number from 0 to `highest`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and 0 <= value <= highest):
            limits = "from 0" if math.isinf(highest) else f"from 0 to {highest:g}"
            raise argparse.ArgumentTypeError(f"must be a number {limits}, not {text!r}")
        return value

    return parse


def _data_set(text: str) -> tuple[str, Path]:
    """The name and path in `NAME=PATH`; UTKFace without a name, also if the path has a = of its own."""
    name, equals, path = text.partition("=")
    if name in NAMES and equals:
        return name, Path(path)
    if equals and not Path(text).exists():
        raise argparse.ArgumentTypeError(f"unknown data set {name}; known are {', '.join(NAMES)}")
    return UTKFACE, Path(text)


def _experiment(text: str) -> str:
    if text not in EXPERIMENTS:
        raise argparse.ArgumentTypeError(f"unknown experiment {text}; known are {', '.join(EXPERIMENTS)}")
    return text


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        action="append",
        type=_data_set,
        metavar="[NAME=]PATH",
        help=f"a folder, or for UTKFace an archive; NAME is one of {', '.join(NAMES)} (default: {UTKFACE})",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path("data/chips"),
        metavar="DIR",
        help="where the faces cut out of other data sets than UTKFace are kept (default: data/chips)",
    )
    results = commands.relative(RESULTS)
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR", help=f"default: {results}")


def _add_file(parser: argparse.ArgumentParser, name: str) -> None:
    model = commands.relative(MODEL_PATH)
    parser.add_argument(name, type=Path, default=MODEL_PATH, metavar="FILE", help=f"default: {model}")


def _add_count(parser: argparse.ArgumentParser, name: str, text: str, default: int | None = None) -> None:
    parser.add_argument(name, type=whole_number(1), default=default, metavar="N", help=text)


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), metavar="DIR", help="where each run has its folder (default: runs)"
    )


def _add_processes(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("several processes or hosts (KERAS_BACKEND=jax)")
    group.add_argument(
        "--processes", type=whole_number(1), default=1, metavar="N", help="how many train together (default: 1)"
    )
    group.add_argument(
        "--process", type=whole_number(0), default=0, metavar="I", help="which one this is, from 0 (default: 0)"
    )
    group.add_argument(
        "--coordinator",
        default="127.0.0.1:8476",
        metavar="HOST:PORT",
        help="address of process 0 (default: 127.0.0.1:8476)",
    )


def _add_hyperparameters(parser: argparse.ArgumentParser) -> None:
    """An option for each field of `Config` but the network; the default is that of the network's recipe."""
    group = parser.add_argument_group("hyperparameters (default: those of the network in train/recipes.py)")
    for field in dataclasses.fields(Config):
        option = "--" + field.name.replace("_", "-")
        if field.type is bool:
            group.add_argument(option, action=argparse.BooleanOptionalAction)
        elif field.type is int:
            group.add_argument(option, type=whole_number(LOWEST.get(field.name, 1)), metavar="N")
        elif field.type is float:
            group.add_argument(option, type=number(1 if field.name in FRACTIONS else math.inf), metavar="N")
        elif field.name != "network":
            group.add_argument(option, metavar="NAME")
