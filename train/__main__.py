"""The command line: `python -m train` makes model/age_gender.keras again.

    python -m train data        read, join and split UTKFace; write the label table
    python -m train             train; a run that was cut off goes on after its last finished epoch
    python -m train evaluate    calibrate on the validation split, report on the test split
    python -m train study       train the configurations of the recorded study that have no row yet
    python -m train geometry    measure where the landmarks of the chips lie
    python -m train placement   measure what finding and aligning a face in a photo costs
    python -m train robustness  measure how errors grow with blur, darkness, tilt and the like
    python -m train tables      write the figures of the result files into README.md and the model card
    python -m train export      write the model for LiteRT, ONNX or TensorFlow, or measure what that changes

Every command takes --data with UTKFace; without it, UTKFACE_DIR names the data, and without that Kaggle is asked.
More data sets are named by --data NAME=PATH, once for each: `train` learns from them all and watches the validation
split of the first, `evaluate` reports on each by itself, `data` finds their faces.
"""

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from model import Predictor
from model.detection.detector import MtcnnDetector
from model.estimator import MODEL_PATH, Estimator, ModelError
from model.writing import atomic_write, atomic_write_text, describe_os_error
from reports.tables import DOCUMENTS, refresh
from train.data.archives import DataError
from train.data.sources import NAMES, SOURCES, join, load
from train.data.utkface import SPLITS, UTKFACE, Dataset, write_labels
from train.evaluation import evaluate, evaluate_elsewhere, write_report, write_results
from train.export import FORMATS, ExportError, describe, export
from train.measure.exports import measure_exports
from train.measure.geometry import measure_landmarks
from train.measure.placement import measure_placement
from train.measure.robustness import measure_robustness, write_robustness
from train.measure.sharpness import measure_sharpness, write_sharpness
from train.packing import pack
from train.pretrained.files import PretrainedWeightsError
from train.processes import ALONE, ProcessError, join_processes, part_processes
from train.recipes import RECIPES, SHIPPED, Config
from train.study import EXPERIMENTS, missing_rows, run_experiment, write_row
from train.training import RunError, read_history, train

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
    except (DataError, RunError, ModelError, PretrainedWeightsError, ProcessError, ExportError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Stopped: {describe_os_error(error)}. When that is mended, run the same command again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on after the last finished epoch.", file=sys.stderr)
        return 1
    return 0


def run_data(options: argparse.Namespace) -> None:
    """Reads the data and writes the label table, its counts, and how sharp the test photos are."""
    for name in _sources(options):
        dataset = _load(options, name)
        if name == UTKFACE:
            write_labels(dataset, options.results)
            write_sharpness(measure_sharpness(dataset), options.results)
            print(f"Wrote labels.parquet, sharpness.parquet and dataset.json into {options.results}.")


def run_training(options: argparse.Namespace) -> None:
    """Trains a network and puts it and its history where they are used."""
    chosen = {name: value for name, value in _hyperparameters(options).items() if value is not None}
    config = dataclasses.replace(RECIPES[options.network], **chosen)
    print(json.dumps(dataclasses.asdict(config), indent=2))
    sources = list(_sources(options))
    others = sources if sources != [UTKFACE] else []
    processes = ALONE
    if options.processes > 1:
        processes = join_processes(options.coordinator, options.processes, options.process)
    dataset = join([_load(options, source) for source in sources])
    verbose = "auto" if sys.stdout.isatty() else 2
    parts = [options.network, *others, *([] if processes is ALONE else [str(processes.index)])]
    run = options.runs / "-".join(parts)
    best = train(dataset, config, run, processes=processes, tensorboard=options.tensorboard, verbose=verbose)
    if processes.count > 1:
        part_processes()
    if processes.index > 0:
        return  # all have the same network; the first one puts it where it is used
    pack([best], options.output)
    with atomic_write(options.results / "history.csv") as partial:
        read_history(run).to_csv(partial, index=False)
    _write_json(options.results / "config.json", json.loads((run / "config.json").read_text()))
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
    _write_json(options.results / "geometry.json", measured)
    print(json.dumps(measured["landmarks"], indent=2))


def run_placement(options: argparse.Namespace) -> None:
    """Measures faces found in photos against the same faces as chips."""
    some = _first(_load(options).select("validation"), options.chips)
    measured = measure_placement(some, Predictor())
    _write_json(options.results / "placement.json", measured)
    print(json.dumps(measured, indent=2))


def run_export(options: argparse.Namespace) -> None:
    """Writes the model in another format, or measures every format on validation."""
    if options.report:
        measured = measure_exports(options.model, _load(options).select("validation"), options.chips)
        _write_json(options.results / "exports.json", measured)
        print(json.dumps(measured, indent=2))
    else:
        output = options.output or FORMATS[options.format].default_output
        print(describe(export(options.model, options.format, output)))


def run_robustness(options: argparse.Namespace) -> None:
    """Measures the model on photos that were made worse."""
    estimator = Estimator(options.model)
    some = _first(_load(options).select(options.split), options.photos)
    measured = {"split": options.split} | measure_robustness(some, estimator)
    print(f"Wrote {write_robustness(measured, options.results)}.")


def run_tables(options: argparse.Namespace) -> None:
    """Writes the figures of the result files into the documents."""
    for path in DOCUMENTS:
        atomic_write_text(path, refresh(path.read_text(), options.results))
        print(f"Wrote {_relative(path)}.")


def _write_json(path: Path, content: dict) -> None:
    atomic_write_text(path, json.dumps(content, indent=2) + "\n")


def _first(dataset: Dataset, count: int | None) -> Dataset:
    """The first photos, which are as good as drawn by lot: photos lie in the order of their digests."""
    return dataclasses.replace(dataset, photos=dataset.photos[:count], chips=dataset.chips[:count])


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
    _add_runs(training)
    training.add_argument("--network", choices=RECIPES, default=SHIPPED, help=f"default: {SHIPPED}, which ships")
    training.add_argument("--tensorboard", action="store_true", help="write logs for TensorBoard into the run folder")
    _add_processes(training)
    _add_hyperparameters(training)

    evaluation = commands.add_parser("evaluate", parents=[common], help="calibrate on validation, report on test")
    evaluation.set_defaults(run_command=run_evaluation)
    _add_model(evaluation)

    study = commands.add_parser("study", parents=[common], help="train the configurations of the recorded study")
    study.set_defaults(run_command=run_study)
    study.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(EXPERIMENTS)} (default: those missing)")
    _add_runs(study)

    geometry = commands.add_parser("geometry", parents=[common], help="measure where the landmarks of the chips lie")
    geometry.set_defaults(run_command=run_geometry)
    geometry.add_argument("--chips", type=int, default=1000, help="how many train chips to look at (default: 1000)")

    placement = commands.add_parser("placement", parents=[common], help="measure faces in photos against chips")
    placement.set_defaults(run_command=run_placement)
    placement.add_argument("--chips", type=_count, metavar="N", help="how many validation chips (default: all)")

    robustness = commands.add_parser(
        "robustness", parents=[common], help="measure errors on photos that were made worse"
    )
    robustness.set_defaults(run_command=run_robustness)
    robustness.add_argument("--split", choices=SPLITS, default="test", help="whose photos to change (default: test)")
    robustness.add_argument("--photos", type=_count, metavar="N", help="how many of them (default: all)")
    _add_model(robustness)

    tables = commands.add_parser("tables", parents=[common], help="write the figures into README.md and the model card")
    tables.set_defaults(run_command=run_tables)
    exporting = commands.add_parser("export", parents=[common], help="write the model for other runtimes")
    exporting.set_defaults(run_command=run_export)
    what = exporting.add_mutually_exclusive_group(required=True)
    what.add_argument("--format", choices=FORMATS, help="what to write")
    what.add_argument("--report", action="store_true", help="measure all formats on validation; write exports.json")
    exporting.add_argument(
        "--model", type=Path, default=MODEL_PATH, metavar="FILE", help=f"default: {_relative(MODEL_PATH)}"
    )
    exporting.add_argument("--output", type=Path, metavar="PATH", help="default: a name in exports/")
    exporting.add_argument(
        "--chips", type=int, metavar="N", help="report on the first N validation chips (default: all)"
    )
    return parser


