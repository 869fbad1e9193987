"""Model files that are missing, damaged, of another version or hostile: one sentence, at every door."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from api.predictions import Predictions
from api.routes import create_routes
from api.settings import Settings
from components import predictions
from model import Predictor, predictor
from model import __main__ as command_line
from model.calibration import load_calibration
from model.estimator import Estimator, ModelError
from model.network import build_network
from train import __main__ as train_command_line

ROOT = Path(__file__).resolve().parents[2]
HOPPER = ROOT / "samples" / "grace-hopper.jpg"
CONFIG, WEIGHTS = "config.json", "model.weights.h5"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "whole.keras"
    build_network("cnn", image_size=32, dropout=0.0).save(path)
    return path.read_bytes()


def with_part(name: str, change: Callable[[bytes], bytes | None]) -> Callable[[bytes], bytes]:
    """A model file with one of its parts changed, or left out."""

    def changed(whole: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(buffer, "w") as target:
            for part in source.namelist():
                content = change(source.read(part)) if part == name else source.read(part)
                if content is not None:
                    target.writestr(part, content)
        return buffer.getvalue()

    return changed


def hdf5(whole: bytes) -> bytes:
    """The format of Keras 1 and 2."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        file.create_group("model_weights")
    return buffer.getvalue()


def empty_hdf5(content: bytes) -> bytes:
    buffer = io.BytesIO()
    h5py.File(buffer, "w").close()
    return buffer.getvalue()


def with_lambda(whole: bytes) -> bytes:
    """A model with code of its own, which Keras would run if it were told to trust the file."""
    chips = keras.Input((200, 200, 3), name="chips")
    small = keras.layers.Resizing(8, 8)(chips)
    run = keras.layers.Lambda(lambda x: (__import__("pathlib").Path("/tmp/lambda-was-run").touch(), x)[1])
    outputs = {"age": keras.layers.Dense(1)(keras.layers.Flatten()(run(small)))}
    model = keras.Model(chips, outputs)
    Path("/tmp/lambda-was-run").unlink()
    path = Path(keras.utils.get_file) if False else None  # noqa: F841
    buffer = io.BytesIO()
    keras.saving.save_model(model, buffer)
    return buffer.getvalue()


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "text": lambda whole: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    "cut at a tenth": lambda whole: whole[: len(whole) // 10],
    "cut at the end": lambda whole: whole[:-100],
    "HDF5 of Keras 2": hdf5,
    "without structure": with_part(CONFIG, lambda content: None),
    "without weights": with_part(WEIGHTS, lambda content: None),
    "empty structure": with_part(CONFIG, lambda content: b"{}"),
    "structure cut off": with_part(CONFIG, lambda content: content[:500]),
    "weights cut off": with_part(WEIGHTS, lambda content: content[: len(content) // 2]),
    "no weight in the weights": with_part(WEIGHTS, empty_hdf5),
}
