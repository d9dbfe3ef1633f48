"""What every test may use."""

from collections.abc import Iterator

import pytest

from tests.postgres import Postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update` writes the transcripts anew instead of comparing with them."""
    parser.addoption("--update", action="store_true", help="write the transcripts of tests/journeys anew")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own, one per worker."""
    with Postgres() as server:
        yield server
