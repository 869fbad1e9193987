"""What tests of the API share: a client of an API whose networks are stand-ins."""

from collections.abc import Iterator

import pytest
from helpers.fake_api import client_of
from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with client_of() as client:
        yield client
