"""YAML 1.2 as nodes that keep the place and the raw text of every value."""

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from bot.script import syntax
from bot.script.problems import Place, Problem, in_file_order, problem_at

MOST_BYTES = 1024 * 1024
#: Stands in a draft for whatever a person still has to write: a text, a choice, a whole part.
TO_BE_WRITTEN = "to_be_written"
DEEPEST = 30
#: A backslash and what belongs to it, in double quotes; and what YAML takes only when it is written so.
_ESCAPE = re.compile(r"\\(?:x(..)|u(.{4})|U(.{8})|(.))", re.DOTALL)
_UNSEEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHORT_ESCAPES = {"0": 0, "a": 7, "b": 8, "v": 11, "f": 12, "e": 27}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written; `plain`: without quotes. `no` stays the word no."""

    text: str
    place: Place
    plain: bool = True
    #: Characters before the text proper (a quotation mark), or None if the text is not in the file as it reads.
    verbatim_from: int | None = 0
    #: What stands in the file, where that is not the text as it reads: a block, several lines, escapes.
    written: str = field(default="", compare=False, repr=False)

    @property
    def empty(self) -> bool:
        """Whether nothing was written, or YAML's word for nothing."""
        return not self.text.strip() or (self.plain and self.text in {"~", "null", "Null", "NULL"})

    @property
    def unwritten(self) -> bool:
        """Whether it says that something is still to be written; a rule of its own reports that."""
        return self.text == TO_BE_WRITTEN

    def part(self, start: int, length: int) -> Place:
        """The place of some characters of the text; of all of it where that cannot be told."""
        if self.verbatim_from is not None:
            return Place(self.place.line, self.place.column + self.verbatim_from + start, max(1, length))
        return self._found(self.text[start : start + length], self.text[:start]) or self.place

    def _found(self, words: str, before: str) -> Place | None:
        """The place of some words in what is written: the same one of several that read alike."""
        at = self.written.find(words)
        for _ in range(before.count(words) if words else 0):
            at = self.written.find(words, at + 1)
        if at < 0 or not words:
            return None
        line = self.written.count("\n", 0, at)
        start = self.place.column if line == 0 else 1
        column = at - (self.written.rfind("\n", 0, at) + 1)
        return Place(self.place.line + line, start + column, len(words))


@dataclass(frozen=True, slots=True)
class ListNode:
    """Items in order."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class MapNode:
    """Keys and values in order; no key twice."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place

    def get(self, key: str) -> "Node | None":
        """The value of a key."""
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """The key itself, with its place."""
        return next((name for name, _ in self.entries if name.text == key), None)


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that has been reported already; nothing more is said of it."""

    place: Place


Node = Scalar | ListNode | MapNode | Broken


def decode(source: bytes | str, file: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file with `\\n` at line ends and no byte order mark; unreadable bytes are a problem."""
    if isinstance(source, str):
        return _normal(source), ()
    if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _normal(source.decode("utf-16", "replace")), (problem_at(file, Place(1, 1), "utf16"),)
    try:
        return _normal(source.decode("utf-8")), ()
    except UnicodeDecodeError as error:
        before = _normal(source[: error.start].decode("utf-8"))
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
    try:
        text, message = source.decode("gb18030"), "looks_gbk"
    except UnicodeDecodeError:
        text, message = source.decode("utf-8", "replace"), "not_utf8"
    return _normal(text), (problem_at(file, place, message),)


