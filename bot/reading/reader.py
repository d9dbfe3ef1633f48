"""From typed text to an input of the conversation. What is not plain is unclear, never guessed.

The kinds of a prompt (`Wants`) each have one small grammar that must match the whole text. A wider
grammar for a kind replaces its function here; the conversation does not change.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.answers import Answer, Chosen, Period, amount, month_period, number
from bot.core.events import Prompt, Wants
from bot.core.flow import Kind, Question
from bot.core.inputs import (
    COMMANDS,
    LONGEST_MESSAGE,
    Alarmed,
    Answered,
    Commanded,
    GavePhone,
    Input,
    Named,
    Picked,
    Started,
    Unclear,
    Wrote,
)
from bot.core.meaning import is_age
from bot.reading.normal import normal, tight
from bot.reading.numerals import whole_number
from bot.reading.phone import read_phone
from bot.reading.safety import Lexicon, alarm
from bot.reading.units import unit_words

#: Longer texts are stories, not answers; only the safety words are looked for in them.
LONGEST = 300
LONGEST_NAME = 40

_AGE = re.compile(r"(?:我)?(?:今年)?(?P<number>[0-9]{1,4}|[一二两三四五六七八九十百零]+)(?:周?[岁歲])?")
_AGE_EN = re.compile(r"(?:i am |i'm |im )?(?P<number>[0-9]{1,4})(?: ?(?:years? old|years?|y/?o))?")
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
_MONTH = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})月?")
_AMOUNT = re.compile(r"(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?|[一二两三四五六七八九十百零]+)(?P<unit>\D*)")
_NOT_IN_MESSAGES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SEPARATORS = re.compile(r"[,，、;；\s和]+")
_NOT_IN_NAMES = re.compile(
    r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff<>{}\[\]\\/|@#:=]"
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What stands in the conversation: the prompt, its question and its live labels in every language."""

    prompt: Prompt
    question: Question | None
    labels: Mapping[str, tuple[str, ...]]


def read(text: str, expected: Expected, lexicon: Lexicon, region: str = "CN") -> Input:
    """Safety words first, then commands, then labels and numbers of the buttons, then the kind's grammar."""
    if kind := alarm(text, lexicon):
        return Alarmed(kind)
    if text.startswith("/"):
        return _command(text)
    longest = LONGEST_MESSAGE if expected.prompt.wants is Wants.MESSAGE else LONGEST
    if not text.strip() or len(text) > longest:
        return Unclear()
    if choice := _label(text, expected):
        return Picked(choice)
    match expected.prompt.wants:
        case Wants.NUMBER:
            answer: Answer | None = _number(text, expected.question)
        case Wants.DATE:
            answer = read_day(text)
        case Wants.NAME:
            return _name(text)
        case Wants.PHONE:
            phone = read_phone(text, region)
            return GavePhone(phone) if phone else Unclear()
        case Wants.MESSAGE:
            message = _NOT_IN_MESSAGES.sub("", text).strip()
            return Wrote(message) if message else Unclear()
        case _:
            answer = _several(text, expected)
    return Answered(answer) if answer else Unclear()


def _command(text: str) -> Input:
    command, _, payload = text[1:].strip().partition(" ")
    command = command.lower()
    if command == "start":
        return Started(payload.strip()[:64])
    return Commanded(command) if command in COMMANDS else Unclear()


def _label(text: str, expected: Expected) -> str | None:
    """A live button by its exact words in any language, or a choice by its number."""
    wanted = tight(text.lstrip("☐☑✓ "))
    for id, labels in expected.labels.items():
        if any(tight(label) == wanted for label in labels):
            return id
    if expected.prompt.wants not in (Wants.CHOICE, Wants.MESSAGE) or expected.prompt.picker:
        return None
    found = re.fullmatch(r"[0-9]{1,2}", wanted)
    choices = expected.prompt.choices
    return choices[int(wanted) - 1].id if found and 1 <= int(wanted) <= len(choices) else None


def _several(text: str, expected: Expected) -> Answer | None:
    """Several numbers or labels of a multi-choice question, all of them known."""
    if expected.question is None or expected.question.kind is not Kind.MULTI:
        return None
    parts = [part for part in _SEPARATORS.split(text) if part]
    found = [_label(part, expected) for part in parts]
    codes = {id for id in found if id and expected.question.option(id)}
    if not parts or len(codes) != len(parts):
        return None
    return Chosen(tuple(option.code for option in expected.question.options if option.code in codes))


def read_age(text: str) -> Answer | None:
    """A plain age: 35, ３５, 三十五, 35岁."""
    plain = normal(text)
    found = _AGE.fullmatch(plain.replace(" ", "")) or _AGE_EN.fullmatch(plain)
    value = whole_number(found["number"]) if found else None
    return None if value is None else number(value)


def _number(text: str, question: Question | None) -> Answer | None:
    return read_age(text) if question is None or is_age(question) else read_amount(text, question)


def read_amount(text: str, question: Question) -> Answer | None:
    """A plain number, bare or in the unit of its question: 168, 168cm, 168厘米, 一百六十八, 65.5 kg."""
    found = _AMOUNT.fullmatch(tight(text))
    if text.strip().startswith((".", "．", "。")):
        return None  # .5 is not 5
    if found is None or found["unit"] not in {"", *unit_words(question)}:
        return None
    written, whole = found["number"], whole_number(found["number"])
    if whole is not None:
        return number(whole)
    plain = written.isascii() and len(written.partition(".")[2].rstrip("0")) <= question.decimals
    return number(amount(written)) if plain else None


def read_day(text: str) -> Answer | None:
    """A day or a month in digits: 2026-03-05, 2026/3/5, 2026年3月5日, 2026-03."""
    plain = tight(text)
    try:
        if found := _DAY.fullmatch(plain):
            day = date(*map(int, found.groups()))
            return Period(day, day)
        if found := _MONTH.fullmatch(plain):
            return month_period(int(found[1]), int(found[2]))
    except ValueError:
        return None
    return None


def _name(text: str) -> Input:
    name = " ".join(_NOT_IN_NAMES.sub(" ", text).split())
    letters = [char for char in name if char.isalpha()]
    if (
        not letters
        or name.endswith(("?", "？"))
        or len(name) > LONGEST_NAME
        or sum(char.isdigit() for char in name) > 2
    ):
        return Unclear()
    return Named(name)
