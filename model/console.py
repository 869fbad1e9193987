"""What the command line prints: whatever the encoding of the console or pipe, and whatever characters names contain."""

import codecs
import io
import json
import os
import sys
import unicodedata

JOINERS = "\u200c\u200d"
"""Format characters that only shape what is written: in Persian, and in emoji of several people."""


def prepare() -> None:
    r"""Lets characters that the encoding of standard output lacks print as escapes, where Python would raise an error.

    The escapes are those of JSON (\u00e9), so JSON stays valid in any encoding.
    """
    codecs.register_error("json_escape", _escape)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="json_escape")


def write(text: str) -> None:
    """Writes results to standard output: as they are to a file or a pipe, and with `visible` lines to a terminal.

    A reader that has seen enough, like `head`, is no error.

    Raises:
        OSError: if standard output cannot be written, as a file on a full disk.
    """
    if sys.stdout.isatty():
        text = "\n".join(map(visible, text.split("\n")))
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the last flush would complain


def report(message: object) -> None:
    """Prints one line for people on standard error."""
    print(visible(str(message)), file=sys.stderr)


def visible(text: str) -> str:
    r"""The text with control and formatting characters as escapes, like \n and \x1b.

    Otherwise whoever names a file could move the cursor, recolour the screen or reverse the order of letters on the
    terminal of whoever lists it.
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in JOINERS
    return character.encode("unicode_escape").decode() if hidden else character


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
