"""`python -m model evaluate FOLDER --labels CSV --output report.html`."""

import argparse
from pathlib import Path

from tqdm import tqdm

from model.console import report
from model.errors import UserError
from model.files import find_images
from model.predictor import Predictor
from model.writing import atomic_write_text, check_writable, describe_os_error
from reports.own_people.analysis import analyse
from reports.own_people.labels import labels_from_names, read_labels
from reports.own_people.page import as_html
from reports.own_people.refitting import refit, refitted_coverage

DESCRIPTION = """Tests the model on your own photos with true ages, and writes a report as one HTML file.

Nothing leaves this computer; the report names files and contains no photos."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit status: 0 done, 1 not done, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        return evaluate(options)
    except UserError as error:
        report(error)
    except OSError as error:
        report(f"The report cannot be written: {describe_os_error(error)}.")
    except KeyboardInterrupt:
        report("Interrupted. Nothing was written.")
        return 130
    return 1


def evaluate(options: argparse.Namespace) -> int:
    """Reads labels, analyses the photos, and writes the report and, if asked for, the calibration.

    Raises:
        UserError: if the labels cannot be used or no photo has an estimate.
        OSError: if a file cannot be written.
    """
    if not options.folder.is_dir():
        raise UserError(f"{options.folder} is not a folder. Name the folder with your photos.")
    for output in filter(None, (options.output, options.calibration)):
        check_writable(output)
    if options.labels:
        labels = read_labels(options.labels)
    else:
        names = (str(file.relative_to(options.folder)) for file in find_images([options.folder]))
        labels = labels_from_names(names, options.pattern)
    bar = lambda rows: tqdm(rows, unit=" photos", disable=None, leave=False)  # noqa: E731
    evaluation = analyse(labels, options.folder, Predictor(), bar)
    coverage = None
    if options.calibration:
        refit(evaluation).save(options.calibration)
        coverage = refitted_coverage(evaluation)
        print(f"Wrote {options.calibration}.")
    atomic_write_text(options.output, as_html(evaluation, coverage))
    found, failed = len(evaluation.predictions), len(evaluation.failures)
    print(f"Wrote {options.output}: {found:,} photos with a face, {failed:,} without an estimate.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m model evaluate", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the photos are")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--labels", type=Path, metavar="CSV", help="table: file, age (or born and taken), and maybe gender and group"
    )
    source.add_argument(
        "--pattern", help="of the file names without their ending, such as {*}_{age}_{gender}, in place of a table"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="HTML", help="the report")
    parser.add_argument(
        "--calibration", type=Path, metavar="JSON", help="also fit the intervals to these photos and write them here"
    )
    return parser
