"""Trains a network, epoch by epoch, so that an interrupted run resumes after its last finished epoch (`train.run`)."""

import dataclasses
import functools
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.labels import MAX_AGE
from model.network import build_network
from model.writing import atomic_write
from train.batches import ChipSequence
from train.data.utkface import Dataset
from train.distributions import age_distributions
from train.pretrained import load_pretrained
from train.processes import ALONE, Processes
from train.recipes import Config
from train.run import FinishedEpochs, RunError, claim, finished_epoch
from train.targets import negative_log_likelihood, squared_years_outside, with_middles, years_outside

SQUARED_ERROR_WEIGHT = 0.02
"""Of the plain CNN's squared age error (years²), which falls from 400 to 60, beside a cross-entropy below 1."""

NOT_DECAYED = ["bias", "gamma", "beta"]
"""Words in the names of weights that weight decay leaves alone."""


def train(
    dataset: Dataset,
    config: Config,
    run: Path,
    *,
    start: Path | None = None,
    processes: Processes = ALONE,
    tensorboard: bool = False,
    verbose: int | str = "auto",
) -> Path:
    """Trains on the train split, watched on the validation split, and returns the path of the best network.

    Args:
        dataset: all splits.
        config: the hyperparameters.
        run: folder of the run; if it has finished epochs, training resumes after them.
        start: a trained network to start from, instead of pretrained weights: layers that both have by the same name
            get its weights; where labels are age brackets, its estimates say which years of the bracket are likely.
        processes: those that train together; each keeps a run folder of its own.
        tensorboard: whether to write logs for TensorBoard.
        verbose: as for `keras.Model.fit`.

    Raises:
        RunError: if `run` was started with other hyperparameters or data, the dataset has an empty split, lacks labels
            that it needs, or TensorBoard is asked for and not installed.
        PretrainedWeightsError: if pretrained weights are asked for and not installed.
    """
    _check_labels(dataset, config)
    claim(run, config, dataset.name)
    done = finished_epoch(run)
    epoch = 0 if done is None else int(done.name.removeprefix("epoch-"))
    if done is not None and epoch >= config.epochs:
        return done / "best.keras"
    keras.utils.set_random_seed(config.seed)
    training = dataset.select("train")
    if config.bracket_middles and "youngest" in training.photos:
        training = dataclasses.replace(training, photos=with_middles(training.photos))
    model = _new_model(config, training, start) if done is None else _load_model(done / "state.keras")

    make_batches = functools.partial(
        ChipSequence, config=config, has_distribution="age_distribution" in model.output, processes=processes
    )
    estimates = None if start is None else _estimate_brackets(start, training, run / "estimates.npy")
    batches = make_batches(training, training=True, epoch=epoch, estimates=estimates)
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
        initial_epoch=epoch,
        shuffle=False,
        callbacks=callbacks,
        verbose=verbose,
    )
    return run / f"epoch-{config.epochs:03d}" / "best.keras"


def _new_model(config: Config, training: Dataset, start: Path | None) -> keras.Model:
    model = build_network(config.network, config.image_size, config.dropout)
    if start is not None:
        _copy_weights(keras.saving.load_model(start, compile=False), model)
    elif not config.from_scratch:
        load_pretrained(model, training.chips[:512])
    _freeze(model, config.frozen_before)
    photos = min(config.photos_per_epoch or len(training.photos), len(training.photos))
    steps = -(-photos // config.batch_size)
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


def _copy_weights(source: keras.Model, model: keras.Model) -> None:
    """Copies the weights of all layers that both networks have by the same name and in the same shape."""
    layers = {layer.name: layer.get_weights() for layer in source.layers}
    for layer in model.layers:
        weights = layers.get(layer.name, [])
        if [each.shape for each in weights] == [tuple(each.shape) for each in layer.weights]:
            layer.set_weights(weights)


def _freeze(model: keras.Model, before: str) -> None:
    """Keeps the weights of all layers before the first one whose name starts with `before`; of none if it is empty.

    Early layers see edges and skin, which differ little between photos; without them an epoch takes a quarter of the
    time.
    """
    for layer in model.layers:
        if not before or layer.name.startswith(before):
            return
        layer.trainable = False
    raise RunError(f"The network has no layer whose name starts with {before!r}.")


def _estimate_brackets(start: Path, training: Dataset, cache: Path) -> NDArray[np.float16] | None:
    """The age distributions, (n, 117), that a network gives the photos whose ages are brackets; 0 for the others."""
    if "youngest" not in training.photos:
        return None
    rows = np.flatnonzero(training.photos["youngest"] != training.photos["oldest"])
    if not len(rows):
        return None
    if cache.exists():
        return np.load(cache)
    network = keras.saving.load_model(start, compile=False)
    estimates = np.zeros((len(training.photos), MAX_AGE + 1), np.float16)
    estimates[rows] = age_distributions(network, training.chips, rows)
    with atomic_write(cache) as partial, partial.open("wb") as file:
        np.save(file, estimates)
    return estimates


def _load_model(state: Path) -> keras.Model:
    model = keras.saving.load_model(state)
    model.optimizer.exclude_from_weight_decay(var_names=NOT_DECAYED)  # Keras 3.15 does not save what is excluded
    return model


def _compile(model: keras.Model, optimizer: keras.optimizers.Optimizer, config: Config, photos: pd.DataFrame) -> None:
    """Sets the losses that the labels allow: see `train.targets`."""
    losses: dict[str, Callable[..., Any] | keras.losses.Loss] = {
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
