"""What several rules on words share: the phrases of a list in the texts that participants read."""

from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.script import Script
from bot.script.wording.lexicon import Phrases


def found_in_texts(script: Script, phrases: Phrases, message: str) -> Iterator[Problem]:
    """A problem at every phrase of a list, except those the script allows itself."""
    for wording in script.wordings():
        for language in wording.text:
            for hit in phrases.hits(script.words(wording, language), language):
                yield script.problem_in(message, wording, language, hit.start, len(hit.words), word=hit.words)
