import csv
import errno
import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.paths import ROOT
from helpers.quick import load_quick, write_photos
from helpers.secret_photo import check_clean, secret_photo
from PIL import Image

from model import __main__ as command_line
from model.batch.annotate import annotate_photos
from model.batch.engines import ENGINES, run_local
from model.estimator import ModelError, read_provenance
from model.version import VERSION

HOPPER = ROOT / "samples" / "grace-hopper.jpg"
Run = Callable[..., tuple[int, str, str]]
Annotate = Callable[..., tuple[int, str]]


def test_folder_is_searched_and_bad_files_are_named(run: Run, photos: Path) -> None:
    status, output, errors = run(photos, "--format", "csv")
    rows = list(csv.DictReader(output.splitlines()))
    assert [Path(row["file"]).name for row in rows] == ["face.jpg", "face.JPG"]
    assert all(60 < float(row["age"]) < 95 for row in rows)
    assert f"{photos / 'broken.jpg'}: The picture is damaged" in errors
    assert "No face found in 1 of 3 photos." in errors
    assert "notes.txt" not in errors
    assert status == 1


def test_good_photos_exit_with_status_zero(run: Run) -> None:
    status, output, errors = run(HOPPER)
    assert (status, errors) == (0, "")
    assert 60 <= int(output.splitlines()[1].split()[2]) <= 95


def test_missing_file_is_named_and_the_others_go_through(run: Run, tmp_path: Path) -> None:
    status, output, errors = run(tmp_path / "nothing.jpg", HOPPER, "--format", "json")
    assert status == 1
    assert "nothing.jpg: The file does not exist." in errors
    assert len(json.loads(output)["photos"]) == 1


def test_every_format_for_programs_can_name_the_model(run: Run) -> None:
    provenance = read_provenance()
    assert json.loads(run(HOPPER, "--format", "json")[1])["model"] == json.loads(json.dumps(provenance.to_json()))
    (row,) = csv.DictReader(run(HOPPER, "--format", "csv", "--provenance")[1].splitlines())
    assert provenance.columns.items() <= row.items()
    status, output, errors = run(HOPPER, "--provenance")
    assert (status, output) == (2, "")
    assert "--provenance needs --format csv." in errors


def test_result_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    status, output, _ = run(HOPPER, "--format", "csv", "--output", tmp_path / "faces.csv")
    assert (status, output) == (0, "")
    assert (tmp_path / "faces.csv").read_text().startswith("file,face,x,y,")


def test_hidden_pictures_and_thumbnails_are_not_counted_as_photos(run: Run, photos: Path) -> None:
    before = run(photos)
    (photos / "._face.jpg").write_bytes(b"a resource fork")
    (photos / "@eaDir").mkdir()
    (photos / "@eaDir" / "face.jpg").write_bytes(HOPPER.read_bytes())
    status, output, errors = run(photos)
    assert (status, output) == before[:2]
    assert "Hidden pictures and folders of thumbnails are not analysed: 2" in errors


def test_annotated_photos_with_the_same_name_do_not_replace_each_other(run: Run, photos: Path, tmp_path: Path) -> None:
    run(photos, "--annotated", tmp_path / "marked")
    assert sorted(path.name for path in (tmp_path / "marked").iterdir()) == ["face-2.jpg", "face.jpg", "wall.jpg"]


def test_annotated_photo_does_not_reveal_where_it_was_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(secret_photo())
    run(tmp_path / "photo.jpg", "--annotated", tmp_path / "marked")
    check_clean((tmp_path / "marked" / "photo.jpg").read_bytes())


