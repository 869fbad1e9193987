"""The process that decodes: it survives bad pictures, is replaced when it does not, and works from anywhere."""

import asyncio
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from helpers.odd_files import PORTRAIT, encode
from helpers.paths import ROOT, SAMPLES
from PIL import Image

from model.image import ImageError, ImageTooLargeError, OutOfMemoryError, ReadingInterruptedError, read_image
from model.reading import channel
from model.reading.process import Decoding, decode_apart
from model.reading.worker import CPU_SECONDS

PHOTO = SAMPLES / "grace-hopper.jpg"
SHAPE = (600, 512, 3)
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals and shared memory as on Linux")


@LINUX
def test_worker_that_cannot_start_keeps_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(channel.WorkerUnavailableError):
            channel.Worker()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def shape_in_process(path: Path) -> tuple[int, ...]:
    return read_image(path).shape


def busy(seconds: float = 60) -> bytes:
    """A request at which a worker that runs `PRETENDED` works for so long."""
    return f"busy {seconds}".encode()


def asleep(seconds: float = 60) -> bytes:
    return f"asleep {seconds}".encode()


PRETENDED = """
import sys, time; sys.path.insert(0, sys.argv[1])
from model.reading import worker
def decode(file, data, max_pixels, canvas):
    what, seconds = bytes(data[:]).decode().split()
    end = time.monotonic() + float(seconds)
    if what == "crash":
        import os; os.abort()
    if what == "fill":
        bytearray(2_000_000_000)
    while time.monotonic() < end:
        if what == "asleep": time.sleep(0.1)
    canvas(3)[:] = 7
    return 1, 1
worker.decode = decode
worker.main(*map(int, sys.argv[2:]))
"""


@pytest.fixture
def pretending(monkeypatch: pytest.MonkeyPatch) -> Decoding:
    """Decoding with a worker that does as the content of the picture says."""
    monkeypatch.setattr(channel, "START", PRETENDED)
    decoding = Decoding()
    ask(decoding, b"busy 0")  # it has started
    return decoding


def ask(decoding: Decoding, content: bytes) -> np.ndarray:
    return decoding(io.BytesIO(content), 10**8, lambda: False)


def test_worker_stays_for_the_next_picture_and_after_errors() -> None:
    read_image(PHOTO)
    first = decode_apart.process_id
    with pytest.raises(ImageError):
        read_image(PORTRAIT[:5000])
    assert read_image(PHOTO).shape == SHAPE
    assert decode_apart.process_id == first != os.getpid()


def test_every_answer_is_that_of_its_own_picture() -> None:
    pictures = [encode(Image.new("RGB", (n, 2 * n), (n, 0, 0)), "PNG") for n in range(1, 60)]
    with ThreadPoolExecutor(8) as threads:
        for n, pixels in enumerate(threads.map(read_image, pictures), 1):
            assert pixels.shape == (2 * n, n, 3)
            assert (pixels == (n, 0, 0)).all()


def test_result_belongs_to_the_caller() -> None:
    first = read_image(PHOTO)
    copy = first.copy()
    read_image(SAMPLES / "eileen-collins.jpg")
    np.testing.assert_array_equal(first, copy)
    assert first.flags.writeable
    assert first.flags.c_contiguous


@LINUX
def test_decoder_that_hangs_is_ended_and_replaced(pretending: Decoding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "IDLE_SECONDS", 1.0)
    started = time.monotonic()
    with pytest.raises(ImageTooLargeError, match="takes too long to decode"):
        ask(pretending, asleep())
    assert time.monotonic() - started < 10
    assert ask(pretending, b"busy 0").tolist() == [[[7, 7, 7]]]


@LINUX
def test_decoder_that_works_for_ever_is_ended_by_the_system(pretending: Decoding) -> None:
    before = os.times().children_user
    with pytest.raises(ImageTooLargeError, match="takes too long to decode"):
        ask(pretending, busy())
    assert os.times().children_user - before < 4 * CPU_SECONDS
    assert ask(pretending, b"busy 0").size == 3


@LINUX
def test_decoder_that_crashes_costs_one_picture(pretending: Decoding) -> None:
    with pytest.raises(ImageError, match="damaged"):
        ask(pretending, b"crash 0")
    assert ask(pretending, b"busy 0").size == 3


