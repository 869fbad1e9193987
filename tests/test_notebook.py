"""The notebook runs from top to bottom, here on a small data set, and its saved outputs are those of one whole run."""

from pathlib import Path

import nbformat
import pytest
from helpers.paths import ROOT
from helpers.small_data import write_utkface
from nbclient import NotebookClient

NOTEBOOK = ROOT / "age_gender_detection.ipynb"


@pytest.mark.slow
def test_notebook_runs_on_a_small_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UTKFACE_DIR", str(write_utkface(tmp_path / "utkface", 150)))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()


def test_saved_notebook_was_run_in_order_without_errors() -> None:
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if "/home/" in str(output) or "/tmp/" in str(output)]
