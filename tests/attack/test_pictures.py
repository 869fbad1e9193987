"""Pictures made to stop the service: each comes to an end within seconds and megabytes, through every interface.

Bounds are several times what `python -m helpers.measuring` has measured (see SECURITY.md), for machines that are busy.
"""

import asyncio
import csv
import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from helpers import bombs
from helpers.measuring import Cost, warm_up, worker
from helpers.odd_files import PORTRAIT
from helpers.quick import load_quick

from api.predictions import Predictions
from api.settings import Settings
from components.photo.predictions import analyse
from model import __main__ as command_line
from model.admission import PredictionQueue
from model.image import ImageError, ImageTooLargeError, read_image
from model.reading import channel
from model.reading.process import Decoding

pytestmark = pytest.mark.slow

REFUSED_SECONDS = 5  # takes less than 0.2
READ_SECONDS = 30  # the limit on the clock; takes up to 5 of processor time
MEGABYTES = 600
FOUR_MEGABYTES = 1200

REFUSED: dict[str, Callable[[], bytes]] = {
    "20,000 scans": bombs.many_scans,
    "EXIF segments": partial(bombs.many_segments, 0xE1, b"Exif\0\0ab", 18_700_000),
    "empty segments": partial(bombs.many_segments, 0xE5, b"", 20_000_000),
    "comment segments": partial(bombs.many_segments, 0xFE, b"c", 20_000_000),
    "fill bytes": partial(bombs.padded, b"\xff"),
    "escaped bytes": partial(bombs.padded, b"\xff\0", 10_000_000),
    "restart markers": partial(bombs.padded, b"\xff\xd0", 10_000_000),
    "strips": bombs.many_strips,
    "one huge tile": bombs.huge_tile,
    "values at one place": bombs.overlapping_values,
    "PNG chunks": bombs.many_chunks,
    "GIF comment": bombs.long_comment,
    "GIF blocks of a byte": bombs.tiny_blocks,
    "WebP of 40 megapixels": bombs.large("RGB", "WEBP", 40, method=0),
}
DAMAGED: dict[str, Callable[[], bytes]] = {"PNG texts": bombs.many_texts, "PNG profile": bombs.heavy_profile}
READ: dict[str, Callable[[], bytes]] = {  # as bad as it may get within the bounds
    "80 scans": partial(bombs.many_scans, 80),
    "1,900 segments": partial(bombs.many_segments, 0xE5, b"a" * 10_000, 19_000_000),
    "32,000 strips": partial(bombs.many_strips, 32_000),
    "90,000 chunks": partial(bombs.many_chunks, 90_000),
    "black GIF": partial(bombs.many_frames, "GIF"),
    "black WebP": partial(bombs.many_frames, "WEBP"),
    "black PNG": partial(bombs.many_frames, "PNG"),
}
LARGE: dict[str, Callable[[], bytes]] = {  # the largest of its kind
    "16-bit grey PNG": bombs.large("I;16", "PNG", 95),
    "RGBA PNG": bombs.large("RGBA", "PNG", 119, compress_level=1),
    "palette with transparency": bombs.large("P", "PNG", 119, transparency=0, compress_level=1),
    "float TIFF": bombs.large("F", "TIFF", 75, compression="tiff_lzw"),
    "JPEG": bombs.large("RGB", "JPEG", 119),
    "progressive JPEG": bombs.large("RGB", "JPEG", 69, progressive=True),
    "WebP": bombs.large("RGB", "WEBP", 29, method=0),
    "HEIC": bombs.large("RGB", "HEIF", 60),
    "AVIF": bombs.large("RGB", "AVIF", 52, speed=10),
}

HANGS = """
import sys, time; sys.path.insert(0, sys.argv[1])
from model.reading import worker
worker.decode = lambda *_: time.sleep(600)
worker.main(*map(int, sys.argv[2:]))
"""


@pytest.fixture(autouse=True)
def warm() -> None:
    warm_up()


@cache
def content(make: Callable[[], bytes]) -> bytes:
    return make()


def outcome(data: bytes) -> str:
    try:
        return f"read, {read_image(data).size}"
    except ImageError as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("name", REFUSED)
def test_structure_out_of_proportion_is_refused_before_it_is_decoded(name: str) -> None:
    data = content(REFUSED[name])
    with Cost() as cost, pytest.raises(ImageTooLargeError, match=r"too (many|large)"):
        read_image(data)
    assert cost.seconds < REFUSED_SECONDS
    assert cost.megabytes < MEGABYTES


