"""The stage for the journeys."""

import functools
from collections.abc import Iterator

import pytest

from bot import bootstrap as root
from bot.script import library
from tests.journeys.stage import Databases


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    """What a restart reads from unchanging files is read once: it takes long and holds no state."""
    with pytest.MonkeyPatch.context() as patch:
        compiled = functools.cache(root.compile_script)
        patch.setattr(root, "compile_script", compiled)
        patch.setattr(library, "compile_script", compiled)
        patch.setattr(root, "read_lexicon", functools.cache(root.read_lexicon))
        patch.setattr(root, "Translators", functools.cache(root.Translators))
        yield


@pytest.fixture(scope="module")
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, read_once: None
) -> Databases:
    return Databases(tmp_path_factory.mktemp("journeys"), lambda: request.getfixturevalue("postgres"))
