"""The recorded study: named configurations that differ from one base in one thing each, judged on validation.

python -m train study             every row that is not in model/results/experiments.csv yet
python -m train study cnn vit     these rows, again if they are there
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from model.estimator import Network
from train.dataset import Dataset
from train.evaluation import CUMULATIVE_SCORE_YEARS
from train.training import Config, read_history, train

BASE = Config(epochs=6)


@dataclass(frozen=True)
class Experiment:
    """What is tried, in words, and the hyperparameters it is tried with."""

    change: str
    config: Config


EXPERIMENTS: dict[str, Experiment] = {
    "shipped": Experiment("what ships: the base, three times as long", Config()),
    "base": Experiment("EfficientNet-Lite0 from ImageNet weights at 112 pixels", BASE),
    "cnn": Experiment("plain CNN from scratch, squared error of one number", replace(BASE, network="cnn")),
    "vit": Experiment("compact vision transformer from scratch", replace(BASE, network="vit")),
    "face_resnet": Experiment(
        "face-recognition trunk at the size it knows", replace(BASE, network="face_resnet", image_size=136)
    ),
    "from-scratch": Experiment("no ImageNet weights", replace(BASE, from_scratch=True)),
    "gender-weight-1": Experiment("gender loss counted once, not twice", replace(BASE, gender_weight=1.0)),
    "sharp-labels": Experiment("age labels taken as exact to half a year", replace(BASE, label_spread=0.5)),
    "no-age-error": Experiment("age from the distribution loss alone", replace(BASE, age_error_weight=0.0)),
    "no-augmentation": Experiment("mirroring and all other augmentation off", replace(BASE, augmentation=False)),
    "mixup": Experiment("photos blended in pairs", replace(BASE, mixup=0.3)),
    "no-averaging": Experiment("last weights instead of averaged ones", replace(BASE, ema_momentum=0.0)),
    "160-pixels": Experiment("chips at 160 pixels", replace(BASE, image_size=160)),
}


def run_experiment(name: str, dataset: Dataset, runs: Path, verbose: int | str = "auto") -> dict:
    """Trains one configuration (a finished run is not trained again) and measures it on the validation split.

    Returns:
        A row of the table; ages and genders are means over a chip and its mirror image.
    """
    experiment = EXPERIMENTS[name]
    best = train(dataset, experiment.config, runs / name, verbose=verbose)
    network, validation = Network(best), dataset.select("validation")
    raw = network.estimate(validation.chips[:])
    error = np.abs(raw.age - validation.photos["age"])
    right = (raw.female >= 0.5) == (validation.photos["gender"] == "female")
    return {
        "name": name,
        "change": experiment.change,
        "network": experiment.config.network,
        "image_size": experiment.config.image_size,
        "epochs": experiment.config.epochs,
        "validation_age_mae": round(float(error.mean()), 3),
        "validation_gender_accuracy": round(float(right.mean()), 4),
        "validation_cs5": round(float((error <= CUMULATIVE_SCORE_YEARS).mean()), 4),
        "parameters": keras.saving.load_model(best, compile=False).count_params(),
        "seconds_per_epoch": round(float(read_history(runs / name)["seconds"].median()), 1),
        "milliseconds_per_face": round(_milliseconds_per_face(network, validation.chips[:32]), 2),
    }


def write_row(row: dict, path: Path) -> None:
    """Puts a row into the table, in the place of one with the same name if there is one."""
    rows = {} if not path.exists() else {old["name"]: old for old in pd.read_csv(path).to_dict("records")}
    rows[row["name"]] = row
    ordered = [rows[name] for name in EXPERIMENTS if name in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(ordered).to_csv(path, index=False)


def missing_rows(path: Path) -> list[str]:
    """The experiments that the table does not have."""
    done = set(pd.read_csv(path)["name"]) if path.exists() else set()
    return [name for name in EXPERIMENTS if name not in done]


def _milliseconds_per_face(network: Network, chips: np.ndarray, repetitions: int = 10) -> float:
    """Median time of a full batch, both ways round, divided by its faces."""
    network.estimate(chips)
    seconds = []
    for _ in range(repetitions):
        started = time.perf_counter()
        network.estimate(chips)
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds)) / len(chips)
