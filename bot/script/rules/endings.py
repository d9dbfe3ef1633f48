"""A criterion that may be named in the ending has words for it, and only such a one."""

from collections.abc import Iterator

from bot.core.criteria import Disclose
from bot.script.problems import Problem
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """`disclose: topic` and `ending` go together."""
    for index, criterion in enumerate(script.flow.criteria):
        if (
            criterion.disclose is Disclose.TOPIC
            and not criterion.ending
            and not script.exists("criteria", index, "ending")
        ):
            yield script.problem("ending_needed", ("criteria", index, "disclose"), criterion=criterion.id)
        if criterion.disclose is not Disclose.TOPIC and criterion.ending is not None:
            yield script.problem("ending_unused", ("criteria", index, "ending"))
