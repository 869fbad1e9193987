"""SECURITY.md promises only what tests hold, and names them."""

import re

import pytest
from helpers.paths import ROOT

SECTION = (ROOT / "SECURITY.md").read_text().partition("## What is promised")[2].partition("\n## ")[0]
PROMISES = [text.strip() for text in re.split(r"^- ", SECTION, flags=re.MULTILINE)[1:]]
TEST = re.compile(r"`(tests/(?:\w+/)*test_\w+\.py)(?:::(\w+))?`")


def test_promises_are_found() -> None:
    assert len(PROMISES) > 10


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: re.sub(r"\W+", "-", promise)[:40])
def test_every_promise_names_tests_that_exist(promise: str) -> None:
    tests = TEST.findall(promise)
    assert tests
    for file, name in tests:
        assert (f"def {name}(" if name else "def test_") in (ROOT / file).read_text(), f"{file}::{name}"
