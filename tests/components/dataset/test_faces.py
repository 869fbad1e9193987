"""Faces are found by their content, and nothing else of a folder is shown."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.small_data import random_chip, write_jpeg

from components.dataset import faces
from components.dataset.faces import FolderError, average_face, find_chips, read_chips


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for i in range(3):
        write_jpeg(tmp_path / "nested" / f"{i}.jpg", random_chip(rng))
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def name_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def test_only_photos_of_the_label_table_are_found(folder: Path) -> None:
    known = name_of(folder / "nested" / "1.jpg")
    assert find_chips(str(folder), {known}) == {known: folder / "nested" / "1.jpg"}


def test_folder_without_known_photos_is_refused(folder: Path) -> None:
    with pytest.raises(FolderError, match="none of the labelled photos"):
        find_chips(str(folder), {"0" * 16})


@pytest.mark.parametrize("folder", ["/nowhere/at/all", "~nosuchuser", "~nosuchuser/photos", "a\0b"])
def test_missing_folder_is_named(folder: str) -> None:
    with pytest.raises(FolderError, match=f"{folder} does not exist"):
        find_chips(folder, set())


def test_photo_that_was_removed_since_is_left_out(folder: Path) -> None:
    paths = sorted((folder / "nested").iterdir())
    chips = {name_of(path): path for path in paths}
    paths[0].unlink()
    assert list(read_chips(chips, list(chips))) == list(chips)[1:]


def test_average_face_is_the_mean_of_the_chips(folder: Path) -> None:
    chips = {name_of(path): path for path in sorted((folder / "nested").iterdir())}
    pictures = np.stack(list(read_chips(chips, list(chips)).values()))
    average = average_face(str(folder), tuple(chips), chips)
    assert average is not None
    assert np.abs(average - pictures.mean(0)).max() <= 0.5
    assert average_face(str(folder), ("unknown",), chips) is None


@pytest.mark.parametrize(
    ("ip", "headers", "local"),
    [
        (None, {"Host": "localhost:8501"}, True),
        (None, {}, True),
        ("203.0.113.7", {"Host": "localhost:8501"}, False),
        (None, {"Host": "demo.example.org"}, False),
        (None, {"Host": "localhost", "X-Forwarded-For": "203.0.113.7"}, False),
    ],
)
def test_folder_is_asked_for_on_the_own_computer_only(
    ip: str | None, headers: dict[str, str], local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.context", SimpleNamespace(ip_address=ip, headers=headers))
    assert faces.is_local_visit() == local
