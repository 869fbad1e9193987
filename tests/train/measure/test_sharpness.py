from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from model.inspection.quality import sharpness
from train.data.utkface import Dataset
from train.measure.sharpness import measure_sharpness, write_sharpness


def test_blurred_chip_is_less_sharp() -> None:
    chip = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    assert sharpness(cv2.GaussianBlur(chip, (0, 0), 3)) < sharpness(chip) / 2
    assert sharpness(np.full((200, 200, 3), 90, np.uint8)) == 0


def test_every_test_photo_has_its_sharpness(small_dataset: Dataset, tmp_path: Path) -> None:
    write_sharpness(measure_sharpness(small_dataset), tmp_path)
    table = pd.read_parquet(tmp_path / "sharpness.parquet")
    test = small_dataset.select("test")
    assert table["photo"].to_list() == test.photos["photo"].to_list()
    assert table["sharpness"][0] == np.float32(sharpness(test.chips[:1][0]))
