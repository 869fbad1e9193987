"""16 clients of the API and 8 browsers at the same time: everybody gets their own faces, and memory stays flat.

The long run, half an hour on two cores, has a command of its own, which prints a summary and can keep it:

    LOAD_OUTPUT=model/results/load.json pytest -m load -s tests/api/test_load.py
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.load import BROWSERS, CLIENTS, Load, Photo, healthy, make_photos, run_load
from helpers.served import Server, serve

from model import Predictor
from model.writing import atomic_write_text
from reports.benchmarks import describe_machine

REQUESTS = 4800  # by all clients together, about as many as two cores answer in half an hour beside the visits
VISITS = 640  # one photo every 20 seconds or so from every browser
GROWTH = 100  # MB, at most


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def photos(predictor: Predictor) -> list[Photo]:
    return make_photos(predictor)


def check(load: Load, server: Server, asked: int, visits: int) -> None:
    assert load.wrong == 0
    assert load.visits == visits
    assert sum(count for status, count in load.answers.items() if status != 503) == asked
    assert set(load.answers) <= {200, 400, 415, 503}
    assert load.growth < GROWTH
    assert healthy(server)
    assert "Traceback" not in server.output.read_text()
    assert not list(server.temporary.iterdir())


@pytest.mark.slow
@pytest.mark.browser
def test_everybody_gets_their_own_faces(server: Server, photos: list[Photo]) -> None:
    run_load(
        server, photos, requests_each=1, visits_each=1
    )  # afterwards, everything that is kept permanently is in memory
    load = run_load(server, photos, requests_each=6, visits_each=1)
    check(load, server, 6 * CLIENTS, BROWSERS)


@pytest.mark.load
@pytest.mark.timeout(3 * 3600)
def test_half_an_hour_of_visitors(server: Server, photos: list[Photo]) -> None:
    requests_each = int(os.environ.get("LOAD_REQUESTS", REQUESTS)) // CLIENTS
    visits_each = int(os.environ.get("LOAD_VISITS", VISITS)) // BROWSERS
    run_load(server, photos, requests_each=1, visits_each=1)
    load = run_load(server, photos, requests_each, visits_each)
    summary = {"machine": describe_machine()} | load.summary()
    print(json.dumps(summary, indent=2))
    check(load, server, requests_each * CLIENTS, visits_each * BROWSERS)
    if output := os.environ.get("LOAD_OUTPUT"):
        atomic_write_text(Path(output), json.dumps(summary, indent=2) + "\n")
