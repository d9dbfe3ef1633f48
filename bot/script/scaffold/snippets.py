"""The ready-made texts of drafts, and which criteria are commonplace: said in nearly every protocol in few words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from bot.core.text import Text

#: A commonplace is said in fewer characters than these.
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Commonplace:
    """A criterion that is known by its words alone."""

    name: str
    section: str
    settled_by: str
    needs: Sequence[Sequence[str]]
    may: Sequence[str]
    reason: Text
    questions: str = ""

    def is_said_in(self, text: str) -> bool:
        """Whether the text says this and nothing else: nothing may be left of it without the known words."""
        words = [*self.may, *(word for group in self.needs for word in group)]
        if not self.is_mentioned_in(text):
            return False
        left = _pattern(tuple(words)).sub(" ", text)
        return not any(character.isalnum() for character in left)

    def is_mentioned_in(self, text: str) -> bool:
        """Whether the text says this, perhaps among other things; a long text is no commonplace."""
        short = len(text) <= LONGEST
        return short and all(_pattern(tuple(group)).search(text) for group in self.needs)


@dataclass(frozen=True, slots=True)
class Snippets:
    """Everything of the library."""

    commonplace: tuple[Commonplace, ...]
    age: Mapping[str, Any]
    texts: str
    notice: str

    def known(self, text: str, inclusion: bool) -> Commonplace | None:
        """The commonplace that a criterion is."""
        return next((each for each in self._of(inclusion) if each.is_said_in(text)), None)

    def mentioned(self, text: str, inclusion: bool) -> Commonplace | None:
        """The commonplace that a criterion names beside other things."""
        return next((each for each in self._of(inclusion) if each.is_mentioned_in(text)), None)

    def _of(self, inclusion: bool) -> Iterable[Commonplace]:
        sections = ("both", "inclusion" if inclusion else "exclusion")
        return (each for each in self.commonplace if each.section in sections)


@cache
def snippets() -> Snippets:
    """The library that is shipped."""
    text = files("bot.script.scaffold").joinpath("snippets.yaml").read_text(encoding="utf-8")
    found = YAML(typ="safe", pure=True).load(text)
    commonplace = tuple(Commonplace(**each) for each in found["commonplace"])
    return Snippets(commonplace, found["age"], found["texts"], found["notice"])


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, the longest first; English ones as whole words."""
    longest_first = sorted({*words}, key=len, reverse=True)
    parts = [rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else word for word in longest_first]
    return re.compile("|".join(parts), re.IGNORECASE)
