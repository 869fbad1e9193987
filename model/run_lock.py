"""Keeps a second process out of the folder of a run."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import filelock

from model.errors import UserError


@contextlib.contextmanager
def locked(folder: Path, output: Path, refusal: type[UserError]) -> Iterator[None]:
    """Holds the lock of a run; the system releases it when this process ends, however it ends.

    Args:
        folder: of the run.
        output: the table that the run writes, for the message.
        refusal: what is raised if another process is already writing the table.
    """
    lock = filelock.FileLock(folder / "lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise refusal(f"Another process is writing {output}. Wait for it, or stop it.") from None
    try:
        yield
    finally:
        lock.release()
