"""Training on several processes or hosts, which share every batch between them.

Data parallelism through `keras.distribution` on the jax backend: each process computes the gradient of its share of a
batch, and the mean over all of them moves the weights, which are the same everywhere. The loss curve is that of one
process with the same batch.
"""

from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from model.errors import UserError


class ProcessError(UserError):
    """The processes cannot train together; the message says what to do."""


@dataclass(frozen=True)
class Processes:
    """How many processes train together, and which of them this is, counted from 0."""

    count: int = 1
    index: int = 0

    def share(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """This process's part of a batch; all parts are of one size, so a last batch repeats a few rows if it must."""
        size = -(-len(rows) // self.count) * self.count
        return np.resize(rows, size)[self.index :: self.count]


ALONE = Processes()


def join_processes(coordinator: str, count: int, index: int) -> Processes:
    """Waits for the other processes and spreads training over all of them.

    Args:
        coordinator: HOST:PORT of the first process, the same for all.
        count: number of processes.
        index: number of this one, from 0.

    Raises:
        ProcessError: if the backend is not jax, `index` is not below `count`, or the others do not come.
    """
    if keras.backend.backend() != "jax":
        raise ProcessError(
            "Several processes train together on the jax backend only. Install jax and set KERAS_BACKEND=jax."
        )
    if not 0 <= index < count:
        raise ProcessError(f"--process must be from 0 to {count - 1} with --processes {count}, not {index}.")
    import jax

    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        jax.distributed.initialize(coordinator, count, index)
    except (RuntimeError, ValueError) as error:
        raise ProcessError(
            f"The processes could not connect through {coordinator}: {error}. Start all of them with the same "
            "--coordinator, and check that its port is open."
        ) from error
    devices = keras.distribution.list_devices()
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False))
    return Processes(count, index)


def leave_processes() -> None:
    """Ends what `join_processes` began: what this process computes from here on, it computes by itself."""
    import jax

    keras.distribution.set_distribution(None)
    jax.distributed.shutdown()
