"""The command line of a benchmark that has a command and a result file of its own."""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.serving import ROOT
from reports.benchmarks import Row, as_text, write_rows


def run(name: str, description: str | None, short: str, output: Path, measure: Callable[[bool], list[Row]]) -> int:
    """Measures, prints, and writes the rows if asked to.

    Args:
        name: of the module in `benchmarks`.
        description: for `--help`.
        short: what the short form does, for `--help`.
        output: the result file that `--help` names.
        measure: the rows, in the short form if it is given true.

    Returns:
        The exit status, 1 if a target was missed.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=description)
    parser.add_argument("--short", action="store_true", help=f"{short}; times are shown, not checked")
    where = f"where to write the rows as JSON, such as {output.relative_to(ROOT)}"
    parser.add_argument("--output", type=Path, metavar="FILE", help=where)
    options = parser.parse_args()
    rows = measure(options.short)
    print(as_text(rows))
    if options.output:
        write_rows(rows, options.output)
    return 1 if any(row.met is False for row in rows) else 0
