"""The command line: `python -m train` makes model/age_gender.keras again; `--help` lists the other commands."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from model.errors import UserError
from model.writing import describe_os_error
from train.parser import make_parser


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns its exit status: 0 done, 1 not done, 2 wrong usage."""
    arguments = sys.argv[1:] if arguments is None else arguments
    # Training is what the program is for, so it needs no word of its own.
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["train", *arguments]
    options = make_parser().parse_args(arguments)
    try:
        options.command(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Stopped: {describe_os_error(error)}. When that is fixed, run the same command again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nInterrupted. Run the same command again; training resumes after its last finished epoch.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
