"""The command line of the browser's page: `python -m edge build`, `icons` and `cases`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from model.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; errors for people go to standard error as one sentence.

    Returns:
        The exit status: 0, or 1 after an error.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _build(options: argparse.Namespace) -> None:
    from edge.build import build

    built = build(options.output)
    print(f"Wrote {options.output}. A visitor downloads {built.megabytes:.1f} MB, once.")
    print(f"Next: python -m http.server --directory {options.output} 8000")


def _icons(options: argparse.Namespace) -> None:
    from edge.icons import draw_icons

    for path in draw_icons(options.output):
        print(f"Wrote {path}.")


def _cases(options: argparse.Namespace) -> None:
    from edge.cases import write_cases

    print(f"Wrote {write_cases(options.output, options.chips, options.photos, options.pictures)}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m edge", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("build", help="write the page and its networks into a folder for any server")
    command.add_argument("--output", type=Path, default=Path("exports/edge"), metavar="DIR")
    command.set_defaults(run=_build)
    command = commands.add_parser("icons", help="draw the icons of all sizes from page/icons/icon.svg; needs Chromium")
    command.add_argument("--output", type=Path, default=Path(__file__).parent / "page" / "icons", metavar="DIR")
    command.set_defaults(run=_icons)
    command = commands.add_parser(
        "cases", help="write chips and photos with the answers that every interface must give"
    )
    command.add_argument("pictures", nargs="*", type=Path, help="photos to vary; the samples if none is named")
    command.add_argument("--output", type=Path, default=Path("exports/cases"), metavar="DIR")
    command.add_argument("--chips", type=int, default=200, help="number of chips (default: %(default)s)")
    command.add_argument("--photos", type=int, default=30, help="number of whole photos (default: %(default)s)")
    command.set_defaults(run=_cases)
    return parser


if __name__ == "__main__":
    sys.exit(main())
