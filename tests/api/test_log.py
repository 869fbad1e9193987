"""No client can fill the log."""

import logging

import pytest

from api.connections import LOG_SECONDS, Throttle


def record(message: str, line: int = 1) -> logging.LogRecord:
    return logging.LogRecord("asyncio", logging.ERROR, "base_events.py", line, message, (), None)


def test_kind_of_message_comes_once_whatever_names_it_contains(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("api.connections.time.monotonic", lambda: now)
    throttle = Throttle()
    assert throttle.filter(record("Task exception was never retrieved\nfuture: <Task 'Task-1'>"))
    assert not throttle.filter(record("Task exception was never retrieved\nfuture: <Task 'Task-2'>"))
    assert throttle.filter(record("Task was destroyed but it is pending!\ntask: <Task 'Task-3'>"))
    now += LOG_SECONDS
    assert throttle.filter(record("Task exception was never retrieved\nfuture: <Task 'Task-4'>"))
