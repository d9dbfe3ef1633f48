"""Scripts to be compiled: the small one that is right, and changes to it."""

import re
from collections.abc import Callable
from inspect import cleandoc
from itertools import pairwise
from pathlib import Path

import pytest

from bot.script.compile import Compiled, compile_script

SMALL = Path(__file__).parent / "small" / "flow.yaml"
_SECTION = re.compile(r"^([a-z_]+):", re.MULTILINE)


@pytest.fixture(scope="session")
def small() -> str:
    """A script with five questions and nothing wrong with it."""
    return SMALL.read_text(encoding="utf-8")


@pytest.fixture
def changed(small: str) -> Callable[[str, str], Compiled]:
    """Compiles the small script with one place changed."""

    def compile_with(old: str, new: str) -> Compiled:
        assert old in small
        return compile_script(small.replace(old, new, 1), "small.yaml")

    return compile_with


@pytest.fixture
def compiled(request: pytest.FixtureRequest, small: str) -> Compiled:
    """The test's docstring, compiled; sections it leaves out are those of the small script, and come after it."""
    written = cleandoc(request.function.__doc__) + "\n"
    own = set(_SECTION.findall(written))
    starts = [*(found.start() for found in _SECTION.finditer(small)), len(small)]
    sections = [small[start:end] for start, end in pairwise(starts)]
    kept = [section for section in sections if section.split(":", 1)[0] not in own]
    return compile_script(written + "".join(kept), "flow.yaml")
