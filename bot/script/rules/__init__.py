"""The rules a whole script is held to, one per file; each gives the problems it finds."""

from collections.abc import Callable, Iterator

from bot.script.problems import Problem
from bot.script.rules import (
    accounted,
    computed,
    conditions,
    distinct_ids,
    endings,
    folder,
    followups,
    labels,
    lasting,
    lengths,
    meanings,
    placeholders,
    ranges,
    references,
    unused,
)
from bot.script.script import Script

Rule = Callable[[Script], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    folder.check,
    distinct_ids.check,
    references.check,
    accounted.check,
    endings.check,
    conditions.check,
    meanings.check,
    followups.check,
    lasting.check,
    ranges.check,
    computed.check,
    placeholders.check,
    lengths.check,
    labels.check,
    unused.check,
)