@pytest.mark.parametrize("name", DAMAGED)
def test_metadata_that_unpack_to_much_are_refused(name: str) -> None:
    data = content(DAMAGED[name])
    with Cost() as cost, pytest.raises(ImageError, match="damaged"):
        read_image(data)
    assert cost.seconds < READ_SECONDS
    assert cost.megabytes < MEGABYTES


@pytest.mark.parametrize("name", READ)
def test_structure_just_within_the_bounds_is_read_in_time(name: str) -> None:
    data = content(READ[name])
    with Cost() as cost:
        assert outcome(data).startswith("read")
    assert cost.seconds < READ_SECONDS
    assert cost.megabytes < MEGABYTES


@pytest.mark.parametrize("name", LARGE)
def test_largest_picture_of_each_kind_fits_into_memory(name: str) -> None:
    data = content(LARGE[name])
    with Cost() as cost:
        result = outcome(data)
    assert cost.megabytes < MEGABYTES
    assert cost.seconds < READ_SECONDS + 5
    assert result.startswith("read") or "takes too long" in result  # on a very busy machine


def test_page_and_its_download_of_the_largest_picture_take_no_more_than_decoding_it() -> None:
    data = bombs.large("RGB", "PNG", 119, colour=(1, 0, 0), compress_level=1)()  # the red of one face
    with Cost() as cost:
        result = analyse(load_quick(), "large.png", data)
        marked = result.annotated
    assert len(result.faces) == 1
    assert read_image(marked).shape[1::-1] == result.size
    assert cost.megabytes < MEGABYTES


def test_command_line_marks_the_largest_picture_within_the_memory_of_decoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_line, "Predictor", lambda *_: load_quick())
    (tmp_path / "large.png").write_bytes(bombs.large("RGB", "PNG", 119, colour=(1, 0, 0), compress_level=1)())
    with Cost() as cost:
        assert command_line.main(["predict", str(tmp_path / "large.png"), "--annotated", str(tmp_path / "marked")]) == 0
    assert (tmp_path / "marked" / "large.jpg").stat().st_size > 100_000
    assert cost.megabytes < MEGABYTES


def test_four_of_the_worst_at_once_take_little_more_than_one() -> None:
    pictures = [content(LARGE[name]) for name in ("16-bit grey PNG", "progressive JPEG", "WebP", "HEIC")]
    queue = PredictionQueue()
    with Cost() as cost, ThreadPoolExecutor(4) as visitors:
        results = list(visitors.map(lambda data: queue.run(outcome, data), pictures))
    assert cost.megabytes < FOUR_MEGABYTES
    assert all(result.startswith("read") or "takes too long" in result for result in results)


def test_other_pictures_are_read_after_each_bomb() -> None:
    for make in (*REFUSED.values(), *DAMAGED.values()):
        outcome(content(make))
    assert read_image(PORTRAIT).shape == (600, 512, 3)
    assert worker()


def test_app_and_batch_refuse_bombs_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "Predictor", lambda *_: load_quick())
    for name, make in REFUSED.items():
        (tmp_path / f"{name}.jpg").write_bytes(content(make))
        error = analyse(load_quick(), name, content(make)).error
        assert error
        assert error.startswith("The picture ")
    output = tmp_path / "faces.csv"
    with Cost() as cost:
        assert command_line.main(["predict", str(tmp_path), "--format", "csv", "--output", str(output)]) == 1
    assert not list(csv.DictReader(io.StringIO(output.read_text())))
    assert cost.seconds < len(REFUSED) * REFUSED_SECONDS


def test_request_that_is_given_up_frees_its_place_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "START", HANGS)
    monkeypatch.setattr("model.image.decode_apart", Decoding())
    queue = PredictionQueue()
    predictions = Predictions(load_quick, Settings(), queue)

    async def give_up() -> float:
        task = asyncio.create_task(predictions.predict(PORTRAIT))
        await asyncio.sleep(1)
        task.cancel()
        started = time.monotonic()
        await asyncio.wrap_future(queue.submit(np.zeros, 1))  # its turn comes when the decoder is free
        return time.monotonic() - started

    assert asyncio.run(give_up()) < 2  # one for a busy machine
