"""A script as cards: its parts with every value that can be changed in its place, for people who use no files."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal
from unicodedata import normalize

from bot.core.computed import FORMULAS
from bot.core.criteria import Disclose, Lasting, SettledBy
from bot.core.flow import Kind, Stop
from bot.core.text import Text
from bot.script.edit import CannotEdit, Value, remove_key, set_value
from bot.script.items import added, moved, removed
from bot.script.nodes import ListNode, MapNode, Node, Scalar
from bot.script.problems import NOWHERE, Place, Problem
from bot.script.questions import MEANINGS
from bot.script.script import Path

#: text: some sentences · line: a word or number · choice: one of a few words · list: words with commas between them
Shape = Literal["text", "line", "choice", "list"]

_TRUTH = ("true", "false")
#: The words a key may have.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "means": tuple(MEANINGS),
    "kind": tuple(kind.value for kind in Kind),
    "lasting": tuple(each.value for each in Lasting),
    "settled_by": tuple(each.value for each in SettledBy),
    "disclose": tuple(each.value for each in Disclose),
    "stop": tuple(each.value for each in Stop),
    "formula": tuple(FORMULAS),
    **dict.fromkeys(("erases", "often_fails", "never_fails", "site_decides"), _TRUTH),
}
#: Where `kind` says something else.
CRITERION_KINDS = ("inclusion", "exclusion")
#: A number as one writes it, with as many decimals as somebody wrote.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?")
#: Keys whose value is a list.
LISTS = frozenset({"criteria", "linked", "exclusive", "languages"})
#: What a part may have beside what is written: shown empty, so that it can be filled.
OFFERED: Mapping[str, Mapping[str, Shape]] = {
    "question": {"preface": "text", "part": "text", "block": "line", "linked": "list", "ask_if": "line", "lasting": "choice"},
    "criterion": {"disclose": "choice", "ending": "text", "often_fails": "choice", "never_fails": "choice"},
    "ranges": {"from": "line", "to": "line", "lasting": "choice", "erases": "choice", "flag": "line"},
    "options": {"lasting": "choice"},
    "number": {"unit": "text", "decimals": "line"},
    "computed": {"decimals": "line", "lasting": "choice"},
    "window": {"months": "line", "weeks": "line", "days": "line"},
    "value": {"from": "line", "to": "line", "lasting": "choice", "flag": "line"},
}  # fmt: skip
#: Keys whose value is a text in every language.
TEXTS = frozenset(
    {"text", "reason", "ending", "short", "preface", "ask", "help", "part", "unit", "label", "name", "site"}
)
#: The order in which a part is read; what is not named here comes after it.
ORDER = (
    *("id", "kind", "block", "criteria", "linked", "ask_if"),
    *("short", "preface", "ask", "help", "part", "text", "settled_by", "reason"),
    *("code", "label", "from", "to", "means", "options", "exclusive", "lasting", "erases", "flag"),
)
#: What other parts refer to, so that changing it alone breaks them.
FIXED = frozenset({"id", "format", "flow"})
_CODE = re.compile("[a-z][a-z0-9_]*")
#: How the code of an answer begins that was added just now.
NEW_CODE = "new_"


@dataclass(frozen=True, slots=True)
class Field:
    """One value; `language` that of a text."""

    path: Path
    shape: Shape
    value: str
    choices: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What stands under one key: a value, or a text with a field for each language.

    `there`: the file has the key with such a value; `fixed`: other parts refer to it, so it is only shown.
    """

    key: str
    path: Path
    fields: tuple[Field, ...]
    optional: bool = False
    fixed: bool = False
    there: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Values that belong together: an option, a range, the limits of a number."""

    key: str
    title: str
    path: Path
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One part of the script. `part` names it in an address: question.age."""

    kind: str
    id: str
    path: Path
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    #: Of an answer set: the ids of the questions that take their answers from it.
    used_by: tuple[str, ...] = ()
    #: Of a question that takes its answers from a set: what the codes stand for.
    labels: Mapping[str, Text] = field(default_factory=dict)

    @property
    def part(self) -> str:
        """Its name."""
        return f"{self.kind}.{self.id}"

    def name(self, path: Path) -> str:
        """What a page calls a place of this card: its way from the card on, wherever the card stands by now."""
        return "/".join(map(str, path[len(self.path) :]))

    def said(self) -> dict[str, str]:
        """Every value by its name."""
        return {self.name(field.path): field.value for field in self.fields()}

    def all_rows(self) -> Iterator[Row]:
        """Its own and those of its groups."""
        yield from self.rows
        for group in self.groups:
            yield from group.rows

    def fields(self) -> Iterator[Field]:
        """Every value."""
        for row in self.all_rows():
            yield from row.fields

    def row(self, key: str) -> Row | None:
        """Its own row of a key."""
        return next((row for row in self.rows if row.key == key), None)

    def says(self, key: str, language: str) -> str:
        """A text of its own in a language, "" where there is none."""
        row = self.row(key)
        return (
            next((field.value for field in row.fields if field.language in ("", language)), "") if row else ""
        )


