"""The answers to a question can be told apart."""

from collections.abc import Iterator

from bot.script.messages import language_name
from bot.script.problems import Problem
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """No two buttons of a question with the same words in one language."""
    for index, question in enumerate(script.flow.questions):
        for language in script.flow.languages:
            seen: set[str] = set()
            for place, option in enumerate(question.options):
                words = option.label.get(language, "")
                if words and words in seen:
                    path = (*script.options_path(index), place, "label", language)
                    yield script.problem("label_twice", path, words=words, language=language_name(language))
                seen.add(words)
