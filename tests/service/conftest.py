"""A stage for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.service.stage import Person, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A demonstration of the small script."""
    stage = Stage(tmp_path)
    yield stage
    stage.stop()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Stage]:
    """A live application with nothing published."""
    stage = Stage(tmp_path, live=True)
    yield stage
    stage.stop()


@pytest.fixture
def served(tmp_path: Path, postgres: Postgres) -> Iterator[Stage]:
    """The demonstration on a PostgreSQL."""
    stage = Stage(tmp_path, database_url=postgres.create_database())
    yield stage
    stage.stop()


@pytest.fixture
def lin(stage: Stage) -> Person:
    return Person(stage)


@pytest.fixture
def opened(live: Stage) -> Stage:
    live.open()
    return live


@pytest.fixture(params=["stage", "served"])
def any_store(request: pytest.FixtureRequest) -> Stage:
    """The demonstration on SQLite, and on PostgreSQL."""
    stage: Stage = request.getfixturevalue(request.param)
    return stage
