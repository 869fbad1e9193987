"""Recipes that start from the network of another recipe, which is trained first.

The first of such a chain is trained on the first data set alone, all others on all data sets.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from train.data.mixing import mix_datasets
from train.data.utkface import Dataset
from train.recipes import RECIPES, Config
from train.training import train


def train_stages(datasets: Sequence[Dataset], config: Config, runs: Path, name: str, **options: Any) -> Path:
    """Trains a network, and before it the one that it starts from, and returns the path of the best network.

    Args:
        datasets: with all splits.
        config: the hyperparameters.
        runs: where each stage has its run folder, that of the start under the name of its recipe.
        name: of the network's own run folder.
        options: further arguments of `train.training.train`.

    Raises:
        RunError, PretrainedWeightsError: as `train.training.train`.
    """
    start = None
    if config.start:
        before = RECIPES[config.start]
        parts = datasets if before.start else datasets[:1]
        print(f"Before {name}: {config.start}, on {' + '.join(part.name for part in parts)}.", flush=True)
        start = train_stages(parts, before, runs, config.start, **options)
    mixed = mix_datasets(datasets)
    left_out = ", ".join(f"{count} {reason}" for reason, count in mixed.summary["left_out"].items())
    print(f"Left out of training: {left_out}.", flush=True)
    return train(mixed, config, runs / name, start=start, **options)
