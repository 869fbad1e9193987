"""The command line: python -m benchmarks [--short] [--only PART] [--output FILE]

Every part runs in its own process, so that none sees the memory and the warm caches of another.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from reports.benchmarks import Row, as_text, write_rows

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "model" / "results" / "benchmarks.json"
PARTS = ("start", "speed", "stages", "live_video", "memory", "visitors", "recall", "precision")
SHORT_PARTS = ("speed", "memory", "visitors", "recall", "precision")
MARK = "rows: "


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmarks; the exit status is 1 if a target was missed, 2 if a part failed."""
    options = _parser().parse_args(arguments)
    if options.part:
        rows = importlib.import_module(f"benchmarks.{options.part}").measure(options.short)
        print(MARK + json.dumps([asdict(row) for row in rows]))
        return 0
    rows = []
    parts = SHORT_PARTS if options.short else PARTS
    for part in (options.only,) if options.only else parts:
        print(f"Measuring {part}…", file=sys.stderr)
        if (found := run_part(part, options.short)) is None:
            return 2
        rows += found
    print(as_text(rows))
    if options.short:
        rows = [row for row in rows if row.kind != "time"]
    if options.output:
        write_rows(rows, options.output)
    return 1 if any(row.met is False for row in rows) else 0


def run_part(part: str, short: bool) -> list[Row] | None:
    """The rows of one part, measured in a fresh process; None if it failed, after printing the reason."""
    command = [sys.executable, "-m", "benchmarks", "--part", part, *(["--short"] if short else [])]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode or not lines:
        print(f"The part {part} failed:\n{done.stderr}", file=sys.stderr)
        return None
    return [Row(**row) for row in json.loads(lines[-1].removeprefix(MARK))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Speed, memory, start and recall compared with their targets and with a baseline. "
        "Use an idle machine with at least two cores.",
        epilog="Exit status: 0 if all targets were met, 1 if one was missed, 2 if a part could not be measured.",
    )
    parser.add_argument("--short", action="store_true", help="fewer repetitions; times are shown, not checked")
    parser.add_argument("--only", choices=PARTS, help="measures this part alone")
    where = f"where to write the rows as JSON, such as {OUTPUT.relative_to(ROOT)}"
    parser.add_argument("--output", type=Path, metavar="FILE", help=where)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
