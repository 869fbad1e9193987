"""The command line: `python -m train` makes model/age_gender.keras again.

    python -m train data        read, join and split UTKFace; write the label table
    python -m train             train; a run that was cut off goes on after its last finished epoch
    python -m train evaluate    calibrate on the validation split, report on the test split
    python -m train study       train the configurations of the recorded study that have no row yet
    python -m train geometry    measure where the landmarks of the chips lie
    python -m train placement   measure what finding and aligning a face in a photo costs

Every command takes --data with UTKFace; without it, UTKFACE_DIR names the data, and without that Kaggle is asked.
More data sets are named by --data NAME=PATH, once for each: `train` learns from them all and watches the validation
split of the first, `evaluate` reports on each by itself, `data` finds their faces.
"""

import argparse
import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from model import Predictor
from model.detector import MtcnnDetector
from model.estimator import MODEL_PATH, ModelError
from model.network import TRUNKS
from train.dataset import SPLITS, UTKFACE, Dataset, write_labels
from train.evaluation import evaluate, evaluate_elsewhere, write_report, write_results
from train.files import DataError
from train.geometry import measure_landmarks
from train.placement import measure_placement
from train.processes import ALONE, ProcessError, join_processes
from train.sources import NAMES, SOURCES, join, load
from train.study import EXPERIMENTS, missing_rows, run_experiment, write_row
from train.training import Config, RunError, read_history, train
from train.weight_files import PretrainedWeightsError

RESULTS = MODEL_PATH.parent / "results"


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns its exit status: 0 done, 1 not done, 2 wrong usage."""
    arguments = sys.argv[1:] if arguments is None else arguments
    # Training is what the program is for, so it needs no word of its own.
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["train", *arguments]
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := [name for name in getattr(options, "names", []) if name not in EXPERIMENTS]:
        parser.error(f"unknown experiment {', '.join(unknown)}; known are {', '.join(EXPERIMENTS)}")
    try:
        options.run_command(options)
    except (DataError, RunError, ModelError, PretrainedWeightsError, ProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on after the last finished epoch.", file=sys.stderr)
        return 1
    return 0


def run_data(options: argparse.Namespace) -> None:
    """Reads the data and writes the label table."""
    for name in _sources(options):
        dataset = _load(options, name)
        if name == UTKFACE:
            write_labels(dataset, options.results)
            print(f"Wrote {options.results / 'labels.parquet'} and {options.results / 'dataset.json'}.")


def run_training(options: argparse.Namespace) -> None:
    """Trains, and puts the best network and its history where they are used."""
    names = [field.name for field in dataclasses.fields(Config)]
    config = Config(**{name: getattr(options, name) for name in names})
    print(json.dumps(dataclasses.asdict(config), indent=2))
    names = list(_sources(options))
    run = options.run or Path("runs") / "-".join([config.network, *(names if names != [UTKFACE] else [])])
    processes = ALONE
    if options.processes > 1:
        processes = join_processes(options.coordinator, options.processes, options.process)
        run = run.with_name(f"{run.name}-{processes.index}")
    verbose = "auto" if sys.stdout.isatty() else 2
    dataset = join([_load(options, name) for name in names])
    best = train(dataset, config, run, processes=processes, tensorboard=options.tensorboard, verbose=verbose)
    if processes.index > 0:
        return  # all have the same network; the first one puts it where it is used
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.results.mkdir(parents=True, exist_ok=True)
    shutil.copy(best, options.output)
    read_history(run).to_csv(options.results / "history.csv", index=False)
    shutil.copy(run / "config.json", options.results / "config.json")
    print(f"Wrote {options.output}. Next: python -m train evaluate")


def run_evaluation(options: argparse.Namespace) -> None:
    """Calibrates on UTKFace's validation split and reports on its test split; reports on other data sets."""
    for name in _sources(options):
        if name == UTKFACE:
            calibration, predictions, report = evaluate(options.model, _load(options))
            write_results(calibration, predictions, report, options.model, options.results)
        else:
            split = SOURCES[name].reported
            report = evaluate_elsewhere(options.model, _load(options, name, [split]), split)
            write_report(report, options.results / f"report-{name}.json")
            print(f"{name}, {split} split, {report['age_labels']} ages: {report['overall']['photos']} photos")
        for metric, text in report["metrics"].items():
            figure = report["overall"][metric]
            print(f"{text}: {figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})")


def run_study(options: argparse.Namespace) -> None:
    """Trains configurations of the study and writes their rows, one by one."""
    table = options.results / "experiments.csv"
    dataset = _load(options)
    for name in options.names or missing_rows(table):
        print(f"{name}: {EXPERIMENTS[name].change}", flush=True)
        row = run_experiment(name, dataset, options.runs, "auto" if sys.stdout.isatty() else 2)
        write_row(row, table)
        print(json.dumps(row, indent=2), flush=True)


def run_geometry(options: argparse.Namespace) -> None:
    """Measures the landmarks of the chips."""
    chips = _load(options).select("train").chips[: options.chips]
    measured = measure_landmarks(chips, MtcnnDetector())
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "geometry.json").write_text(json.dumps(measured, indent=2) + "\n")
    print(json.dumps(measured["landmarks"], indent=2))


def run_placement(options: argparse.Namespace) -> None:
    """Measures faces found in photos against the same faces as chips."""
    validation = _load(options).select("validation")
    some = dataclasses.replace(
        validation, photos=validation.photos[: options.chips], chips=validation.chips[: options.chips]
    )
    measured = measure_placement(some, Predictor())
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "placement.json").write_text(json.dumps(measured, indent=2) + "\n")
    print(json.dumps(measured, indent=2))


