"""What one language denies, the other denies too."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from bot.script.messages import language_name
from bot.script.problems import Problem, Value
from bot.script.script import Script, Wording
from bot.script.wording.compare import aligned
from bot.script.wording.lexicon import Hit, Phrases, lexicon, listed, phrases, without

_HAN = re.compile(r"[\u3400-\u9fff]")
_OTHER = {"zh": "en", "en": "zh"}
#: So many characters before and after a denial are what it denies.
_REACH = {"zh": (0, 10), "en": (5, 35)}  # does not
#: 是不是, 去不去: asked, not denied.
_ASKED = re.compile(r"(.)[不没]\1")


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
    texts = {language: without(script.words(wording, language), _ASKED) for language in _OTHER}
    for first, second in aligned(wording.text["zh"], wording.text["en"]):
        stretches = {"zh": first, "en": second}
        parts = {language: texts[language][stretches[language]] for language in _OTHER}
        denying = [language for language in _OTHER if denies(parts[language], language)]
        if len(denying) == 1:
            (language,) = denying
            found = _denied_alone(parts, language)
            if found is not None:
                message, hit = found
                where = script.line(*wording.path, _OTHER[language])
                values: dict[str, Value] = {
                    "language": language_name(language),
                    "other": language_name(_OTHER[language]),
                }
                start = stretches[language].start + hit.start
                yield script.problem_in(
                    message, wording, language, start, len(hit.words), word=hit.words, line=where, **values
                )


def _denied_alone(parts: Mapping[str, str], language: str) -> tuple[str, Hit] | None:
    """What one text denies and the other does not say in any way, and whether that is certain."""
    left = _without_what_is_alike(parts)
    hits = list(listed("negation").hits(left[language], language))
    for hit in hits:
        if _same_is_said(left, language, hit):
            return "negation", hit
    return ("negation_perhaps", hits[0]) if hits else None


def _without_what_is_alike(parts: Mapping[str, str]) -> dict[str, str]:
    """Both texts with the words blanked that say the same, be it with a denial or without; as many in each."""
    left = dict(parts)
    for alike in _pairs("alike"):
        found = [alike.hits(left[language], language) for language in _OTHER]
        for hits in zip(*map(list, found), strict=False):
            for language, hit in zip(_OTHER, hits, strict=True):
                text = left[language]
                left[language] = text[: hit.start] + "\0" * len(hit.words) + text[hit.end :]
    return left


def _same_is_said(texts: Mapping[str, str], language: str, hit: Hit) -> bool:
    """Whether the other text speaks of what is denied here."""
    before, after = _REACH[language]
    denied = texts[language][max(0, hit.start - before) : hit.end + after]
    other = _OTHER[language]
    return any(same.among(denied, language) and same.among(texts[other], other) for same in _pairs("same"))


@cache
def _pairs(section: str) -> tuple[Phrases, ...]:
    return tuple(phrases(words) for words in lexicon("negation")[section])
