"""A question asks one thing, in the positive, and ends with the only question mark."""

from collections.abc import Iterator

from bot.script.messages import language_name
from bot.script.problems import Problem
from bot.script.script import Script, Wording
from bot.script.wording.lexicon import listed

#: Texts that ask, beside the questions themselves.
ASKING = {("texts", "consent_health"), ("texts", "consent_abroad"), ("texts", "contact_ask")}
_MARKS = {"zh": "？?", "en": "?？"}


def check(script: Script) -> Iterator[Problem]:
    """Every text in Chinese and English; other languages may mark a question in other ways."""
    for wording in script.wordings():
        for language, marks in _MARKS.items():
            text = wording.text.get(language, "")
            if text:
                yield from _marks(
                    script, wording, language, [at for at, each in enumerate(text) if each in marks]
                )
            if wording.name == "ask":
                yield from _ways(script, wording, language)


def asks(wording: Wording) -> bool:
    """Whether a text is a question."""
    return wording.name == "ask" or wording.path in ASKING


def _marks(script: Script, wording: Wording, language: str, marks: list[int]) -> Iterator[Problem]:
    if not asks(wording):
        for at in marks:
            yield script.problem_in("question_mark_here", wording, language, at, 1)
    elif not marks:
        yield script.problem(
            "question_mark_missing", (*wording.path, language), language=language_name(language)
        )
    else:
        for at in marks[1:]:
            yield script.problem_in("question_mark_second", wording, language, at, 1)


def _ways(script: Script, wording: Wording, language: str) -> Iterator[Problem]:
    for section, message in (("two_parts", "two_parts"), ("denies", "asked_in_negative")):
        for hit in listed("asking", section).hits(script.words(wording, language), language):
            yield script.problem_in(message, wording, language, hit.start, len(hit.words), word=hit.words)
