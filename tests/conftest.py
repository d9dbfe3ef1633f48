"""What every test may use."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import Postgres

#: `make explore`: other examples each time, and many more of them.
settings.register_profile(
    "explore",
    max_examples=int(os.environ.get("EXAMPLES", "300")),
    stateful_step_count=60,
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
if profile := os.environ.get("HYPOTHESIS_PROFILE"):
    settings.load_profile(profile)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update` writes the transcripts anew instead of comparing with them."""
    parser.addoption("--update", action="store_true", help="write the transcripts of tests/journeys anew")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own, one per worker."""
    with Postgres() as server:
        yield server
