"""The short form of the benchmarks: memory and faces found must meet their targets, times need not."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import precision
from benchmarks.__main__ import SHORT_PARTS, main, run_part
from benchmarks.photos import compose
from model import Face
from model.detection.detector import MtcnnDetector
from reports.benchmarks import Row, as_text, rows_in, write_rows


@pytest.mark.slow
@pytest.mark.parametrize("part", SHORT_PARTS)
def test_memory_and_faces_meet_their_targets(part: str) -> None:
    rows = run_part(part, short=True)
    assert rows
    assert all(np.isfinite(row.value) for row in rows)
    # Times, and what is computed from them, say nothing on a machine that does other work too.
    steady = [row for row in rows if row.kind in ("memory", "faces")]
    assert any(row.met for row in steady)
    assert all(row.met is not False for row in steady), as_text(rows)


@pytest.mark.slow
def test_stages_are_timed_from_the_file_to_the_faces() -> None:
    rows = run_part("stages", short=True)
    assert rows is not None
    assert len({row.group for row in rows}) == 3
    names = [row.name for row in rows[: len(rows) // 3]]
    assert names[:5] == ["JPEG decode alone", "read", "shrink", "P-Net", "R-Net"]
    assert all(row.value >= 0 for row in rows)


def test_row_is_met_on_the_right_side_of_its_target() -> None:
    assert Row("g", "n", "ratio", 8, "×", at_least=8).met
    assert Row("g", "n", "ratio", 7.9, "×", at_least=8).met is False
    assert Row("g", "n", "time", 0.3, "s", at_most=0.35).met
    assert Row("g", "n", "time", 0.4, "s", at_most=0.35).met is False
    assert Row("g", "n", "time", 0.4, "s").met is None


def test_table_shows_target_and_verdict() -> None:
    text = as_text(
        [Row("Speed", "times faster", "ratio", 9.52, "×", at_least=8), Row("Speed", "alone", "time", 2, "s")]
    )
    assert text.splitlines()[1] == "Speed"
    assert text.splitlines()[2].split() == ["times", "faster", "9.5", "×", "≥", "8", "met"]
    assert text.splitlines()[3].split() == ["alone", "2.0", "s"]


def test_rows_are_written_with_the_machine(tmp_path: Path) -> None:
    write_rows([Row("g", "n", "memory", 950, "MB", at_most=900)], tmp_path / "benchmarks.json")
    content = json.loads((tmp_path / "benchmarks.json").read_text())
    assert content["machine"]["cores"] >= 1
    assert content["rows"][0]["met"] is False
    assert rows_in(json.loads((tmp_path / "benchmarks.json").read_text())) == [
        Row("g", "n", "memory", 950, "MB", at_most=900)
    ]


def test_missed_target_ends_with_status_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = Row("g", "times faster", "ratio", 1, "×", at_least=8)
    monkeypatch.setattr("benchmarks.__main__.run_part", lambda part, short: [slow])
    assert main(["--short"]) == 1
    assert "MISSED" in capsys.readouterr().out


def test_one_part_can_be_measured_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []

    def run(part: str, short: bool) -> list[Row]:
        measured.append(part)
        return []

    monkeypatch.setattr("benchmarks.__main__.run_part", run)
    assert main(["--only", "stages"]) == 0
    assert measured == ["stages"]


def test_failed_part_ends_with_status_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.__main__.run_part", lambda part, short: None)
    assert main(["--short"]) == 2


def test_faces_in_photos_without_people_miss_the_targets_of_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    landmarks = ((30.0, 30.0), (60.0, 30.0), (45.0, 45.0), (32.0, 60.0), (58.0, 60.0))
    face = Face((9, 9, 70, 70), landmarks, 0.99, 30, 20, 40, "female", 0.9)

    class SeesAFaceEverywhere:
        def predict(self, image: np.ndarray) -> list[Face]:
            return [face]

    monkeypatch.setattr(precision, "Predictor", SeesAFaceEverywhere)
    missed = {row.name for row in precision.measure(short=True) if row.met is False}
    assert {"photos without people in which a face was found", "such false faces without a warning"} <= missed
    assert "precision in these photos" in missed


def test_composed_photo_has_the_faces_asked_for() -> None:
    photo = compose(900, 700, [60, 80, 100, 120])
    widths = sorted(face.box[2] for face in MtcnnDetector().detect(photo))
    np.testing.assert_allclose(widths, [60, 80, 100, 120], rtol=0.15)


def test_faces_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        compose(300, 200, [100] * 9)
