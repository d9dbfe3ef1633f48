"""Placeholders are ones the bot can fill, and the same in every language."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.script.messages import language_name
from bot.script.problems import Problem, hint, problem_at
from bot.script.script import Path, Script, Wording

#: Site facts a text can refer to; they are never written in a script.
KNOWN = ("phone", "ae_phone", "ethics_phone", "delete_days", "stop_days", "keep_days")
#: The come-back date, known only where one is told.
DATE, DATE_TEXT = "date", ("texts", "come_back")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}|[{}]")


def check(script: Script) -> Iterator[Problem]:
    """Looks at every text participants read."""
    for wording in script.wordings():
        known = (*KNOWN, DATE) if wording.path == DATE_TEXT else KNOWN
        used = {
            language: {found[1] for found in _PLACEHOLDER.finditer(words) if found[1] in known}
            for language, words in wording.text.items()
        }
        for language, words in wording.text.items():
            unknown = tuple(_unknown(script, (*wording.path, language), words, known))
            yield from unknown or _missing(script, wording, language, used)


def _unknown(script: Script, path: Path, words: str, known: Sequence[str]) -> Iterator[Problem]:
    node = script.scalar(*path)
    if node is None:
        return
    offset = node.text.find(words)
    for found in _PLACEHOLDER.finditer(words):
        place = node.part(offset + found.start(), len(found[0]))
        if found[1] is None:
            yield problem_at(script.file, place, "brace_alone", brace=found[0])
        elif found[1] == DATE and DATE not in known:
            yield problem_at(script.file, place, "placeholder_not_here", word=found[0], where=DATE_TEXT[-1])
        elif found[1] not in known:
            braced = [f"{{{name}}}" for name in known]
            yield problem_at(
                script.file, place, "unknown_placeholder", word=found[0], hint=hint(found[0], braced)
            )


def _missing(
    script: Script, wording: Wording, language: str, used: Mapping[str, set[str]]
) -> Iterator[Problem]:
    path = (*wording.path, language)
    if wording.path == DATE_TEXT and DATE not in used[language]:
        yield script.problem("date_needed", path, where=DATE_TEXT[-1])
        return
    for other, names in used.items():
        for name in sorted(names - used[language]):
            here, there = language_name(language), language_name(other)
            yield script.problem("placeholder_missing", path, language=here, other=there, word=f"{{{name}}}")
