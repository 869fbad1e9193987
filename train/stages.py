"""Recipes that start from the network of another recipe, which is trained first.

The first of such a chain is trained on the first data set alone, all others on all data sets.
"""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from train.adjustment import raise_rare_ages
from train.averaging import average_weights
from train.data.mixing import mix_datasets
from train.data.utkface import Dataset
from train.recipes import RECIPES, Config
from train.run import RunError
from train.training import train


def train_stages(datasets: Sequence[Dataset], config: Config, runs: Path, name: str, **options: Any) -> Path:
    """Trains a network, and before it those that it starts from, and finishes it as its recipe says.

    Returns the path of the finished network.

    Args:
        datasets: with all splits.
        config: the hyperparameters.
        runs: where each stage has its run folder, those of earlier stages under the names of their recipes.
        name: of the network's own run folder.
        options: further arguments of `train.training.train`.

    Raises:
        RunError: if weights of the first stage are asked for and there is none, and as `train.training.train`.
        PretrainedWeightsError: as `train.training.train`.
    """

    @functools.cache  # since it reads every photo
    def mixed(count: int) -> Dataset:
        dataset = mix_datasets(datasets[:count])
        left_out = ", ".join(f"{photos} {reason}" for reason, photos in dataset.summary["left_out"].items())
        print(f"{dataset.name}: left out of training: {left_out}.", flush=True)
        return dataset

    if config.first_share and not config.start:
        raise RunError("--first-share needs a network that starts from another one (`start` in train/recipes.py).")
    first = start = None
    for stage, recipe in enumerate(_earlier(config)):
        print(f"Before {name}: {recipe}.", flush=True)
        start = train(mixed(len(datasets) if stage else 1), RECIPES[recipe], runs / recipe, start=start, **options)
        first = first or start
    data = mixed(len(datasets))
    best = train(data, config, runs / name, start=start, **options)
    if not (config.first_share or config.rare_ages):
        return best
    network = keras.saving.load_model(best, compile=False)
    if config.first_share:
        average_weights(network, keras.saving.load_model(first, compile=False), config.first_share)
    if config.rare_ages:
        raise_rare_ages(network, data.select("validation").chips, config.rare_ages)
    finished = runs / name / "finished.keras"
    network.save(finished)
    return finished


def _earlier(config: Config) -> list[str]:
    """The recipes to train before, from the one that starts from no other."""
    return [*_earlier(RECIPES[config.start]), config.start] if config.start else []
