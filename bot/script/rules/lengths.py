"""Texts fit where Telegram and the pages show them."""

from collections.abc import Iterator

from bot.core.flow import Question
from bot.script.messages import language_name
from bot.script.problems import Problem
from bot.script.script import Path, Script

LABEL = 64
#: A Chinese character is about as wide as two and a half letters.
SHORT, SHORT_CHINESE = 24, 10
#: Telegram takes 4096 characters a message; the rest is for phone numbers and dates put in for placeholders.
MESSAGE = 3900


def check(script: Script) -> Iterator[Problem]:
    """Buttons, short names, messages, and the notice as a whole."""
    for index, question in enumerate(script.flow.questions):
        yield from _question(script, index, question)
    for name, text in script.flow.texts.items():
        for language, words in text.items():
            if length(words) > MESSAGE:
                path: Path = ("texts", name, language)
                yield script.problem("message_too_long", path, length=length(words), limit=MESSAGE)
    for language in script.flow.languages:
        lines = [text.get(language, "") for text in script.flow.notice.values()]
        if (total := length("\n\n".join(lines))) > MESSAGE:
            yield script.problem(
                "notice_too_long", ("notice",), length=total, limit=MESSAGE, language=language_name(language)
            )


def length(words: str) -> int:
    """Characters as Telegram counts them, in UTF-16."""
    return len(words.encode("utf-16-le", "replace")) // 2


def _question(script: Script, index: int, question: Question) -> Iterator[Problem]:
    for place, option in enumerate(question.options):
        for language, words in option.label.items():
            if len(words) > LABEL:
                path: Path = (*script.options_path(index), place, "label", language)
                yield script.problem("label_too_long", path, length=len(words), limit=LABEL)
    for language, words in question.short.items():
        limit = SHORT_CHINESE if language.startswith("zh") else SHORT
        if len(words) > limit:
            path = ("questions", index, "short", language)
            yield script.problem(
                "short_too_long", path, length=len(words), limit=limit, language=language_name(language)
            )
    for language, words in question.ask.items():
        parts = (question.preface or {}).get(language, ""), words, question.help.get(language, "")
        if (total := length("\n\n".join(parts))) > MESSAGE:
            path = ("questions", index, "ask", language)
            yield script.problem("message_too_long", path, length=total, limit=MESSAGE)
