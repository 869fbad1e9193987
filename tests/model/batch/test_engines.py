import functools
import importlib.util
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from helpers.paths import ROOT
from helpers.quick import load_quick, write_photos

from model import Predictor
from model import __main__ as command_line
from model.batch.engines import run_local, run_ray
from model.batch.parts import AnnotationError, Part
from model.image import read_image

QUICK = ROOT / "tests" / "helpers" / "quick.py"
SAMPLES = ROOT / "samples"


def start(photos: Path, output: Path, *more: str, **options: Any) -> subprocess.Popen[str]:
    """The quick command line in its own process."""
    return subprocess.Popen(
        [sys.executable, QUICK, "annotate", photos, "--output", output, *more],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def wait_for_parts(output: Path, count: int, process: subprocess.Popen[str]) -> None:
    folder = output.with_name(f"{output.name}.parts")
    deadline = time.monotonic() + 60
    while len(list(folder.glob("part-*.parquet"))) < count:
        assert process.poll() is None, "the run ended before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids):
        assert time.monotonic() < deadline, "workers outlive the run"
        time.sleep(0.05)


@pytest.mark.slow
def test_run_that_is_killed_again_and_again_loses_and_repeats_nothing(tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 500)
    output = tmp_path / "faces.parquet"
    chance = random.Random(0)
    for kill in range(10):  # the first two before the run has any part, the others while it analyses and writes
        process = start(photos, output, "--workers", str(1 + kill % 2))
        wait_for_parts(output, max(0, kill - 1), process)
        time.sleep(chance.uniform(0, 0.2))
        assert process.poll() is None
        workers = children_of(process.pid)
        process.kill()
        process.communicate()
        wait_until_gone(workers)
        assert not output.exists()
    process = start(photos, output, "--workers", "2")
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (
        0,
        f"Faces: 499 in 500 photos, written to {output}\nPhotos without a face: 167\n",
    )
    table = pd.read_parquet(output)
    expected = [(f"{i:05d}.png", n + 1, float(i % 100)) for i in range(500) for n in range(i % 3)]
    names = [Path(file).name for file in table["file"]]
    assert list(zip(names, table["face"], table["age"], strict=True)) == expected


def test_ctrl_c_says_how_to_resume_and_leaves_no_process(tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 500)
    output = tmp_path / "faces.parquet"
    # A terminal sends Ctrl-C to the workers too.
    process = start(photos, output, "--workers", "2", start_new_session=True)
    wait_for_parts(output, 1, process)
    workers = children_of(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "Interrupted. Run the same command again to resume.\n")
    wait_until_gone(workers)


def test_worker_that_is_killed_is_one_sentence(tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 500)
    output = tmp_path / "faces.parquet"
    process = start(photos, output, "--workers", "1")
    wait_for_parts(output, 1, process)
    for worker in children_of(process.pid):
        if b"spawn_main" in Path(f"/proc/{worker}/cmdline").read_bytes():
            os.kill(worker, signal.SIGKILL)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors.startswith("A worker was killed, perhaps because memory ran out.")
    assert "Traceback" not in errors


def test_full_disk_is_one_sentence(tmp_path: Path) -> None:
    def no_file_over_1000_bytes() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    process = start(
        write_photos(tmp_path / "photos", 100), tmp_path / "faces.parquet", preexec_fn=no_file_over_1000_bytes
    )
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors == "The run stopped: File too large. Once that is fixed, the same command resumes the run.\n"


def test_few_parts_are_held_whatever_their_number(tmp_path: Path) -> None:
    write_photos(tmp_path, 1)
    taken = done = most = 0

    def parts() -> Iterator[Part]:
        nonlocal taken, most
        for number in range(50):
            taken += 1
            most = max(most, taken - done)
            yield Part(number, tmp_path, ("00000.png",))

    for _ in run_local(parts(), 2, load_quick):
        done += 1
    assert done == 50
    assert most <= 4


def test_error_of_a_worker_is_raised_here(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        list(run_local([Part(0, tmp_path, ())], 1, functools.partial(divmod, 1, 0)))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, a wall and a file that is not a picture."""
    folder = write_photos(tmp_path_factory.mktemp("photos"), 1)
    for sample in SAMPLES.glob("*.jpg"):
        (folder / sample.name).write_bytes(sample.read_bytes())
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


def annotate(photos: Path, output: Path, engine: str) -> Path:
    """A real run on two workers, with two parts so that each worker gets one."""
    arguments = ["annotate", str(photos), "--output", str(output), "--workers", "2", "--engine", engine]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("model.batch.run_folder.PART_SIZE", 2)
        assert command_line.main(arguments) == 1  # since a file is broken
    return output


@pytest.fixture(scope="module")
def local_table(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return annotate(photos, tmp_path_factory.mktemp("local") / "faces.parquet", "local")


def test_real_run_gives_the_rows_of_predict(local_table: Path, predictor: Predictor) -> None:
    table = pd.read_parquet(local_table)
    assert [Path(file).name for file in table["file"]] == ["eileen-collins.jpg", "grace-hopper.jpg"]
    rows: list[Any] = list(table.itertuples())
    for row in rows:
        (face,) = predictor.predict(read_image(Path(row.file)))
        assert (row.face, (row.x, row.y, row.width, row.height), row.gender) == (1, face.box, face.gender)
        assert (row.stated_gender, row.warnings) == (face.stated_gender, ";".join(face.warnings))
        numbers = (row.confidence, row.age, row.age_low, row.age_high, row.gender_probability)
        expected = (face.confidence, face.age, face.age_low, face.age_high, face.gender_probability)
        np.testing.assert_allclose(numbers, expected, atol=0.11)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
def test_ray_gives_the_rows_of_the_local_engine(photos: Path, local_table: Path, tmp_path: Path) -> None:
    ray_table = annotate(photos, tmp_path / "faces.parquet", "ray")
    assert pq.read_table(ray_table).equals(pq.read_table(local_table))
    unreadable = ".unreadable.csv"
    assert ray_table.with_suffix(unreadable).read_text() == local_table.with_suffix(unreadable).read_text()


def test_without_ray_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(AnnotationError, match=r"pip install -r requirements-ray\.txt"):
        next(run_ray([]))