def file_problems(source: bytes | str, file: str, most_bytes: int = MOST_BYTES) -> tuple[Problem, ...]:
    """Why a file cannot be read at all: it is too big, or not a text in UTF-8."""
    if len(source) > most_bytes:
        size, limit = -(-len(source) // 1024), most_bytes // 1024
        return (problem_at(file, Place(1, 1), "too_big", size=size, limit=limit),)
    return decode(source, file)[1]


def read(
    source: bytes | str, file: str, most_bytes: int = MOST_BYTES, aliases: bool = False
) -> tuple[Node | None, tuple[Problem, ...]]:
    """The root node, or None if there is none to go on with, and everything wrong with it as YAML.

    `aliases`: a program wrote it perhaps, and those write `*id001` for what is there before.
    """
    if problems := file_problems(source, file, most_bytes):
        return None, problems
    text, _ = decode(source, file)
    builder = _Builder(text, file, aliases)
    root = builder.build()
    return root, in_file_order(builder.problems)


def _paired(text: str) -> str:
    """JSON writes a character outside the first plane as the two halves that UTF-16 has for it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _normal(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


@dataclass(slots=True)
class _Open:
    """A list or map whose end has not been read yet."""

    start: int
    is_map: bool
    flow: bool
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    key: Node | None = None
    lines: dict[str, int] = field(default_factory=dict)
    anchor: str | None = None


class _Builder:
    """Turns the parser's events into nodes, without recursion, noting what scripts do not use."""

    def __init__(self, text: str, file: str, aliases: bool) -> None:
        self.text = text
        self.file = file
        self.aliases = aliases
        self.anchored: dict[str, Node] = {}
        self.problems: list[Problem] = []
        self.line_starts = [0]
        self.line_starts += [index + 1 for index, character in enumerate(text) if character == "\n"]

    def build(self) -> Node | None:
        root: Node | None = None
        stack: list[_Open] = []
        documents = start = end = 0
        try:
            for event in self._events():
                start, end = event.start_mark.index, event.end_mark.index
                if isinstance(event, DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._report("several_documents", start, end)
                        return None
                if isinstance(event, MappingStartEvent | SequenceStartEvent):
                    self._reject_extras(event, start)
                    if len(stack) == DEEPEST:
                        self._report("too_deep", start, start + 1, limit=DEEPEST)
                        return None
                    is_map = isinstance(event, MappingStartEvent)
                    stack.append(_Open(start, is_map, bool(event.flow_style), anchor=event.anchor))
                    continue
                node: Node
                match event:
                    case ScalarEvent():
                        self._reject_extras(event, start)
                        node = self._anchored(event.anchor, self._scalar(event, start, end))
                    case AliasEvent():
                        node = self._alias(event.anchor, start, end)
                    case MappingEndEvent() | SequenceEndEvent():
                        opened = stack.pop()
                        node = self._anchored(opened.anchor, self._close(opened, end))
                    case _:
                        continue
                if stack:
                    self._add(stack[-1], node)
                else:
                    root = node
        except ReaderError as error:
            code = f"U+{error.character:04X}"
            self._report("control_character", error.position, error.position + 1, code=code)
            return None
        except MarkedYAMLError as error:
            self._explain(error)
            return None
        except Exception as error:  # ruamel.yaml stumbles over a few inputs, e.g. "\UFFFFFFFF"
            self._report("yaml_other", end, end + 1, problem=type(error).__name__)
            return None
        if root is None or (isinstance(root, Scalar) and root.empty):
            self._report("empty_file", 0, 1)
            return None
        return root

    def _events(self) -> Iterator[Any]:
        yield from YAML(typ="safe", pure=True).parse(self.text)

    def _explain(self, error: MarkedYAMLError) -> None:
        mistake = syntax.explain(
            self.text,
            problem=error.problem or "",
            at=error.problem_mark.index if error.problem_mark else 0,
            context_at=error.context_mark.index if error.context_mark else None,
        )
        self._report(mistake.message, mistake.start, mistake.end, **mistake.values)

    def _scalar(self, event: ScalarEvent, start: int, end: int) -> Scalar:
        written = self.text[start:end]
        text = event.value.strip("\n") if event.style in {"|", ">"} else event.value
        if event.style == '"' and _UNSEEN.search(text):
            text = _paired(text)
            self._reject_unseen(text, start, end)
        verbatim_from = 0 if written == text else 1 if written[1:-1] == text else None
        kept = written if verbatim_from is None else ""
        return Scalar(text, self._place(start, end), event.style is None, verbatim_from, kept)

    def _reject_unseen(self, text: str, start: int, end: int) -> None:
        """An escape that stands for what neither a page nor a database can hold."""
        if (unseen := _UNSEEN.search(text)) is None:
            return
        code = ord(unseen[0])
        for escape in _ESCAPE.finditer(self.text, start, end):
            digits = escape[1] or escape[2] or escape[3]
            if code == (int(digits, 16) if digits else _SHORT_ESCAPES.get(escape[4])):
                self._report("escape_unseen", *escape.span(), escape=escape[0], code=f"U+{code:04X}")
                return

    def _close(self, opened: _Open, end: int) -> Node:
        if opened.flow:
            place = self._place(opened.start, end)
        elif opened.entries:
            place = opened.entries[0][0].place
        else:
            place = self._place(opened.start, opened.start + 1)
        if opened.is_map:
            return MapNode(tuple(opened.entries), place)
        return ListNode(tuple(opened.items), place)

    def _add(self, parent: _Open, node: Node) -> None:
        if not parent.is_map:
            parent.items.append(self._moved_to_dash(node))
        elif parent.key is None:
            parent.key = node
        else:
            key, parent.key = parent.key, None
            self._add_entry(parent, key, node)

    def _add_entry(self, parent: _Open, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            if not isinstance(key, Broken):
                self._report_at("key_not_word", key.place)
            return
        if key.plain and key.text[:1] in {"\u3000", "\u00a0"}:
            name = key.text.lstrip()
            wide = len(key.text) - len(name)
            self._report_at("wide_indent", key.part(0, wide))
            key = Scalar(name, key.part(wide, len(name)))
        if key.plain and key.text == "<<":
            self._report_at("merge_key", key.place)
            return
        if parent.flow and key.plain and isinstance(value, Scalar) and value.plain and not value.text:
            before = parent.entries[-1][0].text if parent.entries else ""
            if before and ":" not in self._between(key, value):
                self._report_at("comma_in_text", key.place, key=before, word=key.text)
                return
        if key.text in parent.lines:
            self._report_at("duplicate_key", key.place, key=key.text, line=parent.lines[key.text])
            return
        parent.lines[key.text] = key.place.line
        if isinstance(value, Scalar) and value.plain and not value.text:
            value = Scalar("", key.place)  # the parser places nothing at the next word, wherever that is
        parent.entries.append((key, value))

    def _moved_to_dash(self, node: Node) -> Node:
        """An empty list item at its dash instead of at the next word."""
        if isinstance(node, Scalar) and node.plain and not node.text:
            at = self.text.rfind("-", 0, self.line_starts[node.place.line - 1] + node.place.column - 1)
            return Scalar("", self._place(at, at + 1)) if at >= 0 else node
        return node

    def _between(self, key: Scalar, value: Scalar) -> str:
        """What stands between a key and its empty value: nothing, unless there was a colon."""
        start = self.line_starts[key.place.line - 1] + key.place.column - 1 + key.place.length
        end = self.line_starts[value.place.line - 1] + value.place.column - 1
        return self.text[start:end]

    def _anchored(self, anchor: str | None, node: Node) -> Node:
        if anchor is not None:
            self.anchored[anchor] = node
        return node

    def _alias(self, anchor: str, start: int, end: int) -> Node:
        """What the anchor stands at, one and the same node each time; inside itself it is nothing yet."""
        if self.aliases and anchor in self.anchored:
            return self.anchored[anchor]
        self._report("alias", start, end, name=anchor)
        return Broken(self._place(start, end))

    def _reject_extras(self, event: NodeEvent, start: int) -> None:
        if event.anchor is not None and not self.aliases:
            at = self._find("&", start)
            self._report("anchor", at, at + 1 + len(event.anchor), name=event.anchor)
        if getattr(event, "tag", None) is not None:
            at = self._find("!", start)
            end = at + len("".join(self.text[at:].split(maxsplit=1)[:1]))
            self._report("tag", at, end, tag=self.text[at:end])

    def _find(self, mark: str, start: int) -> int:
        """Where a mark stands; line breaks of other scripts make YAML's own position run ahead of it."""
        at = self.text.find(mark, start)
        return at if at >= 0 else max(self.text.rfind(mark, 0, start), 0)

    def _place(self, start: int, end: int) -> Place:
        start = min(start, len(self.text))
        line = bisect_right(self.line_starts, start)
        first_line = self.text[start:end].split("\n", 1)[0].rstrip()
        return Place(line, start - self.line_starts[line - 1] + 1, max(1, len(first_line)))

    def _report(self, message: str, start: int, end: int, **values: str | int) -> None:
        self._report_at(message, self._place(start, end), **values)

    def _report_at(self, message: str, place: Place, **values: str | int) -> None:
        self.problems.append(problem_at(self.file, place, message, **values))
