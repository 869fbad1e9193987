"""A trained network to the file that ships, at half the size.

Weights are kept to 11 significant bits, as half precision has them but with the range of single precision. The model
computes as before; the bits that are now zero vanish when the archive is compressed.
"""

import tempfile
import zipfile
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from model.writing import atomic_write

KEPT_BITS = 10  # of the 23 that the fraction of a float32 has; the leading bit is implied


def pack(path: Path, output: Path) -> None:
    """Rounds the weights of a saved network and writes it whole or not at all.

    Args:
        path: a `.keras` file of the contract in `model.network`.
        output: the `.keras` file to write.
    """
    network = keras.saving.load_model(path, compile=False)
    for variable in network.weights:
        variable.assign(rounded(keras.ops.convert_to_numpy(variable)))
    with tempfile.TemporaryDirectory() as folder, atomic_write(output) as partial:
        plain = Path(folder) / "plain.keras"
        network.save(plain)
        with (
            zipfile.ZipFile(plain) as source,
            zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
        ):
            for name in source.namelist():
                target.writestr(name, source.read(name))


def rounded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 values to the nearest ones with `KEPT_BITS` bits of fraction; other types stay as they are."""
    if values.dtype != np.float32:
        return values
    dropped = 23 - KEPT_BITS
    bits = values.view(np.uint32).astype(np.uint64)  # wide, so that rounding up cannot overflow
    return ((bits + (1 << (dropped - 1)) >> dropped) << dropped).astype(np.uint32).view(np.float32)
