"""How sharp each test photo is, so that the pages can name blur as the likely reason of an error without the image."""

from pathlib import Path

import numpy as np
import pandas as pd

from model.inspection.quality import sharpness
from model.writing import atomic_write
from train.data.utkface import Dataset


def measure_sharpness(dataset: Dataset) -> pd.DataFrame:
    """A row a test photo: `photo` and its `sharpness`."""
    test = dataset.select("test")
    values = np.array([sharpness(chip) for chip in test.chips[:]], dtype="float32")
    return pd.DataFrame({"photo": test.photos["photo"], "sharpness": values})


def write_sharpness(table: pd.DataFrame, folder: Path) -> None:
    """Writes `sharpness.parquet`."""
    with atomic_write(folder / "sharpness.parquet") as partial:
        table.to_parquet(partial, index=False)
