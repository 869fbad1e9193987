import os
from pathlib import Path
from typing import Any

import pytest

from model.files import find_images, printable
from model.image import SUFFIXES, ImageError, read_image


def test_folders_are_searched_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/z.JPG", "a.png", "a/b/c.webp", "a-b/d.gif", "notes.txt", "a/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "a" / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "lost.jpg").symlink_to(tmp_path / "nowhere.jpg")
    everything = [path for path in tmp_path.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()]
    assert list(find_images([tmp_path])) == sorted(everything)
    assert len(everything) == 5


def test_file_given_by_name_counts_whatever_its_suffix(tmp_path: Path) -> None:
    assert list(find_images([tmp_path / "picture", tmp_path])) == [tmp_path / "picture"]


def test_printable_names_are_valid_text() -> None:
    assert printable(Path("ü/a.jpg")) == "ü/a.jpg"
    printable(Path(os.fsdecode(b"\xff.jpg"))).encode("utf-8")


def test_hidden_files_and_folders_of_thumbnails_are_left_out_and_counted(tmp_path: Path) -> None:
    names = ("._a.jpg", ".hidden/b.jpg", ".thumbnails/c.png", "@eaDir/d.jpg", "x/__macosx/e.jpg", "a.jpg", ".DS_Store")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    left_out: list[Path] = []
    assert list(find_images([tmp_path], left_out.append)) == [tmp_path / "a.jpg"]
    names_left_out = {str(path.relative_to(tmp_path)) for path in left_out}
    assert names_left_out == {"._a.jpg", ".hidden", ".thumbnails", "@eaDir", "x/__macosx"}


def test_hidden_folder_given_by_name_is_searched(tmp_path: Path) -> None:
    (tmp_path / ".photos").mkdir()
    (tmp_path / ".photos" / "a.jpg").touch()
    assert list(find_images([tmp_path / ".photos"])) == [tmp_path / ".photos" / "a.jpg"]


def test_link_in_a_loop_is_given_so_that_its_reader_says_why(tmp_path: Path) -> None:
    (tmp_path / "self.jpg").symlink_to(tmp_path / "self.jpg")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    assert list(find_images([tmp_path])) == [tmp_path / "self.jpg"]


def test_folder_that_cannot_be_searched_does_not_end_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.jpg", "closed/b.jpg", "d.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    scandir = os.scandir

    def refuse(path: Path) -> Any:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert list(find_images([tmp_path])) == [tmp_path / name for name in ("a.jpg", "closed", "d.jpg")]
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ImageError, match=r"The folder cannot be searched: permission denied\."):
        read_image(tmp_path / "closed")
