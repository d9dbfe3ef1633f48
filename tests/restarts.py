"""Many restarts of the application in one process."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot import bootstrap as root
from bot.script import library
from bot.store import database


@contextmanager
def files_read_once() -> Iterator[None]:
    """What a restart reads from files that do not change is read once: it takes long and holds nothing of a chat."""
    with pytest.MonkeyPatch.context() as patch:
        compiled = functools.cache(root.compile_script)
        patch.setattr(root, "compile_script", compiled)
        patch.setattr(library, "compile_script", compiled)
        patch.setattr(root, "read_lexicon", functools.cache(root.read_lexicon))
        patch.setattr(database, "ScriptDirectory", functools.cache(database.ScriptDirectory))
        patch.setattr(root, "Engine", functools.cache(root.Engine))
        patch.setattr(root, "Translators", functools.cache(root.Translators))
        yield
