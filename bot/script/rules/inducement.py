"""No text talks people into joining: no money, hurry, scarcity, testimonials or rewards."""

from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.rules.words import found_in_texts
from bot.script.script import Script
from bot.script.wording.lexicon import listed


def check(script: Script) -> Iterator[Problem]:
    """The phrases of `lexicons/inducement.yaml` (R-24)."""
    yield from found_in_texts(script, listed("inducement"), "inducement")
