"""The commands of `python -m train`; each imports what it needs when it runs, so that help and tables load no Keras."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from model.errors import UserError
from model.estimator import MODEL_PATH
from model.provenance import sha256_of
from model.writing import atomic_write, atomic_write_text
from train.data.utkface import UTKFACE, write_labels
from train.experiments import EXPERIMENTS
from train.formats import FORMATS
from train.named_data import load_named, sources_of
from train.recipes import RECIPES, Config


class WorseError(UserError):
    """The model does worse for a group of people than that of the previous release."""


def run_data(options: argparse.Namespace) -> None:
    """Reads the data and writes the label table, its counts, and how sharp the test photos are."""
    from train.measure.sharpness import measure_sharpness, write_sharpness

    for name in sources_of(options):
        dataset = load_named(options, name)
        if name == UTKFACE:
            write_labels(dataset, options.results)
            write_sharpness(measure_sharpness(dataset), options.results)
            print(f"Wrote labels.parquet, sharpness.parquet and dataset.json into {options.results}.")


def run_training(options: argparse.Namespace) -> None:
    """Trains a network and puts it and its history where they are used."""
    from train.packing import pack
    from train.processes import ALONE, join_processes, leave_processes
    from train.run import read_history
    from train.stages import train_stages

    config = dataclasses.replace(RECIPES[options.network], **_hyperparameters(options))
    print(json.dumps(dataclasses.asdict(config), indent=2))
    sources = list(sources_of(options))
    others = sources if sources != [UTKFACE] else []
    processes = ALONE
    if options.processes > 1:
        processes = join_processes(options.coordinator, options.processes, options.process)
    suffix = [] if processes is ALONE else [str(processes.index)]
    name = "-".join([options.network, *others, *suffix])
    best = train_stages(
        [load_named(options, source) for source in sources],
        config,
        options.runs,
        name,
        processes=processes,
        tensorboard=options.tensorboard,
        verbose="auto" if sys.stdout.isatty() else 2,
    )
    run = options.runs / name
    if processes.count > 1:
        leave_processes()
    if processes.index > 0:
        return  # all have the same network; the first one puts it where it is used
    pack(best, options.output)
    with atomic_write(options.results / "history.csv") as partial:
        read_history(run).to_csv(partial, index=False)
    write_json(options.results / "config.json", json.loads((run / "config.json").read_text()))
    print(f"Wrote {options.output}. Next: python -m train evaluate")


def run_evaluation(options: argparse.Namespace) -> None:
    """Calibrates on the validation splits of all data sets, and reports on each one's test split."""
    from train.evaluation import evaluate, write_results

    datasets = [load_named(options, name, ["validation", "test"]) for name in sources_of(options)]
    calibration, evaluated = evaluate(options.model, datasets)
    write_results(calibration, evaluated, options.model, options.results)
    for name, (_, report) in evaluated.items():
        print(f"{name}, test split, {report['age_labels']} ages: {report['overall']['photos']} photos")
        for metric, text in report["metrics"].items():
            figure = report["overall"][metric]
            print(f"{text}: {figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})")


def run_study(options: argparse.Namespace) -> None:
    """Trains configurations of the study and writes their rows, one by one."""
    from train.study import missing_rows, run_experiment, write_row

    table = options.results / "experiments.csv"
    datasets = {name: load_named(options, name) for name in sources_of(options)}
    for name in options.names or missing_rows(table):
        if absent := [data for data in EXPERIMENTS[name].data if data not in datasets]:
            print(f"{name} needs more data: pass {' '.join(f'--data {data}=DIR' for data in absent)}.", file=sys.stderr)
            continue
        print(f"{name}: {EXPERIMENTS[name].change}", flush=True)
        row = run_experiment(name, datasets, options.runs, "auto" if sys.stdout.isatty() else 2)
        write_row(row, table)
        print(json.dumps(row, indent=2), flush=True)


def run_export(options: argparse.Namespace) -> None:
    """Writes the model in another format, or measures every format on validation."""
    if options.report:
        from train.measure.exports import measure_exports

        measured = measure_exports(options.model, load_named(options).select("validation"), options.chips)
        write_measured(options.results / "exports.json", measured, options.model)
        print(json.dumps(measured, indent=2))
    else:
        from train.export import describe, export

        output = options.output or FORMATS[options.format].default_output
        print(describe(export(options.model, options.format, output)))


def run_comparison(options: argparse.Namespace) -> None:
    """Compares the results with those of the previous release, and fails if a group got worse."""
    from reports.releases import PREVIOUS, changes_table, compare_results

    print(changes_table(options.results))
    changes = compare_results(options.results)
    worse = changes.loc[changes["worse"], ["metric", "group"]].agg(" of ".join, axis=1)
    if len(worse):
        raise WorseError(f"Worse than release {PREVIOUS} by more than the interval: {', '.join(worse)}.")
    print(f"No group is worse than with release {PREVIOUS} by more than its interval.")


def run_tables(options: argparse.Namespace) -> None:
    """Writes the figures of the result files into the documents."""
    from reports.tables import DOCUMENTS, refresh

    for path in DOCUMENTS:
        atomic_write_text(path, refresh(path.read_text(), options.results))
        print(f"Wrote {relative(path)}.")


def write_measured(path: Path, content: dict[str, Any], model: Path = MODEL_PATH) -> None:
    """Writes figures with the digest of the model that they are about."""
    write_json(path, {"model_sha256": sha256_of(model), **content})


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Writes figures as people and programs read them."""
    atomic_write_text(path, json.dumps(content, indent=2) + "\n")


def _hyperparameters(options: argparse.Namespace) -> dict[str, Any]:
    """Those that were given."""
    names = [field.name for field in dataclasses.fields(Config) if field.name != "network"]
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def relative(path: Path) -> str:
    """The path as seen from the folder of the project."""
    return str(path.relative_to(MODEL_PATH.parent.parent))
