"""What there is to see of a script: compiled, laid out as cards, walked. Looked at once however many ask at a time."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.script.cards import Card, Spots, cards_of
from bot.script.compile import Compiled, compile_script
from bot.script.library import SCRIPT_NAME
from bot.script.nodes import read
from bot.script.problems import Problem
from bot.script.walk import Walk, walk_script

#: Scripts that are remembered: those on somebody's screen and what they are compared with.
REMEMBERED = 16


@dataclass(frozen=True)
class Looked:
    """A script, compiled, laid out as cards and, where that was asked and it has no errors, walked."""

    compiled: Compiled
    cards: tuple[Card, ...]
    spots: Spots
    walked: Walk | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with it, as far as it was looked at."""
        return (*self.compiled.problems, *(self.walked.problems if self.walked else ()))

    @property
    def has_errors(self) -> bool:
        """Whether it cannot be used as it is."""
        return any(problem.severity == "error" for problem in self.problems)


class _Script:
    """One script on one day. Its locks are apart: whoever types does not wait for a walk."""

    def __init__(self, source: bytes, today: date) -> None:
        self._source = source
        self._today = today
        self._compiling = threading.Lock()
        self._walking = threading.Lock()

    def looked(self, walked: bool) -> Looked:
        with self._compiling:
            looked = self._compiled
        if not walked or looked.compiled.script is None:
            return looked
        with self._walking:
            return self._walked

    @cached_property
    def _compiled(self) -> Looked:
        compiled = compile_script(self._source, SCRIPT_NAME)
        root, _ = read(compiled.source, SCRIPT_NAME)
        cards = cards_of(root)
        return Looked(compiled, cards, Spots(root, cards))

    @cached_property
    def _walked(self) -> Looked:
        looked = self._compiled
        assert looked.compiled.script is not None
        walked = walk_script(looked.compiled.script, self._today)
        return Looked(looked.compiled, looked.cards, looked.spots, walked)


class Looks:
    """The scripts looked at last. Threads may share it: of one script one thread works and the others wait for it."""

    def __init__(self) -> None:
        self._scripts: dict[tuple[bytes, date], _Script] = {}
        self._finding = threading.Lock()

    def at(self, source: bytes, today: date, walked: bool) -> Looked:
        """What there is to see of a script on a day; `walked`: every path, too."""
        key = (hashlib.sha256(source).digest(), today)
        with self._finding:
            script = self._scripts.pop(key, None) or _Script(source, today)
            self._scripts[key] = script
            if len(self._scripts) > REMEMBERED:
                del self._scripts[next(iter(self._scripts))]
        return script.looked(walked)
