import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model import Predictor
from model import __main__ as command_line
from model.estimator import ModelError

ROOT = Path(__file__).resolve().parents[2]
HOPPER = ROOT / "samples" / "grace-hopper.jpg"


@pytest.fixture
def run(predictor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """Runs the command line with the models loaded once; gives status, output and errors."""
    monkeypatch.setattr(command_line, "Predictor", lambda detector=None: Predictor(detector, predictor.estimator))

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        status = command_line.main(["predict", *map(str, arguments)])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a face, a wall, a broken file, and another face in a folder within."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    shutil.copy(HOPPER, folder / "face.jpg")
    shutil.copy(HOPPER, folder / "more" / "face.JPG")
    Image.fromarray(np.full((200, 300, 3), 120, np.uint8)).save(folder / "wall.png")
    (folder / "broken.jpg").write_bytes(HOPPER.read_bytes()[:1000])
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_folder_is_searched_and_bad_files_are_named(run, photos: Path) -> None:
    status, output, errors = run(photos, "--format", "csv")
    rows = list(csv.DictReader(output.splitlines()))
    assert [Path(row["file"]).name for row in rows] == ["face.jpg", "face.JPG"]
    assert all(row["gender"] == "female" for row in rows)
    assert f"{photos / 'broken.jpg'}: The picture is damaged" in errors
    assert "No face found in 1 of 3 photos." in errors
    assert "notes.txt" not in errors
    assert status == 1


def test_good_photos_end_with_status_zero(run) -> None:
    status, output, errors = run(HOPPER)
    assert (status, errors) == (0, "")
    assert "female" in output.splitlines()[1]


def test_missing_file_is_named_and_the_others_go_through(run, tmp_path: Path) -> None:
    status, output, errors = run(tmp_path / "nothing.jpg", HOPPER, "--format", "json")
    assert status == 1
    assert "nothing.jpg: The file does not exist." in errors
    assert len(json.loads(output)) == 1


def test_result_goes_to_a_file(run, tmp_path: Path) -> None:
    status, output, _ = run(HOPPER, "--format", "csv", "--output", tmp_path / "faces.csv")
    assert (status, output) == (0, "")
    assert (tmp_path / "faces.csv").read_text().startswith("file,face,x,y,")


def test_annotated_photos_of_one_name_do_not_replace_each_other(run, photos: Path, tmp_path: Path) -> None:
    run(photos, "--annotated", tmp_path / "marked")
    assert sorted(path.name for path in (tmp_path / "marked").iterdir()) == ["face-2.jpg", "face.jpg", "wall.jpg"]


def test_small_faces_are_found_when_asked_for(run, tmp_path: Path) -> None:
    portrait = Image.open(HOPPER)
    crowd = Image.new("RGB", (2000, 1500), (120, 120, 120))
    crowd.paste(portrait.resize((portrait.width // 14, portrait.height // 14)), (900, 700))
    crowd.save(tmp_path / "crowd.png")
    assert "No face found in 1 of 1 photos" in run(tmp_path / "crowd.png")[2]
    status, output, _ = run("--small-faces", "--format", "csv", tmp_path / "crowd.png")
    assert status == 0
    assert len(output.splitlines()) == 2


def test_aligned_chip_skips_detection(run, photos: Path) -> None:
    _, output, _ = run(photos / "wall.png", "--aligned", "--format", "csv")
    (row,) = csv.DictReader(output.splitlines())
    assert (row["x"], row["y"], row["width"], row["height"], row["confidence"]) == ("0", "0", "200", "200", "1.0")


def test_folder_without_pictures_says_which_endings_count(run, tmp_path: Path) -> None:
    status, _, errors = run(tmp_path)
    assert status == 0
    assert ".jpg, .jpeg" in errors


def test_missing_model_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    def fail() -> None:
        raise ModelError("There is no trained model.")

    monkeypatch.setattr(command_line, "Predictor", fail)
    assert command_line.main(["predict", str(HOPPER)]) == 1
    assert capsys.readouterr().err == "There is no trained model.\n"


@pytest.mark.parametrize("arguments", [[], ["predict"], ["predict", "x.jpg", "--format", "xml"], ["guess", "x.jpg"]])
def test_wrong_usage_ends_with_status_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command_line.main(arguments)
    assert end.value.code == 2


def test_module_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "model", "predict", str(HOPPER), "--format", "csv"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert ",female," in done.stdout
    assert "Traceback" not in done.stderr
