"""Chinese texts have Chinese punctuation, English texts English punctuation."""

import re
from collections.abc import Iterator

from bot.script.problems import Problem
from bot.script.script import Script

_HALF = re.compile(
    r"(?<=[\u3400-\u9fff”」』》）}])[,?!;:.](?![0-9A-Za-z])|(?<=[\u3400-\u9fff])\(|\)(?=[\u3400-\u9fff])"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_FULL = re.compile(r"[，。？！；：（）、《》「」『』【】％～]")
_WIDE = dict(zip(",?!;:.()", "，？！；：。（）", strict=True))
_NARROW = dict(
    zip(
        "，。？！；：（）、《》「」『』【】％～",
        [",", ".", "?", "!", ";", ":", "(", ")", ",", *'""""""', "[", "]", "%", "-"],
        strict=True,
    )
)


def check(script: Script) -> Iterator[Problem]:
    """A half-width mark after a Chinese character, a full-width mark in English."""
    for wording in script.wordings():
        for language, pattern, right, message in (
            ("zh", _HALF, _WIDE, "half_width"),
            ("en", _FULL, _NARROW, "full_width"),
        ):
            text = script.words(wording, language)
            if language == "en" and _HAN.search(text):
                continue  # not translated, which is another rule's
            for found in pattern.finditer(text):
                mark = found[0]
                yield script.problem_in(
                    message, wording, language, found.start(), 1, word=mark, right=right[mark]
                )
