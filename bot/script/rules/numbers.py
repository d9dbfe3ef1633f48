"""Both languages give the same numbers, units and comparisons."""

from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.script import Script, Wording
from bot.script.wording.amounts import Amount, amounts, comparisons, unit_of
from bot.script.wording.compare import loosely_equal, unequal, unmatched


def check(script: Script) -> Iterator[Problem]:
    """Every text, also those for the team."""
    for wording in (*script.wordings(), *script.staff_wordings()):
        if {"zh", "en"} <= set(wording.text):
            yield from _compared(script, wording)
            if wording.name == "unit":
                yield from _unit(script, wording)


def _compared(script: Script, wording: Wording) -> Iterator[Problem]:
    first = list(amounts(script.words(wording, "zh"), "zh"))
    second = list(amounts(script.words(wording, "en"), "en"))
    only_zh, only_en, pairs = unmatched(first, second)
    for one, other in zip(only_zh, only_en, strict=False):
        yield _at(script, wording, "zh", one, "number_differs", zh=one.words, en=other.words)
    more = max(len(only_zh), len(only_en)) - abs(len(only_zh) - len(only_en))
    for one in only_zh[more:]:
        yield _at(script, wording, "zh", one, "number_not_in_english", word=one.words)
    for one in only_en[more:]:
        yield _at(script, wording, "en", one, "number_not_in_chinese", word=one.words)
    for one, other in unequal(pairs):
        if not one.bound and other.bound in comparisons(wording.text["zh"], "zh"):
            continue  # 至少走30分钟: said further away
        if not other.bound and one.bound in comparisons(wording.text["en"], "en"):
            continue
        message = "comparison_unclear" if loosely_equal(one, other) else "comparison_differs"
        yield _at(script, wording, "zh", one, message, zh=one.said, en=other.said)


def _unit(script: Script, wording: Wording) -> Iterator[Problem]:
    """The unit of a number, where it is one that both languages are known to have."""
    zh, en = (wording.text[language] for language in ("zh", "en"))
    known = [unit_of(zh, "zh"), unit_of(en, "en")]
    if all(known) and known[0] != known[1]:
        yield script.problem("unit_differs", (*wording.path, "zh"), zh=zh, en=en)


def _at(
    script: Script, wording: Wording, language: str, amount: Amount, message: str, **values: str
) -> Problem:
    return script.problem_in(message, wording, language, amount.start, len(amount.words), **values)
