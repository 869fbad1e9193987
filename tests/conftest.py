"""What many tests share: a small data set, the real one where it is there, the predictor and the portraits."""

import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pylibsrtp  # noqa: F401  # part of live video; loaded after TensorFlow, it crashes the process
import pytest
from helpers.paths import SAMPLES
from helpers.small_data import write_utkface

from model import Predictor, read_image
from model.estimator import MODEL_PATH
from train.data.utkface import Dataset, load_dataset

if TYPE_CHECKING:
    from train.export import Export

MAIN = sys.modules["__main__"]

# Programs in the background ignore Ctrl-C, and so would the runs that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def main_module() -> None:
    """The main module as it was: Streamlit's test client leaves a page in its place, which new processes would run."""
    sys.modules["__main__"] = MAIN


@pytest.fixture(autouse=True, scope="module")
def libraries_left_alone() -> None:
    """Loaded libraries are no garbage: with TensorFlow, Streamlit looks through them for longer than a page takes."""
    gc.freeze()


@pytest.fixture(scope="session")
def small_dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return load_dataset(write_utkface(tmp_path_factory.mktemp("utkface"), 60), progress=False)


@pytest.fixture(scope="session")
def utkface() -> Path:
    """Where the real data set is; tests that ask for it are skipped if it is not there."""
    if not (path := os.environ.get("UTKFACE_DIR")):
        pytest.skip("UTKFACE_DIR names no data set")
    return Path(path)


@pytest.fixture(scope="session")
def litert_export(tmp_path_factory: pytest.TempPathFactory) -> "Export":
    """The model that ships in the format of LiteRT, exported once for all tests."""
    from train.export import export  # loads Keras, which most tests do without

    return export(MODEL_PATH, "litert", tmp_path_factory.mktemp("litert") / "age_gender.tflite")


@pytest.fixture(scope="session")
def predictor() -> Predictor:
    """The predictor that ships."""
    return Predictor()


@pytest.fixture(scope="session")
def hopper() -> np.ndarray:
    return read_image(SAMPLES / "grace-hopper.jpg")


@pytest.fixture(scope="session")
def collins() -> np.ndarray:
    return read_image(SAMPLES / "eileen-collins.jpg")


@pytest.fixture(scope="session")
def portrait_frame(hopper: np.ndarray) -> np.ndarray:
    """A frame as a webcam gives it, 640 x 480, with one face."""
    height, width = 420, round(hopper.shape[1] * 420 / hopper.shape[0])
    frame = np.full((480, 640, 3), (100, 110, 90), np.uint8)
    frame[40 : 40 + height, 140 : 140 + width] = cv2.resize(hopper, (width, height), interpolation=cv2.INTER_AREA)
    return frame
