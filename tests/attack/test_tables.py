"""Tables made to take time or memory, each read in a process of its own with bounds on both."""

import io
import multiprocessing
import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from components.demographics.reading import MAX_ROW_GROUPS, NUMBERS, TableError, read_faces

pytestmark = pytest.mark.slow

SECONDS = 3.0
MEGABYTES = 300
FACES = 2000


def parquet(table: pa.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", **options)
    return buffer.getvalue()


def faces(count: int = FACES, **columns: pa.Array) -> pa.Table:
    numbers = {name: pa.array(np.ones(count)) for name in NUMBERS}
    return pa.table({**numbers, "gender": pa.array(["male"] * count), **columns})


def different_long_texts() -> bytes:
    """270 texts of 1 MB that compress to nothing; decoded, they are a little over the limit."""
    texts = pa.array([f"{i}" + "x" * (1 << 20) for i in range(270)])
    return parquet(faces(270, warnings=texts), use_dictionary=["warnings"], dictionary_pagesize_limit=2**31 - 1)


def texts_as_differences() -> bytes:
    """Each text with the same beginning of 1 MB, stored once."""
    texts = pa.array(["x" * (1 << 20) + str(i) for i in range(400)])
    return parquet(faces(400, warnings=texts), use_dictionary=False, column_encoding={"warnings": "DELTA_BYTE_ARRAY"})


def many_faces() -> bytes:
    return parquet(faces(3_000_000, gender=pa.array(["male"] * 3_000_000)), row_group_size=3_000_000)


def many_columns() -> bytes:
    return parquet(faces(1, **{f"x{i}": pa.array([1]) for i in range(5000)}))


def many_row_groups() -> bytes:
    return parquet(faces(MAX_ROW_GROUPS + 1), row_group_size=1)


def header(names: str) -> bytes:
    good = pd.DataFrame({**{name: [1.0] for name in NUMBERS}, "gender": "male"}).to_csv(index=False).splitlines()
    return f"{names},{good[0]}\n{'1,' * (names.count(',') + 1)}{good[1]}\n".encode()


def deep_quotes() -> bytes:
    return header('"' * 20_000_000)


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "different long texts": ("x.parquet", different_long_texts),
    "texts as differences": ("x.parquet", texts_as_differences),
    "many faces": ("x.parquet", many_faces),
    "many columns": ("x.parquet", many_columns),
    "many groups of rows": ("x.parquet", many_row_groups),
    "equal names": ("x.csv", lambda: header(",".join(["age"] * 16_000))),
    "equal names beside those needed": ("x.csv", lambda: header(",".join(["x"] * 16_000))),
    "equal names, semicolons": ("x.csv", lambda: header(",".join(["x"] * 16_000)).replace(b",", b";")),
    "different names": ("x.csv", lambda: header(",".join(f"x{i}" for i in range(400_000)))),
    "header without an end": ("x.csv", lambda: b"x," * 10_000_000),
    "empty names": ("x.csv", lambda: b"," * 20_000_000),
    "empty lines": ("x.csv", lambda: b"\n" * 20_000_000),
    "quotes": ("x.csv", deep_quotes),
    "zeros": ("x.csv", lambda: bytes(20_000_000)),
}


def read(name: str, content: bytes, sender: "multiprocessing.connection.Connection") -> None:
    """Sends what the table comes to, seconds of processor time and megabytes."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        message = str(len(read_faces(name, content).faces))
    except TableError as error:
        message = str(error)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sender.send((message, time.process_time() - started, grown / 1024))


@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb_is_refused_in_bounded_time_and_memory(bomb: str) -> None:
    name, make = BOMBS[bomb]
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=read, args=(name, make(), sender))
    process.start()
    assert receiver.poll(60)
    message, seconds, megabytes = receiver.recv()
    process.join()
    assert message.endswith("."), "it was read"
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_largest_table_that_is_read_stays_within_bounds() -> None:
    count = 2_000_000
    texts = pa.array(np.random.default_rng(1).choice(["", "small", "small;turned", "blurred"], count))
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    content = parquet(faces(count, warnings=texts), use_dictionary=False)
    process = context.Process(target=read, args=("x.parquet", content, sender))
    process.start()
    assert receiver.poll(120)
    message, _, megabytes = receiver.recv()
    process.join()
    assert message == str(count)
    assert megabytes < 1000
