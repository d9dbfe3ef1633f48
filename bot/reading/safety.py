"""Words of an emergency, of self-harm, of feeling ill in the study: looked for before anything else (R-25, R-26)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.reading.normal import normal, tight

#: The order in which kinds are looked for: the gravest first.
KINDS = ("self_harm", "emergency", "unwell")
#: As keyboards write them: can't, can’t, can`t.
_APOSTROPHES = re.compile("['’‘ʼ`´]")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases by kind, in every language. A false alarm is acceptable, a miss is not."""

    phrases: Mapping[str, tuple[str, ...]]


def alarm(text: str, lexicon: Lexicon) -> str | None:
    """The kind of alarm a text raises. Chinese phrases match without spaces, others as whole words."""
    plain, packed = f" {normal(text)} ", tight(text)
    words = "".join(char if char.isalnum() else " " for char in _APOSTROPHES.sub("", plain))
    words = " ".join(words.split())
    for kind in KINDS:
        for phrase in lexicon.phrases.get(kind, ()):
            found = f" {phrase} " in f" {words} " if phrase.isascii() else phrase in packed
            if found:
                return kind
    return None
