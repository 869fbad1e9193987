"""The recorded study: named configurations that mostly differ from one base in one thing, compared on validation.

python -m train study             every row that is not in model/results/experiments.csv yet
python -m train study cnn vit     these rows, again if they are there
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.estimator import Network, RawEstimates
from model.writing import atomic_write
from reports.metrics import possible_metrics
from train.data.utkface import UTKFACE, Dataset
from train.experiments import EXPERIMENTS
from train.packing import pack
from train.run import read_history
from train.stages import train_stages

MEASURED = {
    UTKFACE: ("age_mae", "gender_accuracy", "cs5"),
    "fairface": ("age_in_bracket", "gender_accuracy"),
    "aaf": ("age_mae", "gender_accuracy"),
}
"""The metrics of each data set that a row has."""


class Estimating(Protocol):
    """Whatever estimates ages and genders from chips, as `model.estimator.Network` does."""

    def estimate(self, chips: NDArray[np.uint8]) -> RawEstimates: ...


def run_experiment(name: str, datasets: dict[str, Dataset], runs: Path, verbose: int | str = "auto") -> dict[str, Any]:
    """Trains one configuration (a finished run is not trained again) and measures it on the validation splits.

    Args:
        name: one of `EXPERIMENTS`.
        datasets: by name, with all splits; UTKFace and those that the experiment is trained on must be among them.
        runs: where each network has its run folder.
        verbose: as for `keras.Model.fit`.

    Returns:
        A row of the table; figures on FairFace and All-Age-Faces are there only if `datasets` has them.
    """
    experiment = EXPERIMENTS[name]
    packed = []
    for run, config in experiment.configs.items():
        packed.append(runs / f"{run}.keras")
        parts = [datasets[data] for data in experiment.data]
        pack(train_stages(parts, config, runs, run, verbose=verbose), packed[-1])
    networks = [Network(path) for path in packed]
    means = {
        data: _measure(networks, dataset.select("validation"), experiment.mirrored)
        for data, dataset in datasets.items()
        if data in MEASURED
    }
    chips = datasets[UTKFACE].select("validation").chips[:32]
    configs = experiment.configs.values()
    return {
        "name": name,
        "change": experiment.change,
        "network": " + ".join(config.network for config in configs),
        "image_size": " + ".join(str(config.image_size) for config in configs),
        "epochs": " + ".join(str(config.epochs) for config in configs),
        "validation_age_mae": round(means[UTKFACE]["age_mae"], 3),
        "validation_gender_accuracy": round(means[UTKFACE]["gender_accuracy"], 4),
        "validation_cs5": round(means[UTKFACE]["cs5"], 4),
        "parameters": sum(keras.saving.load_model(path, compile=False).count_params() for path in packed),
        "seconds_per_epoch": round(
            sum(float(read_history(runs / run)["seconds"].median()) for run in experiment.configs), 1
        ),
        "milliseconds_per_face": round(_milliseconds_per_face(networks, chips, experiment.mirrored), 2),
    } | {
        f"{data}_{metric}": round(means[data][metric], 4)
        for data, metrics in MEASURED.items()
        if data in means and data != UTKFACE
        for metric in metrics
    }


def _measure(networks: Sequence[Network], validation: Dataset, mirrored: bool) -> dict[str, float]:
    """The mean of every metric that the labels allow."""
    age, female = estimate_together(networks, validation.chips[:], mirrored)
    table = validation.photos.assign(predicted_age=age, female_probability=female)
    return {name: float(metric.of(table).mean()) for name, metric in possible_metrics(table).items()}


def write_row(row: dict[str, Any], path: Path) -> None:
    """Puts a row into the table, in the place of one with the same name if there is one."""
    rows: dict[str, Any] = {}
    if path.exists():
        rows = {old["name"]: old for old in pd.read_csv(path).to_dict("records")}
    rows[row["name"]] = row
    ordered = [rows[name] for name in EXPERIMENTS if name in rows]
    with atomic_write(path) as partial:
        pd.DataFrame(ordered).to_csv(partial, index=False)


def missing_rows(path: Path) -> list[str]:
    """The experiments that the table does not have."""
    done = set(pd.read_csv(path)["name"]) if path.exists() else set()
    return [name for name in EXPERIMENTS if name not in done]


def estimate_together(
    networks: Sequence[Estimating], chips: NDArray[np.uint8], mirrored: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ages in years and probabilities of "female", averaged over the networks and, if `mirrored`, both views."""
    views = [chips, chips[:, :, ::-1]] if mirrored else [chips]
    estimates = [network.estimate(view) for network in networks for view in views]
    return np.mean([each.age for each in estimates], axis=0), np.mean([each.female for each in estimates], axis=0)


def _milliseconds_per_face(
    networks: Sequence[Network], chips: NDArray[np.uint8], mirrored: bool, repetitions: int = 10
) -> float:
    """Median time for 32 faces, divided by their number."""
    estimate_together(networks, chips, mirrored)
    seconds = []
    for _ in range(repetitions):
        started = time.perf_counter()
        estimate_together(networks, chips, mirrored)
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds)) / len(chips)
