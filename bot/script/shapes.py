"""Small readers, each for one shape a value can have; a wrong value is reported and becomes None."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from bot.core.answers import Amount, amount
from bot.core.text import Text
from bot.script import messages
from bot.script.messages import language_name
from bot.script.nodes import Broken, ListNode, MapNode, Node, Scalar
from bot.script.problems import CHINESE_QUOTES, Place, Problem, Value, closest, hint, problem_at, unquoted

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


_WIDE_BRACKETS = re.compile("[【［〔「].*[】］〕」]", re.DOTALL)


class Log:
    """Collects the problems of one file."""

    def __init__(self, file: str, problems: Iterable[Problem] = ()) -> None:
        self.file = file
        self.problems = list(problems)

    def report(self, message: str, place: Place, /, **values: Value) -> None:
        """Notes a problem."""
        self.problems.append(problem_at(self.file, place, message, **values))


#: Reads a value of one shape; None when it has been reported as wrong.
Shape = Callable[[Node, Log], T | None]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys a part of the script must and may have."""

    record: Text
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All of them."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Fields:
    """The values of one part of the script by key."""

    place: Place
    log: Log
    names: tuple[Scalar, ...] = ()
    values: Mapping[str, Node] = field(default_factory=dict)

    def read(self, key: str, shape: Shape[T]) -> T | None:
        """The value of a key; None when it is absent or wrong."""
        return shape(self.values[key], self.log) if key in self.values else None


def fields(node: Node, log: Log, keys: Keys) -> Fields:
    """The keys and values of a part; unknown and missing keys are reported."""
    if (mapping := mapping_of(node, log)) is None:
        return Fields(node.place, log)
    values = _as_meant(mapping, keys.known, log, "unknown_key", record=keys.record)
    for key in keys.required:
        if key not in values:
            log.report("missing_key", mapping.place, record=keys.record, key=key)
    return Fields(node.place, log, tuple(name for name, _ in mapping.entries), values)


def mapping_of(node: Node, log: Log) -> MapNode | None:
    """Keys and values."""
    if isinstance(node, MapNode):
        return node
    _wrong_shape(node, log, messages.KEYS_AND_VALUES)
    return None


def list_items(node: Node, log: Log) -> tuple[Node, ...] | None:
    """The items of a list that must not be empty."""
    if isinstance(node, ListNode):
        if not node.items:
            log.report("empty_list", node.place)
        return node.items
    _wrong_shape(node, log, messages.A_LIST)
    return None


def wide_items(node: Node) -> tuple[Scalar, ...] | None:
    """What stands in full-width brackets, which YAML takes for a word."""
    if not isinstance(node, Scalar) or not _WIDE_BRACKETS.fullmatch(node.text):
        return None
    pieces = re.finditer(r"[^\s,，、]+", node.text[1:-1])
    return tuple(Scalar(found[0], node.part(found.start() + 1, len(found[0]))) for found in pieces)


def list_of(shape: Shape[T]) -> Shape[tuple[T, ...]]:
    """A list of one shape; items that are wrong are left out."""

    def read(node: Node, log: Log) -> tuple[T, ...] | None:
        if (wide := wide_items(node)) is not None:
            log.report("wide_brackets", node.place, items=tuple(item.text for item in wide))
        items = list_items(node, log) if wide is None else wide
        if items is None and isinstance(node, Scalar) and not node.empty and not node.unwritten:
            items = (node,)  # reported; read on as if it were in brackets
        if items is None:
            return None
        values = [shape(item, log) for item in items]
        return tuple(value for value in values if value is not None)

    return read


def distinct(shape: Shape[T]) -> Shape[tuple[T, ...]]:
    """A list without repetitions."""
    read_list = list_of(shape)

    def read(node: Node, log: Log) -> tuple[T, ...] | None:
        values = read_list(node, log)
        seen: set[str] = set()
        for item in node.items if isinstance(node, ListNode) else ():
            if isinstance(item, Scalar) and not item.empty:
                if item.text in seen:
                    log.report("listed_twice", item.place, word=item.text)
                seen.add(item.text)
        return None if values is None else tuple(dict.fromkeys(values))

    return read


def maybe_empty(shape: Shape[tuple[T, ...]]) -> Shape[tuple[T, ...]]:
    """A list that may be empty."""

    def read(node: Node, log: Log) -> tuple[T, ...] | None:
        return () if isinstance(node, ListNode) and not node.items else shape(node, log)

    return read


def scalar(node: Node, log: Log, wanted: Text) -> Scalar | None:
    """A single value that is not empty."""
    if not isinstance(node, Scalar):
        _wrong_shape(node, log, wanted)
        return None
    if node.empty:
        log.report("no_value", node.place, wanted=wanted)
        return None
    return None if node.unwritten else node


def words(node: Node, log: Log) -> str | None:
    """A text in no particular language."""
    found = scalar(node, log, messages.A_TEXT)
    return None if found is None else found.text.strip()


def name(node: Node, log: Log) -> str | None:
    """A word that stands for something: an id or a code."""
    found = _named(node, log)
    return None if found is None else found.text


