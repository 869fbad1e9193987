"""Keeps the process small under glibc, whose allocator is tuned for speed; does nothing elsewhere.

By default glibc creates up to eight memory pools for each core, and each pool keeps what its largest photo took.
See mallopt(3) and malloc_trim(3).

Not in `model`, which loads ONNX Runtime: the app needs this before it draws the menu.
"""

import ctypes
import sys

M_ARENA_MAX = -8  # from malloc.h
POOLS = 2  # threads rarely wait for each other: the heavy work is done outside of the allocator


def limit_pools() -> None:
    """Makes all threads share two pools. Call it before there are many threads."""
    if mallopt := _glibc("mallopt"):
        mallopt(M_ARENA_MAX, POOLS)


def trim_heap() -> None:
    """Returns free memory to the system. Takes a few milliseconds, and makes the next photo slightly slower."""
    if malloc_trim := _glibc("malloc_trim"):
        malloc_trim(0)


def _glibc(name: str) -> "ctypes._NamedFuncPointer | None":
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
