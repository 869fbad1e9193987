"""Memory that is free goes back to the system. Linux with glibc only."""

import ctypes
import subprocess
import sys

import pytest
from helpers.paths import ROOT

from components import memory

GLIBC = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")

RESIDENT = """
import threading
import psutil
from components.memory import trim_heap, limit_pools

def resident() -> float:
    return psutil.Process().memory_info().rss / 1e6
"""

FREED = """
pieces = [bytearray(50_000) for _ in range(2_000)]
last = bytearray(50_000)  # keeps what is below it from going back by itself
del pieces
before = resident()
trim_heap()
print(before - resident())
"""

POOLS = """
import ctypes, sys
if "limited" in sys.argv:
    limit_pools()
barrier = threading.Barrier(12)
def work():
    barrier.wait()
    kept = [bytearray(10_000) for _ in range(100)]
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.stdout.flush()
ctypes.CDLL(None).malloc_info(0, ctypes.c_void_p.in_dll(ctypes.CDLL(None), "stdout"))
"""


def output(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", RESIDENT + code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(not GLIBC, reason="another allocator")
def test_what_is_freed_goes_back() -> None:
    assert float(output(FREED)) > 80  # of 100 MB


@pytest.mark.skipif(not GLIBC, reason="another allocator")
def test_threads_share_two_pools() -> None:
    assert output(POOLS).count("<heap") > 2
    assert output(POOLS, "limited").count("<heap") == 2


def test_other_allocators_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("ctypes.CDLL", lambda _: pytest.fail("looked for a function of glibc"))
    memory.limit_pools()
    memory.trim_heap()


def test_front_door_waits_for_no_model() -> None:
    assert output("import sys; print('onnxruntime' in sys.modules)") == "False\n"
