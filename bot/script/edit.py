"""Changes one value of a script and leaves every other character as it was: comments, order, quotes."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.core.answers import Amount
from bot.script.script import Path

#: One value, a text in several languages, or a list of words.
Value = str | Amount | Mapping[str, str] | Sequence[str]

#: Where YAML's own step of indentation is not to be seen, as in this project's scripts.
STEP = 2
#: What a plain value may not begin with, hold, or be (YAML 1.2).
_UNSAFE_START = re.compile(r"[\s\-?:,\[\]{}#&*!|>'\"%@`~=]")
_UNSAFE = re.compile(r": |:$| #|\s$")
#: What can only be written as an escape: what YAML does not take as it is, or takes for the end of a line.
_ODD = re.compile(r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")
_UNSAFE_IN_FLOW = re.compile(r"[,\[\]{}]")
_NOT_A_TEXT = re.compile(
    r"(?i)true|false|yes|no|null|on|off|[-+]?[0-9.,_]+(e[-+]?[0-9]+)?|0[xo][0-9a-f]+|\d{4}-\d.*"
)


@dataclass(eq=False)
class CannotEdit(Exception):
    """The value is not one that can be changed in its place; the file itself has to be edited."""

    path: Path


@dataclass(frozen=True, slots=True)
class Spot:
    """A node, whether it lies in brackets, the column of the mapping or list it belongs to, its key's end."""

    node: Node
    in_flow: bool
    column: int
    key_end: int = -1


def rewritten(source: bytes, change: Callable[[str], str]) -> bytes:
    """A file after a change of its text. It keeps its byte order mark and its line ends, where they are all alike."""
    text = source.decode("utf-8")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    ends = set(re.findall("\r\n|\r|\n", text))
    end = ends.pop() if len(ends) == 1 else "\n"
    return (mark + change(text.removeprefix(mark).replace(end, "\n")).replace("\n", end)).encode()


def set_value(source: str, path: Path, value: Value) -> str:
    """The script with another value at the end of a path; see `set_values`."""
    return set_values(source, {path: value})


def set_values(source: str, values: Mapping[Path, Value]) -> str:
    """The script with other values at the ends of some paths; a key that is not there yet is added to its mapping.

    Everything else stays to the letter. A list in brackets is replaced by a list; a text in several languages is
    added, or put in the place of one value. Raises CannotEdit where a path leads to no such value (a mapping, an
    alias), or the script is not one that can be read.
    """
    root = compose(source, next(iter(values), ()))
    edits: list[tuple[int, int, str]] = []
    added: dict[Path, dict[str, Value]] = {}
    for path, value in values.items():
        key = path[-1]
        if (spot := find(root, path)) is not None:
            edits.append(_replaced(source, spot, value, path))
        elif isinstance(key, str):
            added.setdefault(path[:-1], {})[key] = value
        else:
            raise CannotEdit(path)
    for above, keys in added.items():
        parent = find(root, above)
        if parent is None or not isinstance(parent.node, MappingNode):
            raise CannotEdit((*above, next(iter(keys))))
        edits.append(_added(source, parent, keys))
    changed = source
    for start, end, written in sorted(edits, reverse=True):
        changed = changed[:start] + written + changed[end:]
    return _sure(root, changed, values)


def remove_key(source: str, path: Path) -> str:
    """The script without a key of a mapping and its value; CannotEdit where it is the only one."""
    root = compose(source, path)
    parent = find(root, path[:-1])
    if parent is None or not isinstance(parent.node, MappingNode):
        raise CannotEdit(path)
    pairs = parent.node.value
    found = [place for place, (key, _) in enumerate(pairs) if key.value == path[-1]]
    if not found or len(pairs) == 1:
        raise CannotEdit(path)
    if parent.node.flow_style:
        place = found[0]
        start, end = pairs[place][0].start_mark.index, pairs[place][1].end_mark.index
        if place == 0:
            end = pairs[1][0].start_mark.index
        else:
            start = pairs[place - 1][1].end_mark.index
        return _sure(root, source[:start] + source[end:], {path: None})
    start = source.rfind("\n", 0, pairs[found[0]][0].start_mark.index) + 1
    if source[start : pairs[found[0]][0].start_mark.index].strip(" "):
        raise CannotEdit(path)  # the first key of a list item stands behind its dash
    end = line_end(source, end_of(source, pairs[found[0]][1], parent.node.start_mark.column))
    return _sure(root, source[:start] + source[end:], {path: None})


