import importlib.util
import io
import subprocess
from pathlib import Path

import joblib
import lz4.frame
import numpy as np
import pytest

from model.detection import weights
from model.detection.weights import SHA256, read_arrays, read_weights
from model.estimator import ModelError


class Code:
    """A pickle that runs a command when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[list[str]]]:
        return subprocess.check_call, (["touch", str(self.path)],)


def pickled(value: object) -> bytes:
    file = io.BytesIO()
    joblib.dump(value, file)
    content: bytes = lz4.frame.compress(file.getvalue())
    return content


@pytest.mark.parametrize("network", SHA256)
def test_weights_are_those_of_the_package(network: str) -> None:
    package = Path(str(importlib.util.find_spec("mtcnn").origin)).parent  # type: ignore[union-attr]
    expected = joblib.load(package / "assets" / "weights" / f"{network}.lz4")
    for array, other in zip(read_weights(network), expected, strict=True):
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, other)


def test_nothing_in_the_file_is_run(tmp_path: Path) -> None:
    np.testing.assert_array_equal(read_arrays(pickled([np.arange(5)]))[0], np.arange(5))
    for content in (Code(tmp_path / "ran"), [np.arange(5), Code(tmp_path / "ran")], np.array([Code(tmp_path / "ran")])):
        with pytest.raises(ModelError, match="in place of an array"):
            read_arrays(pickled(content))
    assert not (tmp_path / "ran").exists()


def test_file_of_another_version_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(weights.SHA256, "pnet", "0" * 64)
    monkeypatch.setattr(weights, "read_arrays", lambda content: pytest.fail("the file was read"))
    with pytest.raises(ModelError, match=r"pnet\.lz4 is not the file of mtcnn 1\.0\.0\. Install them: pip install"):
        read_weights("pnet")


def test_missing_package_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"MTCNN's weights are missing\. Install them"):
        read_weights("onet")
