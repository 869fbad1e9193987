"""What the model says of faces of known age and gender: of validation faces anew, of test faces from the results."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from model.calibration import load_calibration
from model.estimator import Network
from reports.data_sets import predictions_file
from train.data.mixing import with_bounds
from train.data.utkface import Dataset
from train.evaluation import predictions_table

COLUMNS = ["data", "youngest", "oldest", "gender", "predicted_age", "female_probability"]


def estimate_validation(model: Path, dataset: Dataset) -> pd.DataFrame:
    """The validation faces of a data set with `COLUMNS`: what is known of them, and what a saved network estimates."""
    validation = dataset.select("validation")
    raw = Network(model).estimate(validation.chips[:])
    table = predictions_table(raw, validation.photos, load_calibration(model.with_name("calibration.json")))
    return with_bounds(table).assign(data=dataset.name)[COLUMNS]


def read_test_faces(results: Path, names: Iterable[str]) -> pd.DataFrame:
    """The test faces of these data sets with `COLUMNS`, as `python -m train evaluate` wrote them."""
    tables = []
    for name in names:
        table = pd.read_parquet(results / predictions_file(name))
        tables.append(with_bounds(table).assign(data=name)[COLUMNS])
    faces = pd.concat(tables, ignore_index=True)
    return faces[faces["gender"].notna()].reset_index(drop=True)
