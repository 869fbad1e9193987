"""Provenance: the digests are those that people can check, and it follows the files."""

import hashlib
import shutil
from pathlib import Path

import pytest

from model import Predictor
from model.calibration import load_calibration
from model.estimator import MODEL_PATH, ModelError, read_provenance
from model.version import VERSION


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The model that ships with its calibration, elsewhere."""
    for name in (MODEL_PATH.name, "calibration.json"):
        shutil.copy(MODEL_PATH.with_name(name), tmp_path)
    return tmp_path / MODEL_PATH.name


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_digests_are_those_of_the_files(copied: Path) -> None:
    provenance = read_provenance(copied)
    calibration = copied.with_name("calibration.json")
    assert provenance.identity == {"version": VERSION, "sha256": digest(copied)}
    assert provenance.calibration_sha256 == digest(calibration)
    assert provenance.calibration == load_calibration(calibration)


def test_another_calibration_is_another_provenance_of_the_same_model(copied: Path) -> None:
    before, calibration = read_provenance(copied), copied.with_name("calibration.json")
    calibration.write_text(calibration.read_text() + "\n")
    after = read_provenance(copied)
    assert (after.sha256, after.calibration) == (before.sha256, before.calibration)
    assert after.calibration_sha256 != before.calibration_sha256


def test_predictor_names_the_model_that_it_has_loaded(predictor: Predictor) -> None:
    assert predictor.provenance == read_provenance(MODEL_PATH)


@pytest.mark.parametrize("name", [MODEL_PATH.name, "calibration.json"])
def test_missing_file_is_one_sentence(copied: Path, name: str) -> None:
    copied.with_name(name).unlink()
    with pytest.raises(ModelError, match=r"no trained model|is missing"):
        read_provenance(copied)
