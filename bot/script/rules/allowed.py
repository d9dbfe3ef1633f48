"""A phrase that is allowed as an exception is used somewhere."""

from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """Compares `allowed_phrases` with every text."""
    texts = [
        words.casefold()
        for wording in (*script.wordings(), *script.staff_wordings())
        for words in wording.text.values()
    ]
    for index, exempt in enumerate(script.flow.allowed):
        if not any(exempt.phrase.casefold() in words for words in texts):
            yield script.problem("allowed_unused", ("allowed_phrases", index, "phrase"), word=exempt.phrase)
