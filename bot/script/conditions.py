"""The little language of `ask_if` and `when`.

condition  part | part and part … | part or part …
part       question = code | question != code | question in [code, …] | question not in [code, …]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.flow import All, Any, Condition, Is
from bot.script import messages
from bot.script.nodes import Node
from bot.script.problems import CHINESE_QUOTES, Value, unquoted
from bot.script.shapes import Log, Shape, scalar

_SIGNS, _MARKS = "!=<>＝！≠", "[](),，（）【】"
_TOKEN = re.compile("[{0}]+|[{1}]|[^\\s{0}{1}]+".format(_SIGNS, re.escape(_MARKS)))

#: Words of the language; no question may be called like them.
RESERVED = frozenset({"and", "or", "not", "in"})
#: What people write instead, and what it should be.
_INSTEAD = {
    "==": "=", "＝": "=", "！＝": "!=", "!＝": "!=", "！=": "!=", "≠": "!=", "<>": "!=", "is": "=",
    "，": ",", "【": "[", "】": "]", "&&": "and", "||": "or", "AND": "and", "OR": "or", "NOT": "not", "IN": "in",
    "且": "and", "并且": "and", "或": "or", "或者": "or",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a condition and where it starts in the text."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One part of a condition: the question it looks at and the codes it compares with."""

    question: Word
    codes: tuple[Word, ...]


class Mistake(Exception):
    """Where a condition stops making sense. Never leaves this module."""

    def __init__(self, message: str, word: Word, /, **values: Value) -> None:
        super().__init__(message)
        self.message = message
        self.word = word
        self.values = values


def _read(node: Node, log: Log) -> Condition | None:
    found = scalar(node, log, messages.A_CONDITION)
    if found is None:
        return None
    try:
        return _Parser(found.text).condition()
    except Mistake as mistake:
        place = found.part(mistake.word.start, len(mistake.word.text))
        log.report(mistake.message, place, **mistake.values)
        return None


#: Reads a condition; a wrong one is reported at the word where it goes wrong.
condition: Shape[Condition] = _read


def mentions(text: str) -> tuple[Mention, ...]:
    """The questions and codes a condition names, in its order; none if it cannot be read."""
    parser = _Parser(text)
    try:
        parser.condition()
    except Mistake:
        return ()
    return tuple(parser.mentions)


class _Parser:
    def __init__(self, text: str) -> None:
        self.words = [Word(found[0], found.start()) for found in _TOKEN.finditer(text)]
        self.end = Word("", len(text.rstrip()))
        self.at = 0
        self.mentions: list[Mention] = []

    def condition(self) -> Condition:
        """condition: part | part and part … | part or part …"""
        parts: list[Condition] = [self.part()]
        joiner = ""
        while self.at < len(self.words):
            word = self.take()
            if word.text not in {"and", "or"}:
                raise self.unexpected(word)
            if joiner and word.text != joiner:
                raise Mistake("condition_mixed", word)
            joiner = word.text
            parts.append(self.part())
        if not joiner:
            return parts[0]
        return All(tuple(parts)) if joiner == "and" else Any(tuple(parts))

    def part(self) -> Is:
        """part: question = code | question != code | question in [codes] | question not in [codes]"""
        question = self.name()
        sign = self.take()
        match sign.text:
            case "=" | "!=":
                codes: tuple[Word, ...] = (self.name(),)
            case "in":
                codes = tuple(self.codes())
            case "not":
                self.expect("in")
                codes = tuple(self.codes())
            case _:
                raise self.unexpected(sign)
        self.mentions.append(Mention(question, codes))
        return Is(question.text, frozenset(code.text for code in codes), sign.text in {"!=", "not"})

    def codes(self) -> Iterator[Word]:
        """codes: [code, …]"""
        self.expect("[")
        yield self.name()
        while (word := self.take()).text == ",":
            yield self.name()
        if word.text != "]":
            raise self.unexpected(word)

    def name(self) -> Word:
        """A question or a code."""
        word = self.take()
        if word.text[0] in CHINESE_QUOTES:
            raise Mistake("chinese_quotes", word, word=unquoted(word.text))
        if word.text in RESERVED or word.text[0] in _SIGNS + _MARKS:
            raise self.unexpected(word)
        return word

    def expect(self, text: str) -> None:
        """Exactly this word."""
        word = self.take()
        if word.text != text:
            raise self.unexpected(word)

    def take(self) -> Word:
        """The next word; a condition that ends here is not finished."""
        if self.at == len(self.words):
            raise Mistake("condition_ends", self.end)
        self.at += 1
        return self.words[self.at - 1]

    def unexpected(self, word: Word) -> Mistake:
        """What to say of a word that does not belong here."""
        if word.text in _INSTEAD:
            return Mistake("condition_operator", word, word=word.text, right=_INSTEAD[word.text])
        if word.text in {"(", ")", "（", "）"}:
            return Mistake("condition_brackets", word)
        return Mistake("condition_unreadable", word, word=word.text)
