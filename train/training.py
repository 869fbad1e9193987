"""Trains a network, epoch by epoch, so that a run cut off at any moment goes on where it stood.

A run is a folder:

    config.json         the hyperparameters; a run only goes on with the same ones
    epoch-007/          the last finished epoch, written under another name and then renamed, so that it is
        state.keras       whole or not there: weights, optimizer, schedule
        best.keras        the network of the best validation epoch so far, without the optimizer
        history.csv       a row an epoch
    tensorboard/        logs, on request
"""

import dataclasses
import functools
import importlib.util
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.errors import UserError
from model.network import build_network
from model.writing import atomic_write_text
from train.augmentation import augment
from train.data.utkface import UTKFACE, Dataset
from train.pretrained import load_pretrained
from train.processes import ALONE, Processes
from train.recipes import Config
from train.targets import make_targets, make_weights, mix, negative_log_likelihood, squared_years_outside, years_outside

SQUARED_ERROR_WEIGHT = 0.02
"""Of the plain CNN's squared age error (years²), which falls from 400 to 60, beside a cross-entropy below 1."""

NOT_DECAYED = ["bias", "gamma", "beta"]
"""Words in the names of weights that weight decay leaves alone."""


class RunError(UserError):
    """The run folder cannot be used; the message says what to do."""


