"""The command line on consoles and pipes of every encoding, with names of every kind."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.paths import ROOT
from helpers.quick import write_photos

HOPPER = ROOT / "samples" / "grace-hopper.jpg"
Run = Callable[..., tuple[int, str, str]]


def python_m_model(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "model", "predict", *map(str, arguments)]
    variables = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, timeout=120)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_every_encoding_of_the_console_gets_the_results(encoding: str, form: str, tmp_path: Path) -> None:
    name = "émoji 😀.jpg"
    shutil.copy(HOPPER, tmp_path / name)
    done = python_m_model(name, "--format", form, cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    output = done.stdout.decode(encoding)
    if form == "json":
        assert [photo["file"] for photo in json.loads(output)["photos"]] == [name]
    elif encoding == "utf-8":
        assert name in output
    else:
        assert ("émoji" in output) == (encoding != "ascii")
        assert r"\ud83d\ude00.jpg" in output


def test_names_cannot_control_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = "a\x1b[31m\n\u202egpj.jpg"
    shown = r"a\x1b[31m\n\u202egpj.jpg"
    shutil.copy(HOPPER, tmp_path / name)
    (tmp_path / f"broken {name}").write_bytes(b"no picture")
    _, output, errors = run(tmp_path)
    assert shown in output
    assert f"broken {shown}: " in errors
    assert "\x1b" not in output + errors
    _, output, _ = run(tmp_path, "--format", "csv")
    assert name in output  # to a file or a pipe, names go as they are
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    _, output, _ = run(tmp_path, "--format", "csv")
    assert "\x1b" not in output


def test_reader_that_has_seen_enough_ends_the_run_quietly(tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", 600)  # more lines than a pipe holds
    command = f"{sys.executable} -m model predict {tmp_path}/photos --aligned --format csv | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.startswith("file,face,")
    assert done.stderr == ""
    assert done.returncode == 0
