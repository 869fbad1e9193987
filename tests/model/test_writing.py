import errno
import os
from pathlib import Path

import pytest

from model.writing import atomic_write, atomic_write_text, describe_os_error


def test_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.csv"
    with atomic_write(path) as partial:
        partial.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"
    assert list(path.parent.iterdir()) == [path]


def test_file_stays_as_it_was_if_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    atomic_write_text(path, "before")
    with pytest.raises(UnicodeEncodeError):
        atomic_write_text(path, "half of it \ud800")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / ".file.csv.partial").write_text("a longer half of it")
    atomic_write_text(tmp_path / "file.csv", "whole")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file.csv", "whole")]


def test_processes_that_write_one_file_do_not_share_what_is_unfinished(tmp_path: Path) -> None:
    path = tmp_path / "chip.jpg"
    with atomic_write(path, concurrent=True) as partial:
        assert str(os.getpid()) in partial.name
        partial.write_bytes(b"chip")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("chip.jpg", b"chip")]


def test_error_names_the_file_and_not_the_unfinished_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError) as caught:
        atomic_write_text(tmp_path / "file" / "place", "text")
    assert caught.value.filename == str(tmp_path / "file" / "place")


def test_link_keeps_pointing_to_its_file(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "file.csv")
    atomic_write_text(link, "text")
    assert link.is_symlink()
    assert (tmp_path / "file.csv").read_text() == "text"


def test_device_is_written_to_directly() -> None:
    atomic_write_text(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "nospc", "faces.csv"), f"faces.csv: {os.strerror(errno.ENOSPC)}"),
        (OSError(errno.EFBIG, "Error writing bytes to file. Detail: [errno 27]"), os.strerror(errno.EFBIG)),
        (OSError("the link is down"), "the link is down"),
    ],
)
def test_failure_is_told_in_the_words_of_the_system(error: OSError, words: str) -> None:
    assert describe_os_error(error) == words
