"""Which photos an epoch sees, and in which order."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.metrics import label_brackets


def draw_photos(photos: pd.DataFrame, count: int, balance: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Row numbers in random order, each at most once.

    Photos are drawn with weights (Efraimidis and Spirakis, Information Processing Letters 97, 2006): the fewer a data
    set has of an age bracket, the likelier each one of them is.

    Args:
        photos: with `age` or `youngest`, and `data` if several data sets are mixed.
        count: how many to draw; 0, or more than there are, for all.
        balance: 0 draws all photos alike, 1 draws all age brackets of all data sets alike.
        rng: the source of chance.
    """
    if not count or count >= len(photos):
        return rng.permutation(len(photos))
    cells = pd.Series(label_brackets(photos).astype(str)) + photos.get("data", pd.Series("", photos.index)).astype(str)
    weights = cells.map(cells.value_counts()).to_numpy(float) ** -balance
    keys = np.log(rng.random(len(photos))) / weights
    return rng.permutation(np.argpartition(keys, -count)[-count:])
