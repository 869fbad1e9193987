"""The one queue in which photos wait for the one predictor, whether a page or the API sends them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from model.errors import UserError

P = ParamSpec("P")
T = TypeVar("T")

WAITING = 9
"""Photos that may wait beside the one that is analysed before the API refuses further ones."""


class QueueFullError(UserError):
    """All places in the queue are taken."""


class PredictionQueue:
    """Runs one piece of work at a time, in the order of arrival; safe to share between threads.

    One photo keeps all cores busy: several at a time would take as long in total, and memory for each of them.

    Args:
        waiting: how many may wait beside the one that runs, before `place` refuses.
    """

    def __init__(self, waiting: int = WAITING) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photos")
        self._places = 1 + waiting
        self._taken = 0
        self._lock = threading.Lock()

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Waits for its turn, however long the queue, and returns the result: for pages, whose visitors see them wait.

        A visitor has one photo at a time in the queue, so the number of visitors bounds it. These photos take places,
        too: the API refuses requests while many visitors wait.
        """
        self._take()
        try:
            return self.submit(work, *args, **kwargs).result()
        finally:
            self._give_back()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place for work that is going to be submitted: for requests, which are better refused than kept.

        Raises:
            QueueFullError: if all places are taken.
        """
        self._take(self._places)
        try:
            yield
        finally:
            self._give_back()

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Puts work at the end of the queue without waiting for it; requests hold a `place` meanwhile."""
        return self._worker.submit(work, *args, **kwargs)

    def _take(self, limit: float = float("inf")) -> None:
        with self._lock:
            if self._taken >= limit:
                raise QueueFullError("The server is busy with other photos. Try again in a moment.")
            self._taken += 1

    def _give_back(self) -> None:
        with self._lock:
            self._taken -= 1


shared_queue = PredictionQueue()
"""The queue of this process; its predictor is `model.predictor.shared_predictor`."""
