"""How sharp each test photo is, so that the pages can name blur as the likely reason of an error without the image."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from train.dataset import Dataset


def measure_sharpness(dataset: Dataset) -> pd.DataFrame:
    """A row a test photo: `photo` and its `sharpness`."""
    test = dataset.select("test")
    values = np.array([sharpness(chip) for chip in test.chips[:]], dtype="float32")
    return pd.DataFrame({"photo": test.photos["photo"], "sharpness": values})


def write_sharpness(table: pd.DataFrame, folder: Path) -> None:
    """Writes `sharpness.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / "sharpness.parquet", index=False)


def sharpness(chip: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of the grey chip (Pech-Pacheco et al., ICPR 2000): high where there is fine detail."""
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
