"""`predict` loses nothing that it has computed, and finds out first what cannot be written."""

import contextlib
import errno
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.paths import ROOT
from numpy.typing import NDArray

from model import Predictor, read_image
from model import __main__ as command_line
from model.errors import UserError
from model.face import Face
from model.photo_run import analyse

HOPPER = ROOT / "samples" / "grace-hopper.jpg"
Run = Callable[..., tuple[int, str, str]]


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """What is written does not reach the disk, as if it were full."""

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        yield


def test_photo_at_which_memory_runs_out_is_not_called_odd() -> None:
    class Full(Predictor):
        def predict(self, image: NDArray[np.uint8]) -> list[Face]:
            raise MemoryError

    with pytest.raises(UserError, match="not enough memory to analyse the photo"):
        analyse(Full(), np.zeros((9, 9, 3), np.uint8), aligned=False)


def test_output_that_cannot_be_written_is_found_before_the_work_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(command_line, "Predictor", lambda *_: pytest.fail("the work has started"))
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for option, place in [
        ("--output", "file/faces.csv"),
        ("--output", "folder"),
        ("--output", f"{'x' * 300}.csv"),
        ("--annotated", "file/marked"),
        ("--annotated", "file"),
    ]:
        assert command_line.main(["predict", str(HOPPER), option, str(tmp_path / place)]) == 1
        assert capsys.readouterr().err.startswith(f"The results cannot be written: {tmp_path / place}")


def test_folder_of_the_output_is_created(run: Run, tmp_path: Path) -> None:
    assert run(HOPPER, "--output", tmp_path / "new" / "folder" / "faces.txt")[0] == 0
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["faces.txt"]


def test_full_disk_costs_no_results(run: Run, photos: Path, tmp_path: Path) -> None:
    with full_disk():
        status, output, errors = run(HOPPER, "--format", "csv", "--output", tmp_path / "faces.csv")
        assert (status, errors) == (1, "The results cannot be written: No space left on device.\n")
        assert len(output.splitlines()) == 2
        status, output, errors = run(HOPPER, "--format", "csv", "--annotated", tmp_path / "marked")
        assert (status, errors) == (1, f"{HOPPER}: The annotated photo cannot be written: No space left on device.\n")
        assert len(output.splitlines()) == 2
    assert not list((tmp_path / "marked").iterdir())


def test_older_result_survives_a_full_disk(run: Run, tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("older")
    with full_disk():
        run(HOPPER, "--format", "csv", "--output", tmp_path / "faces.csv")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("faces.csv", "older")]


def test_interrupted_run_writes_what_it_has_and_says_so(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(path: Path) -> NDArray[np.uint8]:
        if path.name == "face.JPG":
            signal.raise_signal(signal.SIGINT)
        return read_image(path)

    monkeypatch.setattr(command_line, "read_image", interrupt)
    status, _, errors = run(photos, "--format", "csv", "--output", tmp_path / "faces.csv")
    assert status == 130
    assert "Interrupted. The results are those of 1 photos out of 4." in errors
    assert len((tmp_path / "faces.csv").read_text().splitlines()) == 2


def test_interruption_while_the_model_loads_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command_line, "Predictor", lambda *_: signal.raise_signal(signal.SIGINT))
    assert command_line.main(["predict", str(HOPPER)]) == 130
    assert capsys.readouterr().err == "Interrupted before the first photo.\n"


@pytest.mark.parametrize("stem", ["x" * 251, "é" * 125, "😀" * 62])
def test_long_names_are_annotated_too(run: Run, stem: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / "photos" / folder).mkdir(parents=True)
        shutil.copy(HOPPER, tmp_path / "photos" / folder / f"{stem}.jpg")
    status, _, errors = run(tmp_path / "photos", "--annotated", tmp_path / "marked")
    assert (status, errors) == (0, "")
    names = [path.name for path in (tmp_path / "marked").iterdir()]
    assert len(names) == 2
    assert all(name.startswith(stem[:50]) and name.endswith(".jpg") for name in names)


def test_path_that_is_too_long_does_not_stop_the_others(run: Run) -> None:
    status, output, errors = run("x" * 300 + ".jpg", HOPPER, "--format", "csv")
    assert (status, len(output.splitlines())) == (1, 2)
    assert errors == f"{'x' * 300}.jpg: The file cannot be opened: File name too long.\n"


def test_second_run_does_not_count_its_own_pictures(run: Run, photos: Path) -> None:
    (photos / "broken.jpg").unlink()
    outputs = [run(photos, "--annotated", photos / "marked", "--format", "csv") for _ in range(2)]
    assert outputs[0][:2] == outputs[1][:2]
    assert "Pictures in" not in outputs[0][2]
    assert f"Pictures in {photos / 'marked'} are not analysed, since annotated photos go there: 3\n" in outputs[1][2]
    status, _, errors = run(photos, "--annotated", photos)
    assert (status, errors) == (2, f"{photos} contains the photos to analyse. Choose another folder for --annotated.\n")