def _named(node: Node, log: Log) -> Scalar | None:
    """A word, taken out of Chinese quotation marks, which YAML reads as part of it."""
    found = scalar(node, log, messages.A_WORD)
    if found is None or not (found.plain and found.text[:1] in CHINESE_QUOTES):
        return found
    word = unquoted(found.text)
    log.report("chinese_quotes", found.place, word=word)
    return Scalar(word, found.place, found.plain)


def whole(low: int, high: int) -> Shape[int]:
    """A whole number within limits."""

    def read(node: Node, log: Log) -> int | None:
        found = scalar(node, log, messages.A_NUMBER)
        if found is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,9}", found.text):
            log.report("not_whole", found.place, word=found.text)
            return None
        if not low <= int(found.text) <= high:
            log.report("number_range", found.place, word=found.text, low=low, high=high)
            return None
        return int(found.text)

    return read


def amount_of(low: int, high: int, decimals: int) -> Shape[Amount]:
    """A number within limits, with so many decimals at most."""
    if not decimals:
        return whole(low, high)

    def read(node: Node, log: Log) -> Amount | None:
        found = scalar(node, log, messages.A_DECIMAL)
        if found is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", found.text) or _finer(found.text, decimals):
            log.report("not_decimal", found.place, word=found.text, decimals=decimals)
            return None
        if not low <= Decimal(found.text) <= high:
            log.report("decimal_range", found.place, word=found.text, low=low, high=high)
            return None
        return amount(found.text)

    return read


def _finer(text: str, decimals: int) -> bool:
    return len(text.partition(".")[2].rstrip("0")) > decimals


def truth(node: Node, log: Log) -> bool | None:
    """true or false."""
    found = scalar(node, log, messages.TRUE_OR_FALSE)
    if found is not None and found.text not in {"true", "false"}:
        log.report("not_true_false", found.place, word=found.text)
        return None
    return None if found is None else found.text == "true"


def one_of(kind: type[E]) -> Shape[E]:
    """The value of an enumeration."""
    by_value: dict[str, E] = {str(member.value): member for member in kind}

    def read(node: Node, log: Log) -> E | None:
        found = word_among(tuple(by_value))(node, log)
        return None if found is None else by_value[found]

    return read


def word_among(known: Collection[str], message: str = "not_one_of", /, **values: Value) -> Shape[str]:
    """One of a few words."""

    def read(node: Node, log: Log) -> str | None:
        found = _named(node, log)
        if found is not None and found.text not in known:
            log.report(message, found.place, word=found.text, hint=hint(found.text, known), **values)
            return None
        return None if found is None else found.text

    return read


def identifier(pattern: str, message: str, limit: int, reserved: frozenset[str] = frozenset()) -> Shape[str]:
    """An id: a pattern, a length, and words that are taken. A wrong one is kept, so that it can be referred to."""
    compiled = re.compile(pattern)

    def read(node: Node, log: Log) -> str | None:
        found = _named(node, log)
        if found is None:
            return None
        word = found.text
        if not compiled.fullmatch(word):
            log.report(message, found.place, word=word)
        elif len(word) > limit:
            log.report("id_too_long", found.place, word=word, length=len(word), limit=limit)
        elif word in reserved:
            log.report("reserved_id", found.place, word=word)
        return word

    return read


def text_in(languages: Sequence[str]) -> Shape[Text]:
    """Words in every language; one that is missing is left out of what is read."""
    example = ", ".join(f'{language}: "…"' for language in languages)

    def read(node: Node, log: Log) -> Text | None:
        if not isinstance(node, MapNode):
            if not _is_said_elsewhere(node):
                log.report("text_not_by_language", node.place, example=example)
            return None
        values = _as_meant(node, languages, log, "text_unknown_language")
        found: dict[str, str] = {}
        for language in languages:
            value = values.get(language)
            if value is None:
                log.report(
                    "text_misses_language", node.place, language=language_name(language), code=language
                )
            elif isinstance(value, Scalar) and value.empty:
                log.report("text_blank", value.place, language=language_name(language))
            elif (said := words(value, log)) is not None:
                found[language] = said
        return found

    return read


def _as_meant(
    mapping: MapNode, known: Sequence[str], log: Log, message: str, /, **values: Value
) -> dict[str, Node]:
    """The values by key; an unknown key is reported and read as the one that was probably meant."""
    found: dict[str, Node] = {}
    for name, value in mapping.entries:
        key = name.text
        if key not in known:
            log.report(message, name.place, word=key, hint=hint(key, known), **values)
            key = closest(key, known) or key
        found.setdefault(key, value)
    return found


def _is_said_elsewhere(node: Node) -> bool:
    return isinstance(node, Broken) or (isinstance(node, Scalar) and node.unwritten)


_SHAPES = {
    Scalar: messages.A_SINGLE_VALUE,
    ListNode: messages.A_LIST,
    MapNode: messages.KEYS_AND_VALUES,
}


def _wrong_shape(node: Node, log: Log, wanted: Text) -> None:
    """Says what a value should have been; of one that is reported elsewhere nothing more."""
    if _is_said_elsewhere(node):
        return
    if isinstance(node, Scalar) and node.empty:
        log.report("no_value", node.place, wanted=wanted)
    else:
        log.report("wrong_shape", node.place, wanted=wanted, found=_SHAPES[type(node)])
