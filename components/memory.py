"""Keeps the process small under glibc, whose allocator is made for speed; elsewhere nothing is done.

By default glibc gives up to eight pools a core to the threads, and each pool keeps what its largest photo took.
See mallopt(3) and malloc_trim(3).

Not in `model`, whose import loads ONNX Runtime: the front door needs this before it draws the menu.
"""

import ctypes
import sys

M_ARENA_MAX = -8  # of malloc.h
POOLS = 2  # one waits for the other seldom: the large pieces of work are done outside of the allocator


def limit_pools() -> None:
    """Lets all threads share two pools; to be called before there are many threads."""
    if mallopt := _glibc("mallopt"):
        mallopt(M_ARENA_MAX, POOLS)


def hand_back() -> None:
    """Gives memory that is free to the system. Takes some milliseconds, and the next photo some more."""
    if malloc_trim := _glibc("malloc_trim"):
        malloc_trim(0)


def _glibc(name: str) -> "ctypes._NamedFuncPointer | None":
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
