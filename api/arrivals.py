"""Request bodies on their way in: whoever is slow gives way to others, and never to be waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import anyio


@dataclass(eq=False)
class Arrival:
    """A body that has begun to arrive.

    address: of the client.
    scope: what its time limit belongs to.
    received: bytes so far.
    """

    address: str
    scope: anyio.CancelScope
    received: int = 0


class Arrivals:
    """The bodies that are arriving, the oldest first; belongs to one event loop.

    Nobody is refused for those who are slow: if there are too many bodies, the time of the oldest is over.

    Args:
        per_address: bodies that may arrive at the same time from one address.
        max_bytes: that all of them may have in memory.
    """

    def __init__(self, per_address: int, max_bytes: int) -> None:
        self._per_address, self._max_bytes = per_address, max_bytes
        self._bodies: list[Arrival] = []

    @contextmanager
    def body(self, address: str, seconds: float) -> Iterator[Arrival]:
        """The time in which a body must arrive.

        Raises:
            TimeoutError: if the time is over, or if the body had to give way to others.
        """
        with anyio.fail_after(seconds) as scope:
            arrival = Arrival(address, scope)
            self._bodies.append(arrival)
            from_here = [body for body in self._bodies if body.address == address]
            if len(from_here) > self._per_address:
                self._end(from_here[0])
            try:
                yield arrival
            finally:
                if arrival in self._bodies:
                    self._bodies.remove(arrival)

    def add(self, arrival: Arrival, received: int) -> None:
        """Counts bytes that have arrived."""
        arrival.received += received
        while sum(body.received for body in self._bodies) > self._max_bytes:
            self._end(self._bodies[0])

    def _end(self, arrival: Arrival) -> None:
        arrival.scope.deadline = anyio.current_time()
        self._bodies.remove(arrival)
