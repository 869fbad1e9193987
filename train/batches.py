"""Batches of chips and targets, the same ones for the same seed, epoch and photos."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from train.augmentation import augment
from train.data.utkface import Dataset
from train.processes import ALONE, Processes
from train.recipes import Config
from train.sampling import draw_photos
from train.targets import make_targets, make_weights, mix


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
        estimates: NDArray[np.float16] | None = None,
        processes: Processes = ALONE,
    ) -> None:
        """`estimates`: what another network says of each photo's age, (n, 117), see `make_targets`."""
        super().__init__(workers=2, max_queue_size=8)
        self.dataset = dataset
        self.config = config
        self.training = training
        self.epoch = epoch
        self.processes = processes
        self.targets = make_targets(dataset.photos, config.label_spread, has_distribution, estimates)
        self.weights = make_weights(dataset.photos, self.targets)
        self.order = self._draw()

    def __len__(self) -> int:
        return -(-len(self.order) // self.config.batch_size)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Chips, targets and, if some labels are missing, weights."""
        rows = self.order[index * self.config.batch_size : (index + 1) * self.config.batch_size]
        rows = self.processes.share(rows)
        chips = self.dataset.chips[rows]
        if self.training and self.config.augmentation:
            chips = np.stack([self._augment(chip, int(row)) for chip, row in zip(chips, rows, strict=True)])
        targets = {name: values[rows] for name, values in self.targets.items()}
        if self.training and self.config.mixup > 0:
            rng = np.random.default_rng((self.config.seed, self.epoch, index))
            return mix(chips, targets, self.config.mixup, rng)
        if self.weights is not None:
            return chips, targets, {name: values[rows] for name, values in self.weights.items()}
        return chips, targets

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self.order = self._draw()

    def _augment(self, chip: NDArray[np.uint8], row: int) -> NDArray[np.uint8]:
        rng = np.random.default_rng((self.config.seed, self.epoch, row))
        return augment(chip, rng, self.config.varied_looks)

    def _draw(self) -> NDArray[np.int64]:
        """The rows of this epoch, in their order."""
        if not self.training:
            return np.arange(len(self.dataset.photos))
        rng = np.random.default_rng((self.config.seed, self.epoch))
        return draw_photos(self.dataset.photos, self.config.photos_per_epoch, self.config.balance, rng)
