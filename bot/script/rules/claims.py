"""No text says that a product is safe, works or is new, or that somebody qualifies."""

from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.rules.words import found_in_texts
from bot.script.script import Script
from bot.script.wording.lexicon import listed


def check(script: Script) -> Iterator[Problem]:
    """The phrases of `lexicons/claims.yaml` (R-3)."""
    yield from found_in_texts(script, listed("claims"), "claim")
