"""What `import model` costs, and what it gives."""

import subprocess
import sys

import pytest
from helpers.paths import ROOT

import model

HEAVY = ("cv2", "h5py", "keras", "onnx", "onnxruntime", "pandas", "PIL", "streamlit", "tensorflow")


def loaded_by(code: str) -> set[str]:
    """Which of the heavy packages a fresh interpreter has loaded after running `code`."""
    code += f"; import sys; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", ["labels", "errors", "face", "version", "writing"])
def test_small_modules_load_nothing_heavy(name: str) -> None:
    assert loaded_by(f"import model.{name}") == set()


def test_reading_a_photo_does_not_load_the_networks() -> None:
    assert loaded_by("from model import read_image") == {"PIL"}


def test_prediction_does_not_load_keras_or_pandas() -> None:
    assert loaded_by("from model import Predictor") >= {"onnxruntime", "cv2"}
    assert not loaded_by("from model import Predictor") & {"keras", "pandas", "streamlit", "tensorflow"}


def test_public_names_are_those_of_their_modules() -> None:
    from model.face import Face
    from model.image import ImageError, read_image
    from model.predictor import Predictor

    assert (model.Face, model.ImageError, model.Predictor, model.read_image) == (
        Face,
        ImageError,
        Predictor,
        read_image,
    )
    assert set(model.__all__) <= set(dir(model))


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'model' has no attribute 'Detector'"):
        _ = model.Detector
