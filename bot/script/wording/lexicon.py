"""Lists of phrases that staff can extend, and where a text has one of them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a list that stands in a text, as it is written there."""

    start: int
    words: str

    @property
    def end(self) -> int:
        """The first character after it."""
        return self.start + len(self.words)


@dataclass(frozen=True)
class Phrases:
    """The phrases of a list by language, and longer ones in which they mean something else."""

    patterns: Mapping[str, re.Pattern[str]]
    exceptions: Mapping[str, re.Pattern[str]]

    def hits(self, text: str, language: str) -> Iterator[Hit]:
        """Where a text has one; a language without a list has none."""
        pattern = self.patterns.get(language)
        if pattern is None:
            return
        for found in pattern.finditer(without(text, self.exceptions.get(language))):
            yield Hit(found.start(), text[found.start() : found.end()])

    def among(self, text: str, language: str) -> bool:
        """Whether a text has one."""
        return any(True for _ in self.hits(text, language))


def phrases(words: Mapping[str, Any]) -> Phrases:
    """The phrases under `zh` and `en`, and those under `except`."""
    return Phrases(_patterns(words), _patterns(words.get("except") or {}))


@cache
def lexicon(name: str) -> Mapping[str, Any]:
    """A file of `lexicons/`, read once."""
    text = (files("bot.script") / "lexicons" / f"{name}.yaml").read_text("utf-8")
    found: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


@cache
def listed(name: str, section: str = "") -> Phrases:
    """The phrases of a file, or of one section of it."""
    return phrases(lexicon(name)[section] if section else lexicon(name))


def pattern_of(words: Sequence[str]) -> re.Pattern[str]:
    """One pattern for all phrases: `…` stands for some words of a sentence, `*` for the rest of an English word."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(_pattern(each) for each in longest_first), re.IGNORECASE)


def without(text: str, pattern: re.Pattern[str] | None) -> str:
    """The text with every phrase of a pattern blanked, so that places stay."""
    return text if pattern is None else pattern.sub(lambda found: "\0" * len(found[0]), text)


def _patterns(words: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    return {language: pattern_of(words[language]) for language in ("zh", "en") if words.get(language)}


def _pattern(phrase: str) -> str:
    """A phrase of letters stands between letters of no word; Chinese has no such borders."""
    parts = [re.escape(part).replace("\\ ", r"\s+") for part in re.split("[…*]", phrase)]
    joints: Iterable[str] = (
        r"[^。！？；.!?;\n\0]{0,30}?" if mark == "…" else r"\w*" for mark in re.findall("[…*]", phrase)
    )
    body = parts[0] + "".join(joint + part for joint, part in zip(joints, parts[1:], strict=True))
    before = "" if _HAN.match(phrase[:1]) or not phrase[:1].isalnum() else r"(?<![A-Za-z0-9])"
    after = "" if _HAN.match(phrase[-1:]) or not phrase[-1:].isalnum() else r"(?![A-Za-z0-9])"
    return before + body + after
