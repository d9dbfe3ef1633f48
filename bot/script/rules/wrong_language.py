"""Each text is in its own language."""

import re
from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.script import Script, Wording

_HAN = re.compile(r"[\u3400-\u9fff]+")
_SENTENCE = re.compile(r"[A-Za-z][a-z']*(?:[ ,]+[A-Za-z][A-Za-z']*){3,}")
_LETTERS = re.compile(r"[A-Za-z]{3,}")
_NO_WORD = re.compile(r"\{\w+\}|/\w+|\b[A-Z0-9][A-Za-z0-9-]*[A-Z0-9]\b")


def check(script: Script) -> Iterator[Problem]:
    """Chinese in English, English sentences in Chinese, and a text that was never translated."""
    for wording in (*script.wordings(), *script.staff_wordings()):
        zh, en = wording.text.get("zh", ""), wording.text.get("en", "")
        if wording.name == "unit":
            pass  # mmHg is written like that in Chinese, too
        elif zh and zh == en and _LETTERS.search(_NO_WORD.sub("", zh)) and not _HAN.search(zh):
            yield script.problem("not_translated", (*wording.path, "zh"))
        elif zh:
            yield from _in_chinese(script, wording, zh)
        if found := _HAN.search(en):
            yield script.problem_in(
                "chinese_in_english", wording, "en", found.start(), len(found[0]), word=found[0]
            )


def _in_chinese(script: Script, wording: Wording, text: str) -> Iterator[Problem]:
    if not _HAN.search(text) and _LETTERS.search(_NO_WORD.sub("", text)):
        yield script.problem("no_chinese", (*wording.path, "zh"))
    elif found := _SENTENCE.search(_NO_WORD.sub(lambda each: "\0" * len(each[0]), text)):
        yield script.problem_in(
            "english_in_chinese", wording, "zh", found.start(), len(found[0]), word=found[0]
        )
