"""The age distributions that a network gives many photos."""

import keras
import numpy as np
from numpy.typing import NDArray

from train.data.chips import Chips

CHIPS_AT_ONCE = 128  # which bounds the memory


def age_distributions(
    network: keras.Model, chips: NDArray[np.uint8] | Chips, rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The probability of each year, (len(rows), 117).

    Args:
        network: with an age distribution.
        chips: (n, 200, 200, 3) uint8, RGB 0-255.
        rows: of the chips to look at.
    """
    blocks = np.array_split(rows, max(1, len(rows) // CHIPS_AT_ONCE))
    return np.concatenate([network.predict_on_batch(chips[block])["age_distribution"] for block in blocks])
