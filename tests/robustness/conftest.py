"""The scripts, the databases and the worlds of these tests; each is made once and emptied between tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.restarts import files_read_once
from tests.robustness.world import World, two_studies


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    with files_read_once():
        yield


@pytest.fixture(scope="session")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small studies."""
    return two_studies(tmp_path_factory.mktemp("flows"))


@pytest.fixture(scope="session")
def one_flow(flows: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of them."""
    folder = tmp_path_factory.mktemp("one")
    (folder / "small").symlink_to(flows / "small")
    return folder


@pytest.fixture(scope="module")
def demo(read_once: None, flows: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A demonstration on SQLite."""
    with World.demo(tmp_path_factory.mktemp("demo"), flows) as world:
        yield world


@pytest.fixture(scope="module")
def live(read_once: None, flows: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same studies, approved and recruiting."""
    with World.live(tmp_path_factory.mktemp("live"), flows) as world:
        yield world
