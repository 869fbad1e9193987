import os
from pathlib import Path

from model.files import find_images, printable
from model.image import SUFFIXES


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
