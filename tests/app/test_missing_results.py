"""Result files that are missing or damaged: every page opens, and says in one sentence what to do."""

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.pages import captions, metrics, open_page, press, texts
from helpers.paths import ROOT

from components import published
from components.demographics.corrected import CORRECTED

READ_BY = {
    "dataset": ["labels.parquet", "dataset.json"],
    "performance": [
        "test_predictions.parquet",
        "labels.parquet",
        "sharpness.parquet",
        "history.csv",
        "experiments.csv",
    ],
    "about": ["report.json", "test_predictions.parquet", "benchmarks.json"],
    "compare": ["test_predictions.parquet"],
    "what_if": ["robustness.json"],
    "demographics": ["unfolding.json", "confusion.csv"],
}  # fmt: skip
VIEWS = {
    "labels.parquet": "Other systems",
    "sharpness.parquet": "Largest errors",
    "history.csv": "Training",
    "experiments.csv": "Training",
}
"""The tab of Model performance that reads a file; what is not here is read by all."""

ON_REQUEST = {"demographics": {"shares": CORRECTED}}
"""What the address of a page selects, if its files are not read at once."""

READ = [(page, name) for page, names in READ_BY.items() for name in names]
DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda content: content[: min(len(content) // 2, 15)],
    "noise": lambda _: np.random.default_rng(0).bytes(1000),
    "zeros": lambda content: bytes(len(content)),
    "another file": lambda _: b'["no", "table"]\n',
    "another version": lambda _: b'{"a": 1}\n',
}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the results folder, which the pages read instead."""
    folder = tmp_path / "results"
    shutil.copytree(published.RESULTS, folder)
    monkeypatch.delenv("UTKFACE_DIR", raising=False)
    monkeypatch.setattr(published, "RESULTS", folder)
    _forget()
    yield folder
    _forget()


def _forget() -> None:
    published.read_table.clear()
    published.read_report.clear()


def view_of(page: str, name: str) -> dict[str, str]:
    """The address of the part of a page that reads a file."""
    return {"view": VIEWS[name]} if page == "performance" and name in VIEWS else ON_REQUEST.get(page, {})


@pytest.mark.parametrize(("page", "name"), READ)
def test_page_names_the_file_that_is_missing_and_its_command(page: str, name: str, results: Path) -> None:
    (results / name).unlink()
    app = open_page(page, **view_of(page, name))
    (warning,) = app.warning
    assert warning.value == f"This part is not available: `{name}` does not exist yet."
    assert "Create the file with `python -m " in texts(app)


@pytest.mark.parametrize(("page", "name"), READ)
def test_page_names_the_file_that_is_damaged_and_its_command(page: str, name: str, results: Path) -> None:
    (results / name).write_bytes(DAMAGE["truncated"]((results / name).read_bytes()))
    app = open_page(page, **view_of(page, name))
    (warning,) = app.warning
    assert warning.value == f"This part is not available: `{name}` is damaged."
    assert "Create the file with `python -m " in texts(app)


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", sorted({name for _, name in READ}))
def test_every_kind_of_damage_is_noticed(name: str, damage: str, results: Path) -> None:
    whole = (results / name).read_bytes()
    (results / name).write_bytes(DAMAGE[damage](whole))
    if name.endswith(".json"):
        read: Callable[[], object] = partial(published.read_report, name, *json.loads(whole))
    else:
        table = pd.read_csv(io.BytesIO(whole)) if name.endswith(".csv") else pd.read_parquet(io.BytesIO(whole))
        read = partial(published.read_table, name, *table.columns)
    with pytest.raises(published.ResultError, match=f"`{name}` is damaged"):
        read()


@pytest.mark.parametrize("page", ["photo", "webcam", *READ_BY])
def test_page_opens_without_any_result(page: str, results: Path) -> None:
    shutil.rmtree(results)
    app = open_page(page)
    assert bool(app.warning) == (page in READ_BY and page not in ON_REQUEST)


@pytest.mark.parametrize("content", [None, b"", b"{", b"{}"])
def test_photo_is_analysed_without_the_measured_errors(content: bytes | None, results: Path) -> None:
    if content is None:
        (results / "report.json").unlink()
    else:
        (results / "report.json").write_bytes(content)
    app = open_page("photo")
    press(app, "Grace Hopper")
    assert "Likely age" in metrics(app)
    assert "mean error" not in captions(app)


def test_folder_in_place_of_a_file_is_damage(results: Path) -> None:
    (results / "report.json").unlink()
    (results / "report.json").mkdir()
    with pytest.raises(published.ResultError, match="is damaged"):
        published.read_report("report.json")


def test_files_named_here_are_those_that_the_app_reads() -> None:
    sources = [path.read_text() for folder in ("pages", "components") for path in (ROOT / folder).rglob("*.py")]
    asked = {name for source in sources for name in re.findall(r'read_(?:table|report)\("([^"]+)"', source)}
    assert asked == {name for _, name in READ}
