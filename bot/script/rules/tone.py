"""Texts speak to people politely and plainly: 您, no subjects, no praise, no regret, no emoji."""

from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.rules.words import found_in_texts
from bot.script.script import Script
from bot.script.wording.lexicon import listed


def check(script: Script) -> Iterator[Problem]:
    """The lists of `lexicons/tone.yaml`, each with its own sentence."""
    for section in ("informal", "subject", "praise", "regret", "emoji"):
        yield from found_in_texts(script, listed("tone", section), f"tone_{section}")
