"""The words of an answer go with its code: yes says yes, no says no, unsure is not sure."""

from collections.abc import Iterator

from bot.core.answers import UNSURE
from bot.core.flow import Option, Question
from bot.script.messages import language_name
from bot.script.problems import Problem, Value
from bot.script.rules.negation import denies
from bot.script.script import Script
from bot.script.wording.lexicon import listed

#: Codes that promise a yes or a no.
YES, NO = {"yes"}, {"no", "none", "never"}


def check(script: Script) -> Iterator[Problem]:
    """Options with a code that speaks for itself. What the languages deny differently is the rule on negation's."""
    for index, question in enumerate(script.flow.questions):
        for place, option in enumerate(question.options):
            for language in ("zh", "en"):
                path = (*script.options_path(index), place, "label", language)
                words, message = option.label.get(language, ""), None
                if words:
                    message = _wrong(option, words, language)
                if message:
                    values: dict[str, Value] = {
                        "word": option.code,
                        "words": words,
                        "language": language_name(language),
                    }
                    yield script.problem(message, path, **values)
                    break


def misnamed(question: Question) -> bool:
    """Whether the words of an answer contradict its code."""
    return any(
        _wrong(option, words, language) is not None
        for option in question.options
        for language, words in option.label.items()
        if language in ("zh", "en")
    )


def says_unsure(words: str, language: str) -> bool:
    """Whether an answer says that the person does not know."""
    return listed("answers", "unsure").among(words, language)


def _wrong(option: Option, words: str, language: str) -> str | None:
    unsure = says_unsure(words, language)
    if option.code == UNSURE:
        return None if unsure else "label_not_unsure"
    if option.code in YES and (unsure or denies(words, language)):
        return "label_not_yes"
    if option.code in NO and (unsure or not denies(words, language)):
        return "label_not_no"
    return None
