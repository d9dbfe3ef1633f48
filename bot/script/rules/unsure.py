"""Who is not sure is neither turned away nor passed: a person checks."""

from collections.abc import Iterator

from bot.core.answers import UNSURE
from bot.core.criteria import State
from bot.core.flow import Option
from bot.script.problems import Problem
from bot.script.script import Script
from bot.script.wording.lexicon import listed

_MESSAGES = {State.FAILS: "unsure_fails", State.MEETS: "unsure_meets"}


def check(script: Script) -> Iterator[Problem]:
    """Options that say "not sure" by code or by words mean open, not applicable or a follow-up."""
    for index, question in enumerate(script.flow.questions):
        for place, option in enumerate(question.options):
            for meaning in option.means.values() if is_unsure(option) else ():
                if meaning.state in _MESSAGES:
                    path = script.meaning_path(index, place)
                    yield script.problem(_MESSAGES[meaning.state], path, word=option.code)
                    break


def is_unsure(option: Option) -> bool:
    """Whether an option says that the person does not know."""
    said = any(listed("answers", "unsure").among(words, language) for language, words in option.label.items())
    return option.code == UNSURE or (said and option.code not in {"yes", "no"})
