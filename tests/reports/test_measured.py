"""Figures that are about a model say which one, and are about the one that ships."""

import json

import pytest
from helpers.paths import RESULTS

from model.estimator import read_provenance

COMMANDS = {
    "exports": "python -m train export --report",
    "placement": "python -m train placement",
    "robustness": "python -m train robustness",
    "tracks": "python -m train tracks",
    "unfolding": "python -m train unfolding",
    "video": "python -m train video",
}


@pytest.mark.parametrize(("name", "command"), COMMANDS.items(), ids=COMMANDS)
def test_figures_are_about_the_model_that_ships(name: str, command: str) -> None:
    measured = json.loads((RESULTS / f"{name}.json").read_text())
    assert measured["model_sha256"] == read_provenance().sha256, f"measure again: {command}"


def test_interfaces_were_compared_with_the_model_that_ships() -> None:
    measured = json.loads((RESULTS / "interfaces.json").read_text())
    assert measured["model"]["sha256"] == read_provenance().sha256, "measure again: python -m benchmarks.interfaces"