class ChipSequence(keras.utils.PyDataset):
    """Batches of chips and targets; shuffled and augmented anew each epoch if they are for `training`.

    What an epoch gives depends on the seed, the epoch and the photo alone, so a resumed run sees the same.
    """

    def __init__(
        self,
        dataset: Dataset,
        config: Config,
        *,
        training: bool,
        epoch: int = 0,
        has_distribution: bool = True,
        processes: Processes = ALONE,
    ) -> None:
        super().__init__(workers=2, max_queue_size=8)
        self.dataset = dataset
        self.config = config
        self.training = training
        self.epoch = epoch
        self.processes = processes
        self.targets = make_targets(dataset.photos, config.label_spread, has_distribution)
        self.weights = make_weights(dataset.photos, self.targets)
        self.order = self._shuffled()

    def __len__(self) -> int:
        return -(-len(self.order) // self.config.batch_size)

    def __getitem__(self, index: int) -> tuple:
        """Chips, targets and, if some labels are missing, weights."""
        rows = self.order[index * self.config.batch_size : (index + 1) * self.config.batch_size]
        rows = self.processes.share(rows)
        chips = self.dataset.chips[rows]
        if self.training and self.config.augmentation:
            seeds = [(self.config.seed, self.epoch, int(row)) for row in rows]
            chips = np.stack(
                [augment(chip, np.random.default_rng(seed)) for chip, seed in zip(chips, seeds, strict=True)]
            )
        targets = {name: values[rows] for name, values in self.targets.items()}
        if self.training and self.config.mixup > 0:
            rng = np.random.default_rng((self.config.seed, self.epoch, index))
            return mix(chips, targets, self.config.mixup, rng)
        if self.weights is not None:
            return chips, targets, {name: values[rows] for name, values in self.weights.items()}
        return chips, targets

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self.order = self._shuffled()

    def _shuffled(self) -> NDArray[np.int64]:
        rows = np.arange(len(self.dataset.photos))
        return np.random.default_rng((self.config.seed, self.epoch)).permutation(rows) if self.training else rows


class FinishedEpochs(keras.callbacks.Callback):
    """Writes the folder of each finished epoch and says how long the rest will take."""

    def __init__(self, run: Path, config: Config) -> None:
        super().__init__()
        self.run = run
        self.config = config

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        before = finished_epoch(self.run)
        unfinished = self.run / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        history = read_history(self.run)
        row = {"epoch": epoch + 1, "learning_rate": float(self.model.optimizer.learning_rate), **(logs or {})}
        seconds = time.monotonic() - self.started
        history = pd.concat([history, pd.DataFrame([row | {"seconds": round(seconds, 1)}])], ignore_index=True)
        history.to_csv(unfinished / "history.csv", index=False)

        self.model.save(unfinished / "state.keras")
        if history["val_age_mae"].idxmin() == len(history) - 1:
            self._save_averaged(unfinished / "best.keras")
        elif before is not None:
            shutil.copy(before / "best.keras", unfinished)
        finished = self.run / f"epoch-{epoch + 1:03d}"
        unfinished.rename(finished)
        for earlier in set(self.run.glob("epoch-*")) - {finished}:  # several, if a process was killed just here
            shutil.rmtree(earlier)
        left = (self.config.epochs - epoch - 1) * seconds / 60
        print(
            f"Epoch {epoch + 1} of {self.config.epochs}: validation age MAE {row['val_age_mae']:.2f} years, "
            f"gender accuracy {row['val_gender_accuracy']:.1%}; about {left:.0f} min left.",
            flush=True,
        )

    def _save_averaged(self, path: Path) -> None:
        """Saves the network with its averaged weights and without the optimizer."""
        raw = self.model.get_weights()
        self.model.optimizer.finalize_variable_values(self.model.trainable_variables)
        portable = build_network(self.config.network, self.config.image_size, self.config.dropout)
        portable.set_weights(self.model.get_weights())
        portable.save(path)
        self.model.set_weights(raw)


def train(
    dataset: Dataset,
    config: Config,
    run: Path,
    *,
    processes: Processes = ALONE,
    tensorboard: bool = False,
    verbose: int | str = "auto",
) -> Path:
    """Trains on the train split, watched on the validation split, and returns the path of the best network.

    Args:
        dataset: all splits.
        config: the hyperparameters.
        run: folder of the run; if it holds finished epochs, training goes on after them.
        processes: those that train together; each keeps a run folder of its own.
        tensorboard: whether to write logs for TensorBoard.
        verbose: as for `keras.Model.fit`.

    Raises:
        RunError: if `run` was begun with other hyperparameters or data, the dataset has an empty split, lacks labels
            that it needs, or TensorBoard is asked for and not installed.
        PretrainedWeightsError: if pretrained weights are asked for and not installed.
    """
    _check_labels(dataset, config)
    _claim(run, config, dataset.name)
    done = finished_epoch(run)
    start = 0 if done is None else int(done.name.removeprefix("epoch-"))
    if done is not None and start >= config.epochs:
        return done / "best.keras"
    keras.utils.set_random_seed(config.seed)
    training = dataset.select("train")
    model = _new_model(config, training) if done is None else _load_model(done / "state.keras")

    make_batches = functools.partial(
        ChipSequence, config=config, has_distribution="age_distribution" in model.output, processes=processes
    )
    batches = make_batches(training, training=True, epoch=start)
    validation = make_batches(dataset.select("validation"), training=False)
    callbacks: list[keras.callbacks.Callback] = [keras.callbacks.SwapEMAWeights(), FinishedEpochs(run, config)]
    if tensorboard:
        if importlib.util.find_spec("tensorboard") is None:
            raise RunError("TensorBoard is not installed. Install it with `pip install tensorboard`.")
        callbacks.append(keras.callbacks.TensorBoard(run / "tensorboard"))
    model.fit(
        batches,
        validation_data=validation,
        epochs=config.epochs,
        initial_epoch=start,
        shuffle=False,
        callbacks=callbacks,
        verbose=verbose,
    )
    return run / f"epoch-{config.epochs:03d}" / "best.keras"


def finished_epoch(run: Path) -> Path | None:
    """The folder of the last finished epoch."""
    return max(run.glob("epoch-*"), default=None)


def read_history(run: Path) -> pd.DataFrame:
    """A row for each finished epoch."""
    done = finished_epoch(run)
    return pd.DataFrame() if done is None else pd.read_csv(done / "history.csv")


def _new_model(config: Config, training: Dataset) -> keras.Model:
    model = build_network(config.network, config.image_size, config.dropout)
    if not config.from_scratch:
        load_pretrained(model, training.chips[:512])
    steps = -(-len(training.photos) // config.batch_size)
    warmup = max(1, round(config.warmup_epochs * steps))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.learning_rate / 100,
        warmup_target=config.learning_rate,
        warmup_steps=warmup,
        decay_steps=max(1, config.epochs * steps - warmup),
    )
    optimizer = keras.optimizers.AdamW(
        schedule, weight_decay=config.weight_decay, use_ema=True, ema_momentum=config.ema_momentum, clipnorm=5.0
    )
    optimizer.exclude_from_weight_decay(var_names=NOT_DECAYED)
    _compile(model, optimizer, config, training.photos)
    return model


def _load_model(state: Path) -> keras.Model:
    model = keras.saving.load_model(state)
    model.optimizer.exclude_from_weight_decay(var_names=NOT_DECAYED)  # Keras 3.15 does not save what is excluded
    return model


def _compile(model: keras.Model, optimizer: keras.optimizers.Optimizer, config: Config, photos: pd.DataFrame) -> None:
    """Sets the losses that the labels allow: see `train.targets`."""
    losses: dict[str, Callable | keras.losses.Loss] = {
        "age": keras.losses.MeanSquaredError(),
        "gender": keras.losses.CategoricalCrossentropy(label_smoothing=config.gender_smoothing),
    }
    weights = {"age": SQUARED_ERROR_WEIGHT, "gender": config.gender_weight}
    has_distribution = "age_distribution" in model.output
    if has_distribution:
        losses |= {"age": keras.losses.MeanAbsoluteError(), "age_distribution": keras.losses.CategoricalCrossentropy()}
        weights |= {"age": config.age_error_weight, "age_distribution": 1.0}
    metrics: dict[str, list[keras.metrics.Metric]] = {
        "age": [keras.metrics.MeanAbsoluteError(name="mae")],
        "gender": [keras.metrics.CategoricalAccuracy(name="accuracy")],
    }
    if "youngest" in photos:
        losses["age"] = years_outside if has_distribution else squared_years_outside
        if has_distribution:
            losses["age_distribution"] = negative_log_likelihood
        metrics["age"] = [keras.metrics.MeanMetricWrapper(years_outside, name="mae")]
    # Where genders are missing, the accuracy is that of the others.
    weighted = {"gender": metrics.pop("gender")} if photos["gender"].hasnans else None
    model.compile(optimizer, loss=losses, loss_weights=weights, metrics=metrics, weighted_metrics=weighted)


def _check_labels(dataset: Dataset, config: Config) -> None:
    for split in ("train", "validation"):
        photos = dataset.photos[dataset.photos["split"] == split]
        if photos.empty:
            raise RunError(f"The {split} split is empty: {len(dataset.photos)} photos are too few to train on.")
        if photos["gender"].isna().all():
            raise RunError(f"The {split} split has no gender labels. Name a data set that has them first.")
    if config.mixup > 0 and ("youngest" in dataset.photos or dataset.photos["gender"].hasnans):
        raise RunError("Mixup blends ages and genders that are known exactly. Leave it out with this data.")


def _claim(run: Path, config: Config, data: str) -> None:
    """Writes the hyperparameters into a new run folder, or checks that they are those of the run there."""
    path = run / "config.json"
    wanted = dataclasses.asdict(config) | {"data": data}
    if path.exists() and finished_epoch(run) is not None:
        # What was no choice yet when the run began was then as it is by default now.
        begun = dataclasses.asdict(Config()) | {"data": UTKFACE} | json.loads(path.read_text())
        changed = [name for name in wanted if begun[name] != wanted[name]]
        if changed:
            was = ", ".join(f"{name}={begun[name]!r}" for name in changed)
            raise RunError(f"{run} holds a run begun with {was}. Use the same options, or another --runs folder.")
    atomic_write_text(path, json.dumps(wanted, indent=2) + "\n")
