from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from model.network import build_network
from train import stages
from train.data.utkface import Dataset
from train.recipes import Config
from train.run import RunError
from train.stages import train_stages

RECIPES = {"first": Config(seed=1), "second": Config(start="first", seed=2)}
LAST = Config(start="second", seed=3)


class Training:
    """Stands for `train.training.train`: the best network of a run is a new one that depends on the seed alone."""

    def __init__(self) -> None:
        self.starts: dict[str, Path | None] = {}
        self.data: dict[str, str] = {}

    def __call__(self, dataset: Dataset, config: Config, run: Path, *, start: Path | None, **_: Any) -> Path:
        self.starts[run.name], self.data[run.name] = start, dataset.name
        keras.utils.set_random_seed(config.seed)
        run.mkdir()
        build_network("vit", 32, 0.0).save(run / "best.keras")
        return run / "best.keras"


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Training:
    training = Training()
    monkeypatch.setattr(stages, "RECIPES", RECIPES)
    monkeypatch.setattr(stages, "train", training)
    return training


def weights(path: Path) -> dict[str, np.ndarray]:
    return {variable.path: np.array(variable) for variable in keras.saving.load_model(path, compile=False).weights}


def test_each_stage_starts_from_the_one_before_and_only_the_first_is_trained_on_one_data_set(
    small_dataset: Dataset, tmp_path: Path, training: Training
) -> None:
    best = train_stages([small_dataset, small_dataset], LAST, tmp_path, "last")
    assert best == tmp_path / "last" / "best.keras"
    first, second = tmp_path / "first" / "best.keras", tmp_path / "second" / "best.keras"
    assert training.starts == {"first": None, "second": first, "last": second}
    both = "utkface+utkface"
    assert training.data == {"first": "utkface", "second": both, "last": both}


def test_finished_network_is_averaged_with_the_first_and_raises_rare_ages(
    small_dataset: Dataset, tmp_path: Path, training: Training
) -> None:
    config = Config(start="second", seed=3, first_share=0.25, rare_ages=1.0)
    finished = weights(train_stages([small_dataset], config, tmp_path, "last"))
    first, last = weights(tmp_path / "first" / "best.keras"), weights(tmp_path / "last" / "best.keras")
    for name in last.keys() - {"age_distribution/bias"}:
        np.testing.assert_allclose(finished[name], 0.25 * first[name] + 0.75 * last[name], atol=1e-6, err_msg=name)
    assert (finished["age_distribution/bias"] >= 0).all()
    assert finished["age_distribution/bias"].max() > 0, "some years of a random network are rare"


def test_share_of_a_first_stage_needs_one(small_dataset: Dataset, tmp_path: Path, training: Training) -> None:
    with pytest.raises(RunError, match="starts from another"):
        train_stages([small_dataset], Config(first_share=0.1), tmp_path, "last")
    assert not training.starts
