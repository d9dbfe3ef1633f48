"""A term of the glossary is translated the same way everywhere."""

import re
from collections.abc import Iterator

from bot.script.messages import language_name
from bot.script.problems import Problem, Value
from bot.script.script import Script
from bot.script.wording.lexicon import pattern_of


def check(script: Script) -> Iterator[Problem]:
    """A text with a term in one language has it in the other, too."""
    terms = [
        {language: _pattern(words, language) for language, words in text.items()}
        for text in script.flow.glossary.values()
        if {"zh", "en"} <= set(text)
    ]
    for wording in (*script.wordings(), *script.staff_wordings()):
        if wording.path[0] == "glossary" or not {"zh", "en"} <= set(wording.text):
            continue
        for term, said in zip(terms, script.flow.glossary.values(), strict=False):
            for language, other in (("zh", "en"), ("en", "zh")):
                found = term[language].search(script.words(wording, language))
                if found and not term[other].search(wording.text[other]):
                    values: dict[str, Value] = {
                        "language": language_name(other),
                        "word": found[0],
                        "right": said[other],
                    }
                    yield script.problem_in(
                        "term_differs", wording, language, found.start(), len(found[0]), **values
                    )


def _pattern(words: str, language: str) -> re.Pattern[str]:
    return pattern_of([f"{words}*"] if language == "en" else [words])
