"""The stage for the journeys."""

from collections.abc import Iterator

import pytest

from tests.journeys.stage import Databases
from tests.restarts import files_read_once


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    with files_read_once():
        yield


@pytest.fixture(scope="module")
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, read_once: None
) -> Databases:
    return Databases(tmp_path_factory.mktemp("journeys"), lambda: request.getfixturevalue("postgres"))
