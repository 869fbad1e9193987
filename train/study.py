"""The recorded study: named configurations that mostly differ from one base in one thing, compared on validation.

python -m train study             every row that is not in model/results/experiments.csv yet
python -m train study cnn vit     these rows, again if they are there
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.estimator import Network
from model.writing import atomic_write
from reports.metrics import photo_scores
from train.data.utkface import Dataset
from train.experiments import EXPERIMENTS
from train.packing import pack
from train.run import read_history
from train.training import train


def run_experiment(name: str, dataset: Dataset, runs: Path, verbose: int | str = "auto") -> dict[str, Any]:
    """Trains one configuration (a finished run is not trained again) and measures it on the validation split.

    Returns:
        A row of the table.
    """
    experiment = EXPERIMENTS[name]
    packed = []
    for run, config in experiment.configs.items():
        packed.append(runs / f"{run}.keras")
        pack(train(dataset, config, runs / run, verbose=verbose), packed[-1])
    networks, validation = [Network(path) for path in packed], dataset.select("validation")
    age, female = _estimate(networks, validation.chips[:], experiment.mirrored)
    means = photo_scores(validation.photos.assign(predicted_age=age, female_probability=female)).mean()
    milliseconds = _milliseconds_per_face(networks, validation.chips[:32], experiment.mirrored)
    configs = experiment.configs.values()
    return {
        "name": name,
        "change": experiment.change,
        "network": " + ".join(config.network for config in configs),
        "image_size": " + ".join(str(config.image_size) for config in configs),
        "epochs": " + ".join(str(config.epochs) for config in configs),
        "validation_age_mae": round(means["age_mae"], 3),
        "validation_gender_accuracy": round(means["gender_accuracy"], 4),
        "validation_cs5": round(means["cs5"], 4),
        "parameters": sum(keras.saving.load_model(path, compile=False).count_params() for path in packed),
        "seconds_per_epoch": round(
            sum(float(read_history(runs / run)["seconds"].median()) for run in experiment.configs), 1
        ),
        "milliseconds_per_face": round(milliseconds, 2),
    }


def write_row(row: dict[str, Any], path: Path) -> None:
    """Puts a row into the table, in the place of one with the same name if there is one."""
    rows = {} if not path.exists() else {old["name"]: old for old in pd.read_csv(path).to_dict("records")}
    rows[row["name"]] = row
    ordered = [rows[name] for name in EXPERIMENTS if name in rows]
    with atomic_write(path) as partial:
        pd.DataFrame(ordered).to_csv(partial, index=False)


def missing_rows(path: Path) -> list[str]:
    """The experiments that the table does not have."""
    done = set(pd.read_csv(path)["name"]) if path.exists() else set()
    return [name for name in EXPERIMENTS if name not in done]


def _estimate(
    networks: Sequence[Network], chips: NDArray[np.uint8], mirrored: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ages in years and probabilities of "female", averaged over the networks and, if `mirrored`, both views."""
    views = [chips, chips[:, :, ::-1]] if mirrored else [chips]
    estimates = [network.estimate(view) for network in networks for view in views]
    return np.mean([each.age for each in estimates], axis=0), np.mean([each.female for each in estimates], axis=0)


def _milliseconds_per_face(
    networks: Sequence[Network], chips: NDArray[np.uint8], mirrored: bool, repetitions: int = 10
) -> float:
    """Median time for 32 faces, divided by their number."""
    _estimate(networks, chips, mirrored)
    seconds = []
    for _ in range(repetitions):
        started = time.perf_counter()
        _estimate(networks, chips, mirrored)
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds)) / len(chips)
