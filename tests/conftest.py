"""Data that the tests make for themselves, and the real data where there is some."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from model import Predictor, read_image
from train.dataset import Dataset, load_dataset

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def random_chip(rng: np.random.Generator) -> np.ndarray:
    """A smooth random picture, unlike every other one."""
    small = rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return cv2.resize(small, (200, 200), interpolation=cv2.INTER_CUBIC)


def write_jpeg(path: Path, image: np.ndarray, quality: int = 95) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())


def write_utkface(folder: Path, count: int, seed: int = 0) -> Path:
    """A folder of `count` random pictures under UTKFace's kind of names."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        name = f"{rng.integers(0, 117)}_{rng.integers(2)}_{rng.integers(5)}_2017011617{i:07d}.jpg.chip.jpg"
        write_jpeg(folder / name, random_chip(rng))
    return folder


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