def _sources(options: argparse.Namespace) -> dict[str, Path | None]:
    """The data sets named, in their order; UTKFace from its usual place if there are none."""
    if not options.data:
        usual = os.environ.get("UTKFACE_DIR")
        return {UTKFACE: Path(usual) if usual else None}
    named = [name for name, _ in options.data]
    if twice := next((name for name in named if named.count(name) > 1), None):
        raise DataError(f"--data names {twice} twice. Put its parts into one folder.")
    return dict(options.data)


def _load(options: argparse.Namespace, name: str = UTKFACE, splits: Sequence[str] = SPLITS) -> Dataset:
    """Reads a data set and says what was read."""
    sources = _sources(options)
    if name not in sources:
        raise DataError("This command works on UTKFace alone. Pass --data with a folder or archive of it.")
    dataset = load(name, sources[name], options.cache, splits)
    counts = dataset.summary
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts["skipped"].items()) or "none"
    print(f"Read {counts['read']} of {counts['files']} files; skipped: {reasons}.")
    if name == UTKFACE:
        print(
            f"{counts['photos']} distinct photos ({counts['identical']['copies_joined']} identical copies joined) in "
            f"{counts['groups']} groups ({counts['near_identical']['pairs']} near-identical pairs kept together); "
            f"{counts['without_ethnicity']} without ethnicity."
        )
    else:
        print(f"Faces of {name} are kept in {options.cache / name}; {counts['without_gender']} without gender.")
    print("Split: " + ", ".join(f"{count} {split}" for split, count in counts["splits"].items()) + ".")
    return dataset


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data",
        action="append",
        type=_data_set,
        metavar="[NAME=]PATH",
        help=f"a folder, or for UTKFace an archive; NAME is one of {', '.join(NAMES)} (default: {UTKFACE})",
    )
    common.add_argument(
        "--cache",
        type=Path,
        default=Path("data/chips"),
        metavar="DIR",
        help="where the faces cut out of other data sets than UTKFace are kept (default: data/chips)",
    )
    common.add_argument("--results", type=Path, default=RESULTS, metavar="DIR", help=f"default: {_relative(RESULTS)}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    data = commands.add_parser("data", parents=[common], help="read, join and split; write the label table")
    data.set_defaults(run_command=run_data)

    training = commands.add_parser("train", parents=[common], help="train (the default command)")
    training.set_defaults(run_command=run_training)
    training.add_argument(
        "--output", type=Path, default=MODEL_PATH, metavar="FILE", help=f"default: {_relative(MODEL_PATH)}"
    )
    training.add_argument("--run", type=Path, metavar="DIR", help="folder of the run (default: runs/NETWORK)")
    training.add_argument("--tensorboard", action="store_true", help="write logs for TensorBoard into the run folder")
    _add_processes(training)
    _add_hyperparameters(training)

    evaluation = commands.add_parser("evaluate", parents=[common], help="calibrate on validation, report on test")
    evaluation.set_defaults(run_command=run_evaluation)
    evaluation.add_argument(
        "--model", type=Path, default=MODEL_PATH, metavar="FILE", help=f"default: {_relative(MODEL_PATH)}"
    )

    study = commands.add_parser("study", parents=[common], help="train the configurations of the recorded study")
    study.set_defaults(run_command=run_study)
    study.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(EXPERIMENTS)} (default: those missing)")
    study.add_argument(
        "--runs", type=Path, default=Path("runs"), metavar="DIR", help="folder of the runs (default: runs)"
    )

    geometry = commands.add_parser("geometry", parents=[common], help="measure where the landmarks of the chips lie")
    geometry.set_defaults(run_command=run_geometry)
    geometry.add_argument("--chips", type=int, default=1000, help="how many train chips to look at (default: 1000)")

    placement = commands.add_parser("placement", parents=[common], help="measure faces in photos against chips")
    placement.set_defaults(run_command=run_placement)
    placement.add_argument("--chips", type=int, default=500, help="how many validation chips (default: 500)")
    return parser


def _data_set(text: str) -> tuple[str, Path]:
    """The name and path in `NAME=PATH`; UTKFace without a name, also if the path has a = of its own."""
    name, equals, path = text.partition("=")
    if name in NAMES and equals:
        return name, Path(path)
    if equals and not Path(text).exists():
        raise argparse.ArgumentTypeError(f"unknown data set {name}; known are {', '.join(NAMES)}")
    return UTKFACE, Path(text)


def _add_processes(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("several processes or hosts (KERAS_BACKEND=jax)")
    group.add_argument("--processes", type=int, default=1, metavar="N", help="how many train together (default: 1)")
    group.add_argument("--process", type=int, default=0, metavar="I", help="which of them this is, from 0 (default: 0)")
    group.add_argument(
        "--coordinator", default="127.0.0.1:8476", metavar="HOST:PORT", help="of process 0 (default: 127.0.0.1:8476)"
    )


def _add_hyperparameters(parser: argparse.ArgumentParser) -> None:
    """An option for each field of `Config`, with its default."""
    group = parser.add_argument_group("hyperparameters")
    for field in dataclasses.fields(Config):
        name = "--" + field.name.replace("_", "-")
        if field.type is bool:
            group.add_argument(name, action=argparse.BooleanOptionalAction, default=field.default)
        elif field.name == "network":
            group.add_argument(name, choices=TRUNKS, default=field.default, help=f"default: {field.default}")
        else:
            group.add_argument(
                name, type=field.type, default=field.default, metavar="N", help=f"default: {field.default}"
            )


def _relative(path: Path) -> str:
    return str(path.relative_to(MODEL_PATH.parent.parent))


if __name__ == "__main__":
    sys.exit(main())