def values(source: str) -> Iterator[tuple[Path, str]]:
    """Every single value of a script with the path to it."""
    yield from _values(compose(source, ()), ())


def _values(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    match node:
        case MappingNode():
            for key, value in node.value:
                yield from _values(value, (*path, key.value))
        case SequenceNode():
            for place, item in enumerate(node.value):
                yield from _values(item, (*path, place))
        case _:
            yield path, str(node.value)


def compose(source: str, path: Path) -> Node:
    """The root of a script; CannotEdit where it cannot be read, or a part of it has a name to be repeated by.

    A few lines of aliases are billions of values once they are followed.
    """
    try:
        root: Node | None = YAML(pure=True).compose(source)
    except Exception:
        raise CannotEdit(path) from None
    if root is None or any(node.anchor for node in nodes(root)):
        raise CannotEdit(path)
    return root


def nodes(root: Node) -> Iterator[Node]:
    """Every node, until one has an anchor: before that, none comes twice."""
    left = [root]
    while left:
        node = left.pop()
        yield node
        match node:
            case MappingNode():
                left += [inner for pair in node.value for inner in pair]
            case SequenceNode():
                left += node.value


def find(root: Node, path: Path) -> Spot | None:
    """What stands at the end of a path."""
    spot = Spot(root, False, 0)
    for step in path:
        match spot.node:
            case MappingNode():
                pair = next(((key, value) for key, value in spot.node.value if key.value == step), None)
                inner, key_end = (pair[1], pair[0].end_mark.index) if pair else (None, -1)
                column = spot.node.start_mark.column
            case SequenceNode() if isinstance(step, int):
                inner, key_end = (spot.node.value[step] if step < len(spot.node.value) else None), -1
                column = spot.node.start_mark.column
            case _:
                return None
        if inner is None:
            return None
        flow = spot.in_flow or bool(spot.node.flow_style)
        spot = Spot(inner, flow, column, key_end)
    return spot


def _replaced(source: str, spot: Spot, value: Value, path: Path) -> tuple[int, int, str]:
    """Which characters go, and what comes for them."""
    node = spot.node
    in_brackets = isinstance(node, SequenceNode) and bool(node.flow_style)
    is_list = not isinstance(value, str | int | Decimal | Mapping)
    if (not isinstance(node, ScalarNode) and not (in_brackets and is_list)) or node.anchor:
        raise CannotEdit(path)
    start, end = node.start_mark.index, end_of(source, node, spot.column)
    rest_of_line = source[end : line_end(source, end)].strip()
    written = _written(
        value, node.style if isinstance(node, ScalarNode) else None, spot, followed=bool(rest_of_line)
    )
    if start == end:  # nothing stood there; where, the reader does not know
        if spot.key_end < 0:
            raise CannotEdit(path)
        start = end = source.index(":", spot.key_end) + 1
        written = f" {written}"
    return start, end, written


def end_of(source: str, node: Node, column: int) -> int:
    """Where the last character of a node lies. A mark may be far behind it, after comments and blank lines."""
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        start: int = node.start_mark.index
        return start + len(_block_text(source[start:], column))
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        inner = last[1] if isinstance(node, MappingNode) else last
        return end_of(source, inner, node.start_mark.column)
    return int(node.end_mark.index)


def _block_text(text: str, column: int) -> str:
    """A block value from its mark on: its first line, and every line that is blank or lies deeper."""
    lines = text.split("\n")
    count = 1
    while count < len(lines) and (not lines[count].strip() or _depth(lines[count]) > column):
        count += 1
    while count > 1 and not lines[count - 1].strip():
        count -= 1
    return "\n".join(lines[:count])


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _added(source: str, parent: Spot, keys: Mapping[str, Value]) -> tuple[int, int, str]:
    """Where keys of a mapping that are new are written, and how."""
    mapping = parent.node
    assert isinstance(mapping, MappingNode)
    if parent.in_flow or mapping.flow_style:
        closing = mapping.end_mark.index - 1
        inside = source[:closing].rstrip()
        comma = "" if inside.endswith(("{", ",")) else ", "
        spot = Spot(mapping, True, 0)
        pairs = ", ".join(f"{key}: {_written(value, None, spot)}" for key, value in keys.items())
        return len(inside), closing, comma + pairs
    column = mapping.start_mark.column
    end = line_end(source, end_of(source, mapping, column))
    lines = "".join(
        f"{line}\n" for key, value in keys.items() for line in _lines(key, value, column, mapping)
    )
    return end, end, lines if source[:end].endswith("\n") else f"\n{lines}"


def _lines(key: str, value: Value, column: int, mapping: MappingNode) -> Iterator[str]:
    """A key and its value as lines of their own."""
    margin, spot = " " * column, Spot(mapping, False, column)
    if not isinstance(value, Mapping):
        yield f"{margin}{key}: {_written(value, None, spot)}"
        return
    yield f"{margin}{key}:"
    inner = Spot(mapping, False, column + STEP)
    for name, words in value.items():
        yield f"{' ' * inner.column}{name}: {_written(words, None, inner)}"


def line_end(source: str, index: int) -> int:
    """Behind the end of the line that something ends in."""
    end = source.find("\n", index)
    return len(source) if end < 0 else end + 1


def _written(value: Value, style: str | None, spot: Spot, followed: bool = False) -> str:
    """A value as YAML, in the manner of the one it replaces where that can be.

    `followed`: something stands behind it in its line, such as a comment, which a block would take in.
    """
    inside = Spot(spot.node, True, spot.column)
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{name}: {_written(words, None, inside)}" for name, words in value.items()) + "}"
        )
    if not isinstance(value, str):
        return "[" + ", ".join(_written(word, None, inside) for word in value) + "]"
    text = value.strip("\n")
    if _ODD.search(text):
        return _quoted(text)
    if "\n" in text:
        lines = text.split("\n")
        if spot.in_flow or followed or text[0].isspace() or any(line != line.rstrip() for line in lines):
            return _quoted(text)
        deeper = " " * (spot.column + STEP)
        return "|-\n" + "\n".join(f"{deeper}{line}" if line else "" for line in lines)
    plain = not (
        not text
        or _UNSAFE_START.match(text)
        or _UNSAFE.search(text)
        or (spot.in_flow and _UNSAFE_IN_FLOW.search(text))
        or _NOT_A_TEXT.fullmatch(text)
    )
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    return text if plain and style != '"' else _quoted(text)


def _quoted(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c) or (_escape(c) if _ODD.match(c) else c) for c in text) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _expected(path: Path, value: Value | None) -> dict[Path, str]:
    """The single values that should stand at the end of a path."""
    match value:
        case None:
            return {}
        case str() | int() | Decimal():
            return {path: str(value).strip("\n")}
        case Mapping():
            return {(*path, name): words.strip("\n") for name, words in value.items()}
        case _:
            return {(*path, place): word for place, word in enumerate(value)}


def _sure(before: Node, changed: str, values: Mapping[Path, Value | None]) -> str:
    """The changed script, when nothing but those values differs; else CannotEdit."""
    at_stake = set(values)
    expected = {
        place: text
        for place, text in _values(before, ())
        if not any(place[:length] in at_stake for length in range(len(place) + 1))
    }
    for path, value in values.items():
        expected |= _expected(path, value)
    found = dict(_values(compose(changed, next(iter(values), ())), ()))
    if found != expected:
        differs = (path for path in values if found.get(path) != expected.get(path))
        raise CannotEdit(next(differs, next(iter(values))))
    return changed
