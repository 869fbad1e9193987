import dataclasses
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pandas as pd
import pytest

from model import network
from train.batches import ChipSequence
from train.data.utkface import Dataset
from train.recipes import Config
from train.run import FinishedEpochs, RunError, finished_epoch, read_history
from train.targets import make_targets
from train.training import train

pytestmark = pytest.mark.usefixtures("small_cnn")

TINY = Config(network="cnn", epochs=3, image_size=32, batch_size=16, warmup_epochs=0.5, ema_momentum=0.5, dropout=0.0)


class InterruptionError(Exception):
    """Stands for a machine that goes away."""


@pytest.fixture(scope="module")
def whole_run(small_dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("whole")
    train(small_dataset, TINY, run, verbose=0)
    return run


def test_run_interrupted_in_an_epoch_ends_like_an_uninterrupted_one(
    small_dataset: Dataset, tmp_path: Path, whole_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = len(ChipSequence(small_dataset.select("train"), TINY, training=True))

    def interrupt(self: FinishedEpochs, batch: int, logs: dict[str, Any] | None = None) -> None:
        if int(self.model.optimizer.iterations) > steps + 1:
            raise InterruptionError

    run = tmp_path / "interrupted"
    with monkeypatch.context() as patch:
        patch.setattr(FinishedEpochs, "on_train_batch_end", interrupt)
        with pytest.raises(InterruptionError):
            train(small_dataset, TINY, run, verbose=0)
    assert list(read_history(run)["epoch"]) == [1]

    train(small_dataset, TINY, run, verbose=0)
    history, expected = read_history(run), read_history(whole_run)
    assert list(history["epoch"]) == [1, 2, 3]
    columns = ["learning_rate", "loss", "val_age_mae"]
    np.testing.assert_allclose(history[columns], expected[columns], rtol=2e-2)


def test_finished_run_is_not_trained_again(small_dataset: Dataset, whole_run: Path) -> None:
    changed = (whole_run / "epoch-003" / "history.csv").stat().st_mtime_ns
    best = train(small_dataset, TINY, whole_run, verbose=0)
    assert best == whole_run / "epoch-003" / "best.keras"
    assert (whole_run / "epoch-003" / "history.csv").stat().st_mtime_ns == changed


def test_best_network_is_that_of_the_best_validation_epoch(small_dataset: Dataset, whole_run: Path) -> None:
    network = keras.saving.load_model(whole_run / "epoch-003" / "best.keras", compile=False)
    validation = small_dataset.select("validation")
    ages = network.predict(validation.chips, verbose=0)["age"][:, 0]
    error = np.abs(ages - validation.photos["age"]).mean()
    assert error == pytest.approx(read_history(whole_run)["val_age_mae"].min(), rel=1e-3)


def test_best_network_is_saved_without_the_optimizer(whole_run: Path) -> None:
    def stored(name: str) -> set[str]:
        with zipfile.ZipFile(whole_run / "epoch-003" / name) as archive:
            return set(h5py.File(io.BytesIO(archive.read("model.weights.h5"))))

    assert stored("state.keras") - stored("best.keras") == {"optimizer"}


def test_only_the_last_finished_epoch_is_kept(whole_run: Path) -> None:
    assert [path.name for path in whole_run.glob("epoch-*")] == ["epoch-003"]
    assert finished_epoch(whole_run) == whole_run / "epoch-003"


def test_run_with_other_hyperparameters_is_refused(small_dataset: Dataset, whole_run: Path) -> None:
    with pytest.raises(RunError, match=r"learning_rate=0\.0006"):
        train(small_dataset, dataclasses.replace(TINY, learning_rate=1e-3), whole_run, verbose=0)


def test_what_happens_after_training_may_change(small_dataset: Dataset, whole_run: Path) -> None:
    best = train(small_dataset, dataclasses.replace(TINY, first_share=0.1, rare_ages=0.3), whole_run, verbose=0)
    assert best == whole_run / "epoch-003" / "best.keras"
    assert json.loads((whole_run / "config.json").read_text())["rare_ages"] == 0.3


def test_empty_validation_split_is_refused(small_dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="validation split is empty"):
        train(small_dataset.select("train"), TINY, tmp_path, verbose=0)


def test_epoch_shows_every_photo_once_and_the_next_one_others_variants(small_dataset: Dataset) -> None:
    first, again = (ChipSequence(small_dataset, TINY, training=True) for _ in range(2))
    ages = np.concatenate([first[i][1]["age"][:, 0] for i in range(len(first))])
    assert sorted(ages) == sorted(small_dataset.photos["age"])
    np.testing.assert_array_equal(first[1][0], again[1][0])
    again.on_epoch_end()
    assert np.abs(first[1][0].astype(int) - again[1][0]).mean() > 1
    resumed = ChipSequence(small_dataset, TINY, training=True, epoch=1)
    np.testing.assert_array_equal(resumed[1][0], again[1][0])


def incomplete(dataset: Dataset) -> Dataset:
    """Every third age known to ten years only, every fourth gender of the train split missing."""
    photos = dataset.photos.copy()
    rows = np.arange(len(photos))
    bracket = rows % 3 == 0
    photos["youngest"] = np.where(bracket, photos["age"] // 10 * 10, photos["age"])
    photos["oldest"] = np.where(bracket, np.minimum(photos["youngest"] + 9, 116), photos["age"])
    photos.loc[(rows % 4 == 0) & (photos["split"] == "train"), "gender"] = None
    return dataclasses.replace(dataset, photos=photos.drop(columns="age"), name="utkface+others")


@pytest.mark.parametrize("network", ["cnn", "vit"])
def test_brackets_and_missing_genders_are_trained_and_resumed(
    network: str, small_dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.backbones.VIT_BLOCKS", 1)  # the heads matter here
    dataset = incomplete(small_dataset)
    config = dataclasses.replace(TINY, network=network, epochs=1)
    train(dataset, config, tmp_path, verbose=0)
    # One more epoch by the schedule of one, as after an interruption.
    (tmp_path / "config.json").write_text(json.dumps(dataclasses.asdict(config) | {"epochs": 2, "data": dataset.name}))
    best = train(dataset, dataclasses.replace(config, epochs=2), tmp_path, verbose=0)
    history = read_history(tmp_path)
    assert list(history["epoch"]) == [1, 2]
    assert history.notna().all(axis=None)
    network_alone = keras.saving.load_model(best, compile=False)
    validation = dataset.select("validation")
    age = network_alone.predict(validation.chips[:], verbose=0)["age"][:, 0]
    outside = np.maximum.reduce([validation.photos["youngest"] - age, age - validation.photos["oldest"], 0 * age])
    assert outside.mean() == pytest.approx(history["val_age_mae"].min(), rel=1e-3)


def test_bracket_middles_are_trained_from_another_network(
    small_dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.backbones.VIT_BLOCKS", 1)
    dataset = incomplete(small_dataset)
    config = dataclasses.replace(TINY, network="vit", epochs=1)
    start = train(small_dataset, config, tmp_path / "start", verbose=0)
    for middles in (False, True):
        run = tmp_path / str(middles)
        train(dataset, dataclasses.replace(config, bracket_middles=middles), run, start=start, verbose=0)
        assert read_history(run).notna().all(axis=None)
        assert (run / "estimates.npy").exists() != middles


def test_targets_of_missing_genders_change_nothing(
    small_dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, config = incomplete(small_dataset), dataclasses.replace(TINY, epochs=1)

    def trained(name: str, missing: int, known: int) -> list[np.ndarray]:
        """The weights after an epoch with those two genders in the first row of each kind."""

        def changed(photos: pd.DataFrame, *options: Any) -> dict[str, np.ndarray]:
            targets = make_targets(photos, *options)
            unlabelled = photos["gender"].isna().to_numpy()
            if unlabelled.any():  # the train split
                targets["gender"][unlabelled] = np.eye(2)[missing]
                targets["gender"][np.argmin(unlabelled)] = np.eye(2)[known]
            return targets

        with monkeypatch.context() as patch:
            patch.setattr("train.batches.make_targets", changed)
            best = train(dataset, config, tmp_path / name, verbose=0)
        return keras.saving.load_model(best, compile=False).get_weights()

    def distance(one: list[np.ndarray], other: list[np.ndarray]) -> float:
        return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))

    weights = trained("first", missing=0, known=0)
    unchanged, changed = trained("missing", missing=1, known=0), trained("known", missing=0, known=1)
    assert distance(weights, unchanged) < distance(weights, changed) / 100


def test_training_needs_some_genders(small_dataset: Dataset, tmp_path: Path) -> None:
    photos = small_dataset.photos.assign(gender=pd.Categorical([None] * 60, ["male", "female"]))
    with pytest.raises(RunError, match="no gender labels"):
        train(dataclasses.replace(small_dataset, photos=photos), TINY, tmp_path, verbose=0)


def test_mixup_of_incomplete_labels_is_refused(small_dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="Mixup"):
        train(incomplete(small_dataset), dataclasses.replace(TINY, mixup=0.2), tmp_path, verbose=0)


def test_run_does_not_resume_with_other_data(small_dataset: Dataset, whole_run: Path) -> None:
    with pytest.raises(RunError, match="data='utkface'"):
        train(dataclasses.replace(small_dataset, name="utkface+afad"), TINY, whole_run, verbose=0)


def test_layers_of_the_same_name_and_shape_start_from_another_network_and_stay_frozen(
    small_dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.backbones.FACE_VIT_BLOCKS", 1)
    start = network.build_network("face_mobilenet", 32, 0.0)
    start.save(tmp_path / "start.keras")
    config = dataclasses.replace(TINY, network="face_vit", epochs=1, start="face_mobilenet", frozen_before="tokens_")
    best = keras.saving.load_model(train(small_dataset, config, tmp_path / "run", start=tmp_path / "start.keras"))
    for layer in ("stem_conv", "block5_pointwise_conv"):
        np.testing.assert_array_equal(best.get_layer(layer).get_weights(), start.get_layer(layer).get_weights())
    assert best.get_layer("tokens_project_conv").get_weights()[0].shape == (1, 1, 512, 192)
