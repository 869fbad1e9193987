"""The recorded study: named configurations that differ from one base in one thing each, judged on validation.

python -m train study             every row that is not in model/results/experiments.csv yet
python -m train study cnn vit     these rows, again if they are there
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.estimator import Network
from model.writing import atomic_write
from reports.metrics import CUMULATIVE_SCORE_YEARS
from train.data.utkface import Dataset
from train.packing import pack
from train.recipes import RECIPES, SHIPPED, Config
from train.training import read_history, train

BASE = Config(epochs=4, image_size=80)


@dataclass(frozen=True)
class Experiment:
    """What is tried.

    change: the same in words.
    configs: the hyperparameters of each network it takes, by the name of the run's folder.
    mirrored: whether each face is judged in its mirror image too, and both answers averaged.
    """

    change: str
    configs: dict[str, Config]
    mirrored: bool = False


def _one_change(name: str, change: str, **hyperparameters: Any) -> Experiment:
    return Experiment(change, {f"study-{name}": replace(BASE, **hyperparameters)})


def _recipes(*networks: str) -> dict[str, Config]:
    return {name: RECIPES[name] for name in networks}


SMALLER = {"face-144": replace(RECIPES[SHIPPED], epochs=8, image_size=144, seed=8)}

EXPERIMENTS: dict[str, Experiment] = {
    "shipped": Experiment("what ships: the face MobileNet", _recipes(SHIPPED)),
    "shipped-mirrored": Experiment("the same, and of the mirrored face as well", _recipes(SHIPPED), mirrored=True),
    "with-lite0": Experiment("its mean with EfficientNet-Lite0", _recipes(SHIPPED, "efficientnet_lite0")),
    "with-dlib": Experiment("its mean with dlib's face-recognition trunk", _recipes(SHIPPED, "face_resnet")),
    "with-both": Experiment("its mean with both", _recipes(SHIPPED, "efficientnet_lite0", "face_resnet")),
    "without-it": Experiment("the mean of those two without it", _recipes("efficientnet_lite0", "face_resnet")),
    "larger": Experiment(
        "the face MobileNet trained again, on larger chips",
        {"face-192": replace(RECIPES[SHIPPED], epochs=8, image_size=192)},
    ),
    "smaller": Experiment("the face MobileNet trained again, on smaller chips in another order", SMALLER),
    "with-smaller": Experiment("the mean of the one that ships and that one", _recipes(SHIPPED) | SMALLER),
    "lite0-long": Experiment("EfficientNet-Lite0 with its own recipe", _recipes("efficientnet_lite0")),
    "dlib-long": Experiment("dlib's face-recognition trunk with its own recipe", _recipes("face_resnet")),
    "cnn": Experiment("plain CNN from scratch, squared error of one number", _recipes("cnn")),
    "vit": Experiment("compact vision transformer from scratch", _recipes("vit")),
    "base": _one_change("base", "EfficientNet-Lite0 from ImageNet weights, short and small"),
    "from-scratch": _one_change("from-scratch", "no ImageNet weights", from_scratch=True),
    "gender-weight-1": _one_change("gender-weight-1", "gender loss counted once, not twice", gender_weight=1.0),
    "sharp-labels": _one_change("sharp-labels", "age labels taken as exact to half a year", label_spread=0.5),
    "no-age-error": _one_change("no-age-error", "age from the distribution loss alone", age_error_weight=0.0),
    "no-augmentation": _one_change("no-augmentation", "mirroring and all other augmentation off", augmentation=False),
    "mixup": _one_change("mixup", "photos blended in pairs", mixup=0.3),
    "no-averaging": _one_change("no-averaging", "last weights instead of averaged ones", ema_momentum=0.0),
    "128-pixels": _one_change("128-pixels", "chips at 128 pixels", image_size=128),
}


def run_experiment(name: str, dataset: Dataset, runs: Path, verbose: int | str = "auto") -> dict:
    """Trains one configuration (a finished run is not trained again) and measures it on the validation split.

    Returns:
        A row of the table.
    """
    experiment = EXPERIMENTS[name]
    best = [train(dataset, config, runs / run, verbose=verbose) for run, config in experiment.configs.items()]
    packed = runs / f"{name}.keras"
    pack(best, packed)
    network, validation = Network(packed), dataset.select("validation")
    age, female = _estimate(network, validation.chips[:], experiment.mirrored)
    error = np.abs(age - validation.photos["age"])
    right = (female >= 0.5) == (validation.photos["gender"] == "female")
    configs = experiment.configs.values()
    return {
        "name": name,
        "change": experiment.change,
        "network": " + ".join(config.network for config in configs),
        "image_size": " + ".join(str(config.image_size) for config in configs),
        "epochs": " + ".join(str(config.epochs) for config in configs),
        "validation_age_mae": round(float(error.mean()), 3),
        "validation_gender_accuracy": round(float(right.mean()), 4),
        "validation_cs5": round(float((error <= CUMULATIVE_SCORE_YEARS).mean()), 4),
        "parameters": keras.saving.load_model(packed, compile=False).count_params(),
        "seconds_per_epoch": round(
            sum(float(read_history(runs / run)["seconds"].median()) for run in experiment.configs), 1
        ),
        "milliseconds_per_face": round(_milliseconds_per_face(network, validation.chips[:32], experiment.mirrored), 2),
    }


def write_row(row: dict, path: Path) -> None:
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
    network: Network, chips: NDArray[np.uint8], mirrored: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ages in years, and probabilities of "female"."""
    views = [network.estimate(view) for view in ([chips, chips[:, :, ::-1]] if mirrored else [chips])]
    return np.mean([view.age for view in views], axis=0), np.mean([view.female for view in views], axis=0)


def _milliseconds_per_face(network: Network, chips: NDArray[np.uint8], mirrored: bool, repetitions: int = 10) -> float:
    """Median time of 32 faces, divided by their number."""
    _estimate(network, chips, mirrored)
    seconds = []
    for _ in range(repetitions):
        started = time.perf_counter()
        _estimate(network, chips, mirrored)
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds)) / len(chips)
