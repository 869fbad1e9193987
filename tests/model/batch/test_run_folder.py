import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from helpers.quick import load_quick, write_photos

from model.batch import run_folder
from model.batch.annotate import annotate_photos
from model.batch.engines import Done
from model.batch.parts import AnnotationError, Part, annotate_part
from model.batch.run_folder import SCHEMA, RunFolder, Summary
from model.estimator import MODEL_PATH, read_provenance
from model.face import COLUMNS

CALIBRATION = MODEL_PATH.with_name("calibration.json")


class KilledError(BaseException):
    """Stands for a SIGKILL: nothing in the program catches it."""


def in_this_process(parts: Iterable[Part], workers: int | None) -> Done:
    """The simplest engine."""
    predictor = load_quick()
    for part in parts:
        yield part, annotate_part(predictor, part)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "PART_SIZE", 4)
    monkeypatch.setattr(run_folder, "ROW_GROUP", 5)
    monkeypatch.setattr("helpers.quick.SECONDS_PER_PHOTO", 0)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Ten photos with nine faces, and a broken one whose name starts like a formula."""
    folder = write_photos(tmp_path / "photos", 10)
    (folder / "=1+1.png").write_bytes(b"no picture")
    return folder


def finished(output: Path) -> pd.DataFrame:
    assert sorted(path.name for path in output.parent.glob("faces*")) == ["faces.parquet", "faces.unreadable.csv"]
    return pd.read_parquet(output)


def test_table_has_the_agreed_columns_and_one_row_per_face_in_order(photos: Path, tmp_path: Path) -> None:
    output = tmp_path / "new" / "faces.parquet"
    summary = annotate_photos([photos], output, in_this_process)
    assert summary == Summary(photos=10, photos_without_face=4, unreadable=1, faces=9)
    table = finished(output)
    assert tuple(table.columns) == COLUMNS == tuple(SCHEMA.names)
    assert [Path(file).name for file in table["file"]] == [f"{i:05d}.png" for i in range(10) for _ in range(i % 3)]
    assert pq.read_schema(output).equals(SCHEMA)
    metadata = pq.read_metadata(output)
    assert metadata.metadata[b"photos"] == b"10"
    assert metadata.metadata[b"photos_without_face"] == b"4"
    named = {key: metadata.metadata[key.encode()].decode() for key in read_provenance().to_metadata()}
    assert named == read_provenance().to_metadata()
    assert json.loads(named["calibration"]) == json.loads(CALIBRATION.read_text())
    assert metadata.num_row_groups == 2


def test_hidden_pictures_and_folders_are_counted_also_when_a_run_resumes(photos: Path, tmp_path: Path) -> None:
    shutil.copy(photos / "00001.png", photos / "._00001.png")
    (photos / "@eaDir").mkdir()
    shutil.copy(photos / "00001.png", photos / "@eaDir")
    output = tmp_path / "faces.parquet"

    def killed(parts: Iterable[Part], workers: int | None) -> Done:
        raise KilledError
        yield

    with pytest.raises(KilledError):
        annotate_photos([photos], output, killed)
    summary = annotate_photos([photos], output, in_this_process)
    assert summary == Summary(photos=10, photos_without_face=4, unreadable=1, faces=9, left_out=2)


def test_unreadable_files_have_their_own_table(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photos)
    annotate_photos([Path("=1+1.png"), Path("00001.png")], tmp_path / "faces.parquet", in_this_process)
    unreadable = pd.read_csv(tmp_path / "faces.unreadable.csv")
    assert unreadable["file"].tolist() == ["'=1+1.png"]
    assert unreadable["reason"].str.contains("not a picture").all()


def test_kill_at_any_rename_loses_and_repeats_nothing(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tmp_path / "whole" / "faces.parquet"
    annotate_photos([photos], whole, in_this_process)
    replace: Callable[[Path, Path], Path] = Path.replace
    for when in ("before", "after"):
        for nth in range(1, 8):  # the list, the plan, three parts, two tables
            calls = 0

            def cut(self: Path, target: Path, nth: int = nth, when: str = when) -> None:
                nonlocal calls
                calls += 1
                if calls < nth or when == "after":
                    replace(self, target)
                if calls == nth:
                    raise KilledError

            output = tmp_path / f"{when}-{nth}" / "faces.parquet"
            with monkeypatch.context() as patch:
                patch.setattr(Path, "replace", cut)
                with pytest.raises(KilledError):
                    annotate_photos([photos], output, in_this_process)
            annotate_photos([photos], output, in_this_process)
            assert output.read_bytes() == whole.read_bytes()
            assert (
                output.with_suffix(".unreadable.csv").read_bytes() == whole.with_suffix(".unreadable.csv").read_bytes()
            )
            assert not output.with_name("faces.parquet.parts").exists()


def test_finished_parts_are_not_analysed_again(photos: Path, tmp_path: Path) -> None:
    analysed: list[int] = []

    def killed_after_two(parts: Iterable[Part], workers: int | None) -> Done:
        for part, found in in_this_process(parts, workers):
            if len(analysed) == 2:
                raise KilledError
            analysed.append(part.number)
            yield part, found

    def recording(parts: Iterable[Part], workers: int | None) -> Done:
        for part, found in in_this_process(parts, workers):
            analysed.append(part.number)
            yield part, found

    output = tmp_path / "faces.parquet"
    with pytest.raises(KilledError):
        annotate_photos([photos], output, killed_after_two)
    annotate_photos([photos], output, recording)
    assert analysed == [0, 1, 2]


def test_kill_while_cleaning_up_leaves_the_table_and_nothing_to_resume(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(folder: Path) -> None:
        (folder / "part-0000001.parquet").unlink()
        raise KilledError

    output = tmp_path / "faces.parquet"
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut)
        with pytest.raises(KilledError):
            annotate_photos([photos], output, in_this_process)
    with pytest.raises(AnnotationError, match="already exists"):
        annotate_photos([photos], output, in_this_process)
    # Leftover parts do not get into a new table.
    output.unlink()
    fewer = photos / "00001.png"
    assert annotate_photos([fewer], output, in_this_process) == Summary(1, 0, 0, 1)


def test_photos_added_later_are_not_part_of_a_resumed_run(photos: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "faces.parquet", [photos])
    assert run.begin() == 11
    write_photos(photos, 20)
    assert annotate_photos([photos], tmp_path / "faces.parquet", in_this_process).photos == 10


@pytest.mark.parametrize("change", ["paths", "directory", "model", "columns"])
def test_another_run_does_not_resume_this_one(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    output = tmp_path / "faces.parquet"
    RunFolder(output, [photos]).begin()
    plan = tmp_path / "faces.parquet.parts" / "run.json"
    changed = json.loads(plan.read_text())
    changed["request"][change] = "another"
    plan.write_text(json.dumps(changed))
    with pytest.raises(AnnotationError, match="another run"):
        annotate_photos([photos], output, in_this_process)


def test_two_processes_do_not_write_one_table(photos: Path, tmp_path: Path) -> None:
    output = tmp_path / "faces.parquet"
    with RunFolder(output, [photos]).locked(), pytest.raises(AnnotationError, match="Another process"):
        annotate_photos([photos], output, in_this_process)
    assert annotate_photos([photos], output, in_this_process).photos == 10


def test_existing_table_is_not_replaced(photos: Path, tmp_path: Path) -> None:
    output = tmp_path / "faces.parquet"
    output.write_text("somebody's work")
    with pytest.raises(AnnotationError, match="already exists"):
        annotate_photos([photos], output, in_this_process)
    assert output.read_text() == "somebody's work"
    assert not output.with_name("faces.parquet.parts").exists()


def test_damaged_part_is_named(photos: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "faces.parquet", [photos])
    run.begin()
    (tmp_path / "faces.parquet.parts" / "part-0000001.parquet").write_bytes(b"PAR1")
    with pytest.raises(AnnotationError, match=r"part-0000001\.parquet"):
        annotate_photos([photos], tmp_path / "faces.parquet", in_this_process)


def test_no_pictures_give_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    summary = annotate_photos([tmp_path / "photos"], tmp_path / "faces.parquet", in_this_process)
    assert summary == Summary()
    assert len(finished(tmp_path / "faces.parquet")) == 0


def test_output_where_nothing_can_be_written_is_one_sentence(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AnnotationError, match="Not a directory"):
        annotate_photos([photos], tmp_path / "file" / "faces.parquet", in_this_process)
