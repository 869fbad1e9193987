import errno
import os
from pathlib import Path

import pytest

from model.writing import whole_file, why, write_whole


def test_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.csv"
    with whole_file(path) as partial:
        partial.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"
    assert list(path.parent.iterdir()) == [path]


def test_file_stays_as_it_was_if_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    write_whole(path, "before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half of it \ud800")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / ".file.csv.partial").write_text("a longer half of it")
    write_whole(tmp_path / "file.csv", "whole")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file.csv", "whole")]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "nospc", "faces.csv"), f"faces.csv: {os.strerror(errno.ENOSPC)}"),
        (OSError(errno.EFBIG, "Error writing bytes to file. Detail: [errno 27]"), os.strerror(errno.EFBIG)),
        (OSError("the link is down"), "the link is down"),
    ],
)
def test_failure_is_told_in_the_words_of_the_system(error: OSError, words: str) -> None:
    assert why(error) == words