#: Parts that are lists, and parts that are one card each.
_LISTED = {"criteria": "criterion", "questions": "question", "computed": "computed", "notes": "note"}
_WHOLE = ("study", "settings", "texts", "notice", "glossary")
#: Those of them that hold nothing but texts.
_SLOTS = frozenset({"texts", "notice", "glossary"})


def cards_of(root: Node | None) -> tuple[Card, ...]:
    """Every part of a script that could be read as YAML, in the order of the file."""
    if not isinstance(root, MapNode):
        return ()
    languages = _languages(root)
    found: list[Card] = []
    for key, node in root.entries:
        if isinstance(node, ListNode) and (kind := _LISTED.get(key.text)):
            found += [
                replace(
                    _card(kind, _named(item, place), (key.text, place), item, languages),
                    labels=_labels(root, item.get("options"), languages),
                )
                for place, item in enumerate(node.items)
                if isinstance(item, MapNode)
            ]
        elif isinstance(node, MapNode) and key.text == "answer_sets":
            found += [
                replace(
                    _card("answers", name.text, (key.text, name.text), options, languages),
                    used_by=tuple(_users(root, name.text)),
                )
                for name, options in node.entries
            ]
        elif (isinstance(node, MapNode) and key.text in _WHOLE) or key.text == "flags":
            found.append(_card(key.text, key.text, (key.text,), node, languages))
    return tuple(found)


def _languages(root: MapNode) -> tuple[str, ...]:
    node = root.get("languages")
    items = node.items if isinstance(node, ListNode) else ()
    return tuple(item.text for item in items if isinstance(item, Scalar)) or ("zh", "en")


def _users(root: MapNode, answers: str) -> Iterator[str]:
    questions = root.get("questions")
    for place, question in enumerate(questions.items if isinstance(questions, ListNode) else ()):
        if isinstance(question, MapNode):
            options = question.get("options")
            if isinstance(options, Scalar) and options.text == answers:
                yield _named(question, place)


def _labels(root: MapNode, options: Node | None, languages: Sequence[str]) -> dict[str, Text]:
    sets = root.get("answer_sets")
    if not isinstance(options, Scalar) or not isinstance(sets, MapNode):
        return {}
    found = sets.get(options.text)
    items = found.items if isinstance(found, ListNode) else ()
    return {
        _named(item, place): {field.language: field.value for field in _texts((), label, languages)}
        for place, item in enumerate(items)
        if isinstance(item, MapNode) and isinstance(label := item.get("label"), MapNode)
    }


def _named(item: MapNode, place: int, keys: Sequence[str] = ("id", "code")) -> str:
    for key in keys:
        if isinstance(node := item.get(key), Scalar) and node.text:
            return node.text
    return str(place + 1)