def _data_set(text: str) -> tuple[str, Path]:
    """The name and path in `NAME=PATH`; UTKFace without a name, also if the path has a = of its own."""
    name, equals, path = text.partition("=")
    if name in NAMES and equals:
        return name, Path(path)
    if equals and not Path(text).exists():
        raise argparse.ArgumentTypeError(f"unknown data set {name}; known are {', '.join(NAMES)}")
    return UTKFACE, Path(text)


def _count(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1, not {text!r}")
    return int(text)


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", type=Path, default=MODEL_PATH, metavar="FILE", help=f"default: {_relative(MODEL_PATH)}"
    )


def _add_processes(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("several processes or hosts (KERAS_BACKEND=jax)")
    group.add_argument("--processes", type=int, default=1, metavar="N", help="how many train together (default: 1)")
    group.add_argument("--process", type=int, default=0, metavar="I", help="which of them this is, from 0 (default: 0)")
    group.add_argument(
        "--coordinator", default="127.0.0.1:8476", metavar="HOST:PORT", help="of process 0 (default: 127.0.0.1:8476)"
    )


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), metavar="DIR", help="where each run has its folder (default: runs)"
    )


def _add_hyperparameters(parser: argparse.ArgumentParser) -> None:
    """An option for each field of `Config` but the network; without it, each network's recipe says."""
    group = parser.add_argument_group("hyperparameters (default: as train/recipes.py has them for each network)")
    for field in dataclasses.fields(Config):
        name = "--" + field.name.replace("_", "-")
        if field.name == "network":
            continue
        if field.type is bool:
            group.add_argument(name, action=argparse.BooleanOptionalAction)
        else:
            group.add_argument(name, type=field.type, metavar="N")


def _hyperparameters(options: argparse.Namespace) -> dict:
    return {field.name: getattr(options, field.name) for field in dataclasses.fields(Config) if field.name != "network"}


def _relative(path: Path) -> str:
    return str(path.relative_to(MODEL_PATH.parent.parent))


if __name__ == "__main__":
    sys.exit(main())
