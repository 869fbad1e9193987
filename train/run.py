"""The folder of a training run, from which an interrupted one resumes.

config.json         the hyperparameters; a run only resumes with the same ones, except `FINISHING`
epoch-007/          the last finished epoch, written under another name and then renamed, so that it is
    state.keras       whole or not there: weights, optimizer, schedule
    best.keras        the network of the best validation epoch so far, without the optimizer
    history.csv       one row per epoch
finished.keras      the best network after what its recipe does once training is over
estimates.npy       what the network that training starts from says of the photos with age brackets
tensorboard/        logs, on request
"""

import dataclasses
import json
import shutil
import time
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from model.errors import UserError
from model.network import build_network
from model.writing import atomic_write_text
from train.data.utkface import UTKFACE
from train.recipes import FINISHING, Config


class RunError(UserError):
    """The run folder cannot be used; the message says what to do."""


class FinishedEpochs(keras.callbacks.Callback):
    """Writes the folder of each finished epoch and says how long the rest will take."""

    def __init__(self, run: Path, config: Config) -> None:
        super().__init__()
        self.run = run
        self.config = config

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
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


def finished_epoch(run: Path) -> Path | None:
    """The folder of the last finished epoch."""
    return max(run.glob("epoch-*"), default=None)


def read_history(run: Path) -> pd.DataFrame:
    """A row for each finished epoch."""
    done = finished_epoch(run)
    return pd.DataFrame() if done is None else pd.read_csv(done / "history.csv")


def claim(run: Path, config: Config, data: str) -> None:
    """Writes the hyperparameters into a new run folder, or checks that they are those of the run there.

    Raises:
        RunError: if the run there was started with others.
    """
    path = run / "config.json"
    wanted = dataclasses.asdict(config) | {"data": data}
    if path.exists() and finished_epoch(run) is not None:
        # A hyperparameter that did not exist when the run started had today's default.
        started = dataclasses.asdict(Config()) | {"data": UTKFACE} | json.loads(path.read_text())
        changed = [name for name in wanted if name not in FINISHING and started[name] != wanted[name]]
        if changed:
            was = ", ".join(f"{name}={started[name]!r}" for name in changed)
            raise RunError(f"{run} holds a run started with {was}. Use the same options, or another --runs folder.")
    atomic_write_text(path, json.dumps(wanted, indent=2) + "\n")
