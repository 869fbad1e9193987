"""`--calibration`: a calibration of one's own in place of the one beside the model."""

import csv
import hashlib
import json
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers.paths import SAMPLES

from model import __main__ as command_line
from model.batch.engines import ENGINES, Done, Load, LoadPredictor
from model.batch.parts import Part, annotate_part
from model.calibration import Calibration
from model.estimator import Estimator, read_provenance

HOPPER = SAMPLES / "grace-hopper.jpg"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Three years on either side of every estimate."""
    Calibration((0.0,), (-3.0,), (3.0,), 1.0, 0.0).save(tmp_path / "own.json")
    return tmp_path / "own.json"


def test_answers_use_it_and_say_so(run: Run, own: Path) -> None:
    (shipped,) = csv.DictReader(run(HOPPER, "--format", "csv")[1].splitlines())
    status, output, _ = run(HOPPER, "--calibration", own, "--format", "csv", "--provenance")
    (row,) = csv.DictReader(output.splitlines())
    assert status == 0
    assert row["age"] == shipped["age"]
    assert float(row["age_high"]) - float(row["age_low"]) == pytest.approx(6, abs=0.1)
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    assert row["calibration_sha256"] == digest != read_provenance().calibration_sha256
    model = json.loads(run(HOPPER, "--calibration", own, "--format", "json")[1])["model"]
    assert (model["calibration_sha256"], model["calibration"]["age_high"]) == (digest, [3])


def test_many_photos_use_it_and_the_table_says_so(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def in_this_process(parts: Iterable[Part], workers: int | None, load: Load) -> Done:
        predictor = load()
        yield from ((part, annotate_part(predictor, part)) for part in parts)

    monkeypatch.setitem(ENGINES, "local", in_this_process)
    output = tmp_path / "faces.parquet"
    arguments = ["annotate", str(HOPPER), "--output", str(output), "--calibration", str(own)]
    assert command_line.main(arguments) == 0
    (row,) = pq.read_table(output).to_pylist()
    assert row["age_high"] - row["age_low"] == pytest.approx(6, abs=0.1)
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    assert pq.read_metadata(output).metadata[b"calibration_sha256"].decode() == digest
    assert "1 in 1 photos" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"[]", b'{"ages": [NaN]}', b"\xff\xfe", b"[" * 100_000])
def test_file_that_is_no_calibration_is_one_sentence(run: Run, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_bytes(content)
    status, output, errors = run(HOPPER, "--calibration", tmp_path / "mine.json")
    assert (status, output) == (1, "")
    told = "is not a calibration that can be used. Recreate it with: python -m model evaluate\n"
    assert errors == f"{tmp_path / 'mine.json'} {told}"


def test_number_that_is_none_is_refused(run: Run, own: Path) -> None:
    own.write_text(own.read_text().replace("3.0", "NaN"))
    status, output, errors = run(HOPPER, "--calibration", own)
    assert (status, output) == (1, "")
    assert "own.json is not a calibration that can be used." in errors


def test_missing_file_is_one_sentence(run: Run, tmp_path: Path) -> None:
    status, output, errors = run(HOPPER, "--calibration", tmp_path / "none.json")
    assert (status, output) == (1, "")
    assert errors == f"{tmp_path / 'none.json'} is missing. Create it with: python -m model evaluate\n"


def test_copies_in_other_processes_have_it(own: Path) -> None:
    copy = pickle.loads(pickle.dumps(Estimator(calibration=own)))  # noqa: S301
    assert copy.calibration.age_high == (3,)
    load = LoadPredictor(own)
    again = pickle.loads(pickle.dumps(load))  # noqa: S301
    assert (again, hash(again)) == (load, hash(load))  # or every part would load the models anew
