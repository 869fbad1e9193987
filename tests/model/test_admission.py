"""The queue that pages and API share."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from model.admission import PredictionQueue, QueueFullError


class Gate:
    """Work that waits until it may continue."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.reached.set()
        assert self.opened.wait(60)
        return "done"


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_work_runs_one_at_a_time_in_the_order_of_arrival() -> None:
    queue, gate, order = PredictionQueue(), Gate(), list[int]()
    futures: list[Future[Any]] = [queue.submit(gate), *(queue.submit(order.append, number) for number in range(20))]
    assert gate.reached.wait(60)
    assert order == []
    gate.opened.set()
    for future in futures:
        future.result(60)
    assert order == list(range(20))


def test_requests_are_refused_when_all_places_are_taken_and_admitted_again_afterwards() -> None:
    queue = PredictionQueue(waiting=1)
    with queue.place():
        with queue.place(), pytest.raises(QueueFullError, match="Try again"), queue.place():
            pass
        with queue.place():
            pass


def test_pages_wait_their_turn_in_a_full_queue_and_make_requests_wait_outside() -> None:
    queue, gate = PredictionQueue(waiting=0), Gate()
    with ThreadPoolExecutor(4) as visitors:
        first = visitors.submit(queue.run, gate)
        assert gate.reached.wait(60)
        others = [visitors.submit(queue.run, abs, -number) for number in range(3)]
        wait_until(lambda: queue._taken == 4)
        with pytest.raises(QueueFullError), queue.place():
            pass
        gate.opened.set()
        assert [first.result(), *(other.result() for other in others)] == ["done", 0, 1, 2]
    with queue.place():
        pass


def test_failure_reaches_the_sender_and_the_queue_continues() -> None:
    queue = PredictionQueue(waiting=0)
    with pytest.raises(ZeroDivisionError):
        queue.run(divmod, 1, 0)
    assert queue.run(abs, -3) == 3