def _card(kind: str, id: str, path: Path, node: Node, languages: Sequence[str]) -> Card:
    rows: list[Row] = []
    groups: list[Group] = []
    if isinstance(node, ListNode):
        groups += _items(kind if kind == "flags" else "options", path, node, languages)
    for key, value in node.entries if isinstance(node, MapNode) else ():
        inner = (*path, key.text)
        if isinstance(value, ListNode) and any(isinstance(item, MapNode) for item in value.items):
            groups += _items(key.text, inner, value, languages)
        elif isinstance(value, MapNode) and not _is_text(value, languages):
            rows_inside = (
                *_rows(value, inner, languages, key.text),
                *_missing(value, key.text, inner, languages),
            )
            groups.append(Group(key.text, "", inner, rows_inside))
        elif (row := _row(kind, key.text, inner, value, languages)) is not None:
            rows.append(row)
    if isinstance(node, MapNode):
        rows += _missing(node, kind, path, languages)
    return Card(kind, id, path, _in_order(rows), tuple(groups))


def _items(key: str, path: Path, node: ListNode, languages: Sequence[str]) -> Iterator[Group]:
    for place, item in enumerate(node.items):
        if isinstance(item, MapNode):
            inner = (*path, place)
            kind = "value" if path[0] == "computed" else key
            offered = () if path[0] == "answer_sets" else tuple(_missing(item, kind, inner, languages))
            rows = _in_order((*_rows(item, inner, languages, key), *offered))
            yield Group(key, _span(item) if key == "ranges" else _named(item, place), inner, rows)


def _span(item: MapNode) -> str:
    """A range by its ends."""
    ends = [node.text if isinstance(node := item.get(key), Scalar) else "" for key in ("from", "to")]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def _missing(node: MapNode, kind: str, path: Path, languages: Sequence[str]) -> Iterator[Row]:
    """What a part may have and has not."""
    own = node.get("kind")
    number = kind == "question" and isinstance(own, Scalar) and own.text == Kind.NUMBER.value
    for key, shape in {**_offered(kind), **(OFFERED["number"] if number else {})}.items():
        if node.get(key) is None:
            yield _empty(key, shape, (*path, key), languages)


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: ORDER.index(row.key) if row.key in ORDER else len(ORDER)))


def _rows(node: MapNode, path: Path, languages: Sequence[str], under: str) -> tuple[Row, ...]:
    """The values of a group; a meaning by criterion, and whatever lies deeper, has its key's way as its name."""
    rows: list[Row] = []
    for key, value in node.entries:
        inner = (*path, key.text)
        if isinstance(value, MapNode) and not _is_text(value, languages):
            rows += _rows(value, inner, languages, "means" if "means" in (under, key.text) else key.text)
        elif (row := _row(under, key.text, inner, value, languages)) is not None:
            rows.append(row)
    return tuple(rows)


def _is_text(node: MapNode, languages: Sequence[str]) -> bool:
    return bool(node.entries) and all(key.text in languages for key, _ in node.entries)


def _row(under: str, key: str, path: Path, node: Node, languages: Sequence[str]) -> Row | None:
    """None: nothing that is changed in its place."""
    match node:
        case MapNode():
            return Row(key, path, tuple(_texts(path, node, languages)), key in _offered(under))
        case ListNode() if all(isinstance(item, Scalar) for item in node.items):
            words = ", ".join(item.text for item in node.items if isinstance(item, Scalar))
            return Row(key, path, (Field(path, "list", words),), key in _offered(under))
        case Scalar() if node.unwritten and (key in TEXTS or under in _SLOTS):
            return _empty(key, "text", path, languages)
        case Scalar():
            shape, choices = _shape(under, key)
            value = _written(node)
            field = Field(path, shape, value, choices)
            return Row(key, path, (field,), key in _offered(under), fixed=_is_fixed(under, key, value))
    return None


