"""Questions, help texts and sentences are short enough to be read on a phone."""

import re
from collections.abc import Iterator

from bot.script import messages
from bot.script.messages import language_name
from bot.script.problems import Problem
from bot.script.script import Script, Wording

#: English words and Chinese characters (brief, 1.3).
LIMITS = {"ask": {"en": 15, "zh": 25}, "help": {"en": 60, "zh": 60}}
SENTENCE = {"en": 30, "zh": 30}

COUNTED = {"en": messages.WORDS, "zh": messages.CHARACTERS}

_UNITS = {"zh": re.compile(r"[\u3400-\u9fff]"), "en": re.compile(r"[^\s]*\w[^\s]*")}
_PLACEHOLDER = re.compile(r"\{\w+\}")
_SENTENCE = {"zh": re.compile(r"[^。！？；;\n]+"), "en": re.compile(r"(?:[^.!?\n]|[.!?](?!\s|$))+")}


def check(script: Script) -> Iterator[Problem]:
    """Counts characters in Chinese and words in English; the notice and the consents may have longer sentences."""
    for wording in script.wordings():
        for language in ("zh", "en"):
            text = wording.text.get(language, "")
            size, limit = length(text, language), LIMITS.get(wording.name, {}).get(language)
            if wording.path[0] == "questions" and limit is not None and size > limit:
                path = (*wording.path, language)
                yield script.problem(
                    f"{wording.name}_long",
                    path,
                    length=size,
                    limit=limit,
                    unit=COUNTED[language],
                    language=language_name(language),
                )
            elif wording.path[0] != "notice" and not wording.name.startswith("consent"):
                yield from _sentences(script, wording, language, text)


def length(text: str, language: str) -> int:
    """How long a text reads: placeholders, numbers and marks do not count in Chinese."""
    return sum(1 for _ in _UNITS[language].finditer(_PLACEHOLDER.sub("" if language == "zh" else "x", text)))


def _sentences(script: Script, wording: Wording, language: str, text: str) -> Iterator[Problem]:
    for found in _SENTENCE[language].finditer(text):
        size = length(found[0], language)
        if size > SENTENCE[language]:
            words = found[0].strip()
            start = found.start() + found[0].index(words)
            yield script.problem_in(
                "sentence_long",
                wording,
                language,
                start,
                len(words),
                length=size,
                limit=SENTENCE[language],
                unit=COUNTED[language],
                language=language_name(language),
            )