@LINUX
def test_killed_worker_is_no_fault_of_the_picture(pretending: Decoding) -> None:
    victim = pretending.process_id
    assert victim
    threading.Timer(0.3, os.kill, (victim, signal.SIGKILL)).start()
    with pytest.raises(OutOfMemoryError, match="not enough memory"):
        ask(pretending, asleep())


@LINUX
def test_memory_of_the_worker_is_bounded() -> None:
    limits = Path(f"/proc/{decode_apart.process_id}/limits") if read_image(PHOTO).size else Path()
    data = next(line for line in limits.read_text().splitlines() if line.startswith("Max data size"))
    assert 700_000_000 < int(data.split()[3]) < 1_200_000_000


def test_picture_that_nobody_wants_any_more_is_dropped_within_a_second(pretending: Decoding) -> None:
    gone = threading.Event()
    threading.Timer(0.2, gone.set).start()
    started = time.monotonic()
    with pytest.raises(ReadingInterruptedError):
        pretending(io.BytesIO(asleep()), 10**8, gone.is_set)
    assert time.monotonic() - started < 0.2 + 1 + 1  # one for a busy machine


def test_interrupted_picture_is_not_taken_for_the_next_one(
    pretending: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(json, "loads", interrupt)
        with pytest.raises(KeyboardInterrupt):
            ask(pretending, b"busy 0.1")
    assert ask(pretending, b"busy 0").size == 3


def test_without_shared_memory_pixels_come_through_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    decoding = Decoding()
    for path in (PHOTO, SAMPLES / "eileen-collins.jpg"):
        np.testing.assert_array_equal(ask(decoding, path.read_bytes()), read_image(path))
    with pytest.raises(ImageError, match="damaged"):
        ask(decoding, PORTRAIT[:5000])
    assert ask(decoding, PORTRAIT).shape == SHAPE
    assert decoding.process_id


@pytest.mark.parametrize("executable", ["", "/nowhere/python"])
def test_where_no_process_starts_pictures_are_decoded_here(executable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    decoding = Decoding()
    np.testing.assert_array_equal(ask(decoding, PORTRAIT), read_image(PHOTO))
    assert decoding.process_id is None
    with pytest.raises(ImageTooLargeError):
        decoding(io.BytesIO(PORTRAIT), 1000, lambda: False)


def test_process_that_ends_at_its_start_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "START", "raise SystemExit")
    decoding = Decoding()
    assert ask(decoding, PORTRAIT).shape == SHAPE
    assert decoding.process_id is None


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_other_processes_have_their_own_worker(method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    read_image(PHOTO)  # a worker that a fork inherits
    with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        assert list(pool.map(shape_in_process, [PHOTO] * 4)) == [SHAPE] * 4
    assert read_image(PHOTO).shape == SHAPE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_fork_reads_while_a_thread_of_its_parent_waits_for_a_picture(pretending: Decoding) -> None:
    thread = threading.Thread(target=ask, args=(pretending, asleep(3)))
    thread.start()
    time.sleep(0.3)
    child = os.fork()
    if child == 0:
        os._exit(int(ask(pretending, b"busy 0").size != 3))
    deadline = time.monotonic() + 60
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.05)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
    thread.join()
    assert ended == (child, 0)


def test_it_works_in_an_event_loop_and_in_daemon_threads() -> None:
    async def read() -> tuple[int, ...]:
        return (await asyncio.to_thread(read_image, PHOTO)).shape

    assert asyncio.run(read()) == SHAPE
    found: list[tuple[int, ...]] = []
    thread = threading.Thread(target=lambda: found.append(read_image(PHOTO).shape), daemon=True)
    thread.start()
    thread.join(60)
    assert found == [SHAPE]


def test_program_ends_at_once_and_its_worker_with_it(tmp_path: Path) -> None:
    code = (
        "from model import read_image; from model.reading.process import decode_apart;"
        f"read_image({str(PHOTO)!r}); print(decode_apart.process_id)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    (tmp_path / "json.py").write_text("raise SystemExit('a module from the current folder')")
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