def _is_fixed(under: str, key: str, value: str) -> bool:
    """Whether changing it alone would break what refers to it, or needs it; a code nobody can know yet may change."""
    if key == "code":
        return bool(_CODE.fullmatch(value)) and not value.startswith(NEW_CODE)
    return key in FIXED or (key, under) == ("kind", "question")


def _offered(kind: str) -> Mapping[str, Shape]:
    return OFFERED.get(kind, {})


def _shape(under: str, key: str) -> tuple[Shape, tuple[str, ...]]:
    if under == "criterion" and key == "kind":
        return "choice", CRITERION_KINDS
    choices = CHOICES.get("means" if under == "means" else key, ())
    return ("choice", choices) if choices else ("list", ()) if key in LISTS else ("line", ())


def _texts(path: Path, node: MapNode, languages: Sequence[str]) -> Iterator[Field]:
    for language in languages:
        value = node.get(language)
        text = _written(value) if isinstance(value, Scalar) else ""
        yield Field((*path, language), "text", text, language=language)


def _written(node: Scalar) -> str:
    """What a person wrote there; nothing where a draft waits for it."""
    return "" if node.empty or node.unwritten else node.text


def _empty(key: str, shape: Shape, path: Path, languages: Sequence[str]) -> Row:
    if shape == "text":
        fields = tuple(Field((*path, language), "text", "", language=language) for language in languages)
        return Row(key, path, fields, optional=True, there=False)
    return Row(key, path, (Field(path, shape, "", CHOICES.get(key, ())),), optional=True, there=False)


