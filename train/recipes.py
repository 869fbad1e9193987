"""How each network is trained, and which of them make up the one that ships.

The plain CNN and the vision transformer start at random; the two trunks that ship start from what they learned on other
pictures: one on a million everyday ones, which serves texture and age, one on three million faces, which serves gender.
They err on different photos, so the mean of both is better than either.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from train.dataset import Dataset
from train.training import Config, train

COMMITTEE = "committee"
MEMBERS = ("efficientnet_lite0", "face_resnet_2", "efficientnet_lite0_128")

RECIPES = {
    "efficientnet_lite0": Config(),
    # The size it was made for, and steps small enough to keep what it knows.
    "face_resnet": Config(network="face_resnet", epochs=9, image_size=150, learning_rate=2e-4, dropout=0.3),
    # What nine epochs left unlearned: a second climb and fall of the learning rate (SGDR, arXiv 1608.03983).
    "face_resnet_2": Config(
        network="face_resnet", start="face_resnet", epochs=12, image_size=150, learning_rate=2e-4, dropout=0.3, seed=8
    ),
    "efficientnet_lite0_128": Config(epochs=8, image_size=128, dropout=0.3),
    "vit": Config(network="vit", epochs=8),
    # Its first layers work at full size, so that pixels cost it more than the others.
    "cnn": Config(network="cnn", epochs=8, image_size=80),
}


def recipes_for(name: str) -> dict[str, Config]:
    """The networks to train for `name`, one of `RECIPES` or the committee; each after the one that it starts from."""
    recipes: dict[str, Config] = {}
    for member in MEMBERS if name == COMMITTEE else (name,):
        config = RECIPES[member]
        if config.start:
            recipes[config.start] = RECIPES[config.start]
        recipes[member] = config
    return recipes


def final(configs: Mapping[str, Config]) -> list[str]:
    """The names of those networks that no other one starts from."""
    starts = {config.start for config in configs.values()}
    return [name for name in configs if name not in starts]


def train_all(
    dataset: Dataset, configs: Mapping[str, Config], folders: Mapping[str, Path], **options: Any
) -> list[Path]:
    """Trains networks in their order, with `options` as for `train`, and returns the paths of the final ones."""
    best: dict[str, Path] = {}
    for name, config in configs.items():
        best[name] = train(dataset, config, folders[name], start=best.get(config.start), **options)
    return [best[name] for name in final(configs)]
