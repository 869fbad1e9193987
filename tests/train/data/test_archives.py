import tarfile
import zipfile
from pathlib import Path

import pytest
from helpers.small_data import write_utkface

from train.data.archives import DataError
from train.data.utkface import load_dataset


def test_missing_source_says_what_to_pass(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        load_dataset(tmp_path / "nowhere", progress=False)


def test_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "data.tar").write_text("hello")
    with pytest.raises(DataError, match="neither a folder nor"):
        load_dataset(tmp_path / "data.tar", progress=False)


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_damaged_archive_is_named(tmp_path: Path, kind: str) -> None:
    whole, path = tmp_path / "whole", tmp_path / f"data.{kind}"
    write_utkface(whole, 4)
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in whole.iterdir():
                archive.write(file, file.name)
        data = bytearray(path.read_bytes())
        data[200:400] = bytes(200)
        path.write_bytes(data)
    else:
        with tarfile.open(path, "w:gz") as archive:
            archive.add(whole, "whole")
        path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(DataError, match="damaged"):
        load_dataset(path, progress=False)