def typed_in(was: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """What somebody changed on a card that said `was` when they opened it."""
    return {name: words for name, words in values.items() if name in was and _tidy(words) != _tidy(was[name])}


def changed(source: str, card: Card, values: Mapping[str, str]) -> str:
    """The script with what a page says of a card, by the names of its fields; an optional one left empty goes.

    A field it says nothing of stays. Raises CannotEdit.
    """
    for row, said in sorted(_said(card, values), key=_is_emptied):
        source = _changed_row(source, row, said)
    return source


#: A row that a page changes, with the words its fields are to have.
_Changed = tuple[Row, Mapping[Field, str]]


def _said(card: Card, values: Mapping[str, str]) -> Iterator[_Changed]:
    for row in card.all_rows():
        wanted = {field: _tidy(values.get(card.name(field.path), field.value)) for field in row.fields}
        if not row.fixed and any(words != field.value for field, words in wanted.items()):
            yield row, wanted


def _is_emptied(changed: _Changed) -> bool:
    """What goes, goes last: a mapping is never left without a key."""
    row, wanted = changed
    return row.optional and not any(wanted.values())


def _tidy(text: str) -> str:
    """As browsers send it, without what nobody sees at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def _changed_row(source: str, row: Row, wanted: Mapping[Field, str]) -> str:
    if row.optional and not any(wanted.values()):
        return remove_key(source, row.path)
    if not row.there and row.fields[0].language:
        return set_value(source, row.path, {field.language: words for field, words in wanted.items()})
    for each, words in wanted.items():
        if words != each.value:
            source = set_value(source, each.path, _typed(each, words))
    return source


def _typed(field: Field, words: str) -> Value:
    """A value as it is written: a number bare, however it was typed, a list in brackets."""
    if field.shape == "list":
        return [
            word for word in words.replace("，", ",").replace("、", ",").replace(",", " ").split() if word
        ]
    number = normalize("NFKC", words)
    return Decimal(number) if field.shape == "line" and _NUMBER.fullmatch(number) else words


#: A question as it begins, behind its id, criterion and kind: nothing is said of any criterion, nothing is worded.
_NEW_QUESTION: Mapping[Kind, str] = {
    Kind.SINGLE: "options:\n  - {option}\n  - {option}\n  - {option}",
    Kind.MULTI: "options:\n  - {option}\n  - {option}\n  - {option}",
    Kind.NUMBER: "valid: {from: 0, to: 100}\nranges:\n  - {from: 0, to: 100, means: open}",
    Kind.DATE: "window: {months: 12}\noptions:\n  - {option}",
}
#: The kinds of question that can be added.
NEW_KINDS = tuple(kind.value for kind in _NEW_QUESTION)
_NEW_ITEM = {
    "options": "{{code: {code}, label: {blank}, means: open}}",
    "ranges": "{{from: , to: , means: open}}",
}
#: What may be done with a card beside changing its values: `add` an item behind another one.
MOVES = ("up", "down", "remove", "add")


def stepped(source: str, card: Card, step: str, path: Path, languages: Sequence[str]) -> str:
    """The script after an item of a card, or the card itself, was moved, removed, or has another one behind it.

    Raises CannotEdit: where there is no such item, it is the only one, or it stands in brackets.
    """
    within = path[: len(card.path)] == card.path
    if not within or step not in MOVES or (step == "add" and path == card.path):
        raise CannotEdit(path)
    match step:
        case "up" | "down":
            return moved(source, path, -1 if step == "up" else 1)
        case "remove":
            return removed(source, path)
    group = next((group for group in card.groups if group.path == path), None)
    if group is None or group.key not in _NEW_ITEM:
        raise CannotEdit(path)
    taken = {each.title for each in card.groups}
    item = _NEW_ITEM[group.key].format(code=_free(NEW_CODE, taken), blank=_blank(languages))
    if card.kind == "answers":
        item = item.replace(", means: open", "")
    return added(source, path, item)


def with_question(
    source: str, behind: Card, id: str, kind: str, criterion: str, languages: Sequence[str]
) -> str:
    """The script with a new question behind another one. Raises CannotEdit."""
    blank = _blank(languages)
    first = "unsure" if kind == Kind.DATE.value else "new_1"
    options = [f"{{code: {code}, label: {blank}, means: open}}" for code in (first, "new_2", "unsure")]
    rest = _NEW_QUESTION[Kind(kind)]
    for option in options:
        rest = rest.replace("{option}", option, 1)
    head = [
        f"id: {id}",
        f"criteria: [{criterion}]",
        f"kind: {kind}",
        *(f"{key}: {blank}" for key in ("short", "ask", "help")),
    ]
    return added(source, behind.path, "\n".join((*head, rest)))


def _blank(languages: Sequence[str]) -> str:
    return "{" + ", ".join(f'{language}: ""' for language in languages) + "}"


def _free(name: str, taken: Collection[str]) -> str:
    """A code nobody has yet."""
    number = 1
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a problem belongs: a part of the script and, within it, a row or group; "" where there is none."""

    part: str
    path: Path


class Spots:
    """Where the problems of a script belong."""

    def __init__(self, root: Node | None, cards: Iterable[Card]) -> None:
        self._parts = {card.path: card.part for card in cards}
        paths: dict[tuple[int, int], Path] = {}
        for path, place in _places(root, ()):
            if place != NOWHERE:
                paths.setdefault((place.line, place.column), path)
        self._begins = sorted(paths)
        self._paths = [paths[begin] for begin in self._begins]

    def of(self, problem: Problem) -> Spot:
        """The card and the path that a problem is about: what was last begun where it lies."""
        at = bisect_right(self._begins, (problem.line, problem.column))
        path = self._paths[at - 1] if at else ()
        above = (path[:length] for length in range(len(path) + 1))
        return Spot(next((self._parts[each] for each in above if each in self._parts), ""), path)


def _places(node: Node | None, path: Path) -> Iterator[tuple[Path, Place]]:
    """Every part with its place, the outer ones first: a problem of the whole lies at its first key."""
    match node:
        case MapNode():
            yield path, node.place
            for key, value in node.entries:
                yield (*path, key.text), key.place
                yield from _places(value, (*path, key.text))
        case ListNode():
            yield path, node.place
            for place, item in enumerate(node.items):
                yield from _places(item, (*path, place))
        case Scalar():
            yield path, node.place
        case _:
            yield path, NOWHERE