def test_small_faces_are_found_when_asked_for(run: Run, tmp_path: Path) -> None:
    portrait = Image.open(HOPPER)
    crowd = Image.new("RGB", (2000, 1500), (120, 120, 120))
    crowd.paste(portrait.resize((portrait.width // 14, portrait.height // 14)), (900, 700))
    crowd.save(tmp_path / "crowd.png")
    assert "No face found in 1 of 1 photos" in run(tmp_path / "crowd.png")[2]
    status, output, _ = run("--small-faces", "--format", "csv", tmp_path / "crowd.png")
    assert status == 0
    assert len(output.splitlines()) == 2


def test_aligned_chip_skips_detection(run: Run, photos: Path) -> None:
    _, output, _ = run(photos / "wall.png", "--aligned", "--format", "csv")
    (row,) = csv.DictReader(output.splitlines())
    assert (row["x"], row["y"], row["width"], row["height"], row["confidence"]) == ("0", "0", "200", "200", "1.0")


def test_folder_without_pictures_says_which_suffixes_count(run: Run, tmp_path: Path) -> None:
    status, _, errors = run(tmp_path)
    assert status == 0
    assert ".jpg, .jpeg" in errors


def test_folder_that_cannot_be_searched_is_one_sentence(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scandir = os.scandir

    def refuse(folder: str | int) -> Any:
        if not isinstance(folder, int) and Path(folder).name == "more":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    status, _, errors = run(photos)
    assert status == 1
    assert f"{photos / 'more'}: The folder cannot be searched: permission denied.\n" in errors
    annotate_photos([photos], tmp_path / "faces.parquet")
    # The batch reads in other processes, where the folder is an ordinary one; it is listed, and the others go through.
    assert f"{photos / 'more'}," in (tmp_path / "faces.unreadable.csv").read_text()


@pytest.mark.parametrize("option", ["--output", "--annotated"])
def test_place_that_cannot_be_written_is_one_sentence(run: Run, option: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, _, errors = run(HOPPER, option, tmp_path / "file" / "place")
    assert (status, errors) == (1, f"The results cannot be written: {tmp_path / 'file' / 'place'}: Not a directory.\n")


def test_missing_model_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise ModelError("There is no trained model.")

    monkeypatch.setattr(command_line, "Predictor", fail)
    assert command_line.main(["predict", str(HOPPER)]) == 1
    assert capsys.readouterr().err == "There is no trained model.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["predict"],
        ["predict", "x.jpg", "--format", "xml"],
        ["guess", "x.jpg"],
        ["annotate", "x.jpg"],
        ["annotate", "x.jpg", "--output", "faces.csv"],
        ["annotate", "x.jpg", "--output", "faces.parquet", "--workers", "0"],
        ["annotate", "x.jpg", "--output", "faces.parquet", "--engine", "steam"],
    ],
)
def test_wrong_usage_exits_with_status_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command_line.main(arguments)
    assert end.value.code == 2


@pytest.fixture
def annotate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Annotate:
    """Runs a large run with a quick predictor; gives status and errors."""
    monkeypatch.setitem(ENGINES, "local", functools.partial(run_local, load=load_quick))

    def run(*arguments: str | Path) -> tuple[int, str]:
        output = str(tmp_path / "faces.parquet")
        status = command_line.main(["annotate", *map(str, arguments), "--output", output, "--workers", "1"])
        return status, capsys.readouterr().err

    return run


def test_large_run_says_what_it_found_and_where(annotate: Annotate, tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 3)
    (photos / "broken.png").write_bytes(b"no picture")
    (photos / "._broken.png").write_bytes(b"a resource fork")
    status, errors = annotate(photos)
    assert status == 1
    assert errors.splitlines() == [
        f"Faces: 3 in 3 photos, written to {tmp_path / 'faces.parquet'}",
        "Photos without a face: 1",
        f"Files that could not be read: 1, listed in {tmp_path / 'faces.unreadable.csv'}",
        "Hidden pictures and folders of thumbnails are not analysed: 1",
    ]
    assert annotate(photos) == (
        2,
        f"{tmp_path / 'faces.parquet'} already exists. Move it, or choose another --output.\n",
    )


def test_large_run_does_not_start_if_a_path_is_missing(annotate: Annotate, tmp_path: Path) -> None:
    assert annotate(tmp_path / "nothing") == (2, f"{tmp_path / 'nothing'}: The file does not exist.\n")
    assert not list(tmp_path.glob("faces*"))


def test_large_run_without_pictures_says_which_suffixes_count(annotate: Annotate, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    status, errors = annotate(tmp_path / "empty")
    assert status == 0
    assert ".jpg, .jpeg" in errors


def test_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command_line.main(["--version"])
    assert (end.value.code, capsys.readouterr().out) == (0, f"{VERSION}\n")


def test_module_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "model", "predict", str(HOPPER), "--format", "csv"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert done.stdout.startswith("file,face,")
    assert len(done.stdout.splitlines()) == 2
    assert "Traceback" not in done.stderr
