"""What one language denies, the other denies too."""

import re
from collections.abc import Iterator

from bot.script.messages import language_name
from bot.script.problems import Problem, Value
from bot.script.script import Script, Wording
from bot.script.wording.compare import aligned
from bot.script.wording.lexicon import Hit, listed

_HAN = re.compile(r"[\u3400-\u9fff]")
_OTHER = {"zh": "en", "en": "zh"}


def check(script: Script) -> Iterator[Problem]:
    """Sentence by sentence: every text for participants, and the criteria."""
    criteria = (
        each for each in script.staff_wordings() if each.path[0] == "criteria" and each.name == "text"
    )
    for wording in (*script.wordings(), *criteria):
        if {"zh", "en"} <= set(wording.text) and _HAN.search(wording.text["zh"]):
            yield from _compared(script, wording)


def denies(text: str, language: str) -> bool:
    """Whether a text denies something."""
    return listed("negation").among(text, language)


def _compared(script: Script, wording: Wording) -> Iterator[Problem]:
    texts = {language: script.words(wording, language) for language in _OTHER}
    for first, second in aligned(wording.text["zh"], wording.text["en"]):
        stretches = {"zh": first, "en": second}
        hits = {language: _hits(texts[language], language, part) for language, part in stretches.items()}
        for language, other in _OTHER.items():
            if hits[language] and not hits[other]:
                hit = hits[language][0]
                values: dict[str, Value] = {
                    "language": language_name(language),
                    "other": language_name(other),
                }
                where = script.line(*wording.path, other)
                yield script.problem_in(
                    "negation",
                    wording,
                    language,
                    hit.start,
                    len(hit.words),
                    word=hit.words,
                    line=where,
                    **values,
                )


def _hits(text: str, language: str, part: slice) -> list[Hit]:
    return [Hit(hit.start + part.start, hit.words) for hit in listed("negation").hits(text[part], language)]
