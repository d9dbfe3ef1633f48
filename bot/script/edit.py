"""Changes one value of a script and leaves every other character as it was: comments, order, quotes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.script.script import Path

#: One value, a text in several languages, or a list of words.
Value = str | int | Mapping[str, str] | Sequence[str]

#: Where YAML's own step of indentation is not to be seen, as in this project's scripts.
STEP = 2
#: What a plain value may not begin with, hold, or be (YAML 1.2).
_UNSAFE_START = re.compile(r"[\s\-?:,\[\]{}#&*!|>'\"%@`~=]")
_UNSAFE = re.compile(r": |:$| #|[\x00-\x1f\x7f\u2028\u2029]|\s$")
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


def set_value(source: str, path: Path, value: Value) -> str:
    """The script with another value at the end of a path; a key that is not there yet is added to its mapping.

    Everything else stays to the letter. A list in brackets is replaced by a list, a text in several languages only
    added. Raises CannotEdit where the path leads to no such value (a mapping, an alias), or the script is not one that
    can be read.
    """
    root = compose(source, path)
    parent = find(root, path[:-1])
    spot = find(root, path)
    if spot is not None:
        changed = _replaced(source, spot, value, path)
    elif parent is not None and isinstance(path[-1], str) and isinstance(parent.node, MappingNode):
        changed = _added(source, parent, path[-1], value)
    else:
        raise CannotEdit(path)
    return _sure(root, changed, path, value)


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
        return _sure(root, source[:start] + source[end:], path, None)
    start = source.rfind("\n", 0, pairs[found[0]][0].start_mark.index) + 1
    if source[start : pairs[found[0]][0].start_mark.index].strip(" "):
        raise CannotEdit(path)  # the first key of a list item stands behind its dash
    end = line_end(source, end_of(source, pairs[found[0]][1], parent.node.start_mark.column))
    return _sure(root, source[:start] + source[end:], path, None)


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
    """The root of a script; CannotEdit where it cannot be read."""
    try:
        root: Node | None = YAML(pure=True).compose(source)
    except Exception:
        raise CannotEdit(path) from None
    if root is None:
        raise CannotEdit(path)
    return root


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


def _replaced(source: str, spot: Spot, value: Value, path: Path) -> str:
    node = spot.node
    in_brackets = isinstance(node, SequenceNode) and bool(node.flow_style)
    is_list = not isinstance(value, str | int | Mapping)
    if (
        (not isinstance(node, ScalarNode) and not (in_brackets and is_list))
        or isinstance(value, Mapping)
        or node.anchor
    ):
        raise CannotEdit(path)
    start, end = node.start_mark.index, end_of(source, node, spot.column)
    written = _written(value, node.style if isinstance(node, ScalarNode) else None, spot)
    if start == end:  # nothing stood there; where, the reader does not know
        if spot.key_end < 0:
            raise CannotEdit(path)
        start = end = source.index(":", spot.key_end) + 1
        written = f" {written}"
    return source[:start] + written + source[end:]


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


def _added(source: str, parent: Spot, key: str, value: Value) -> str:
    mapping = parent.node
    assert isinstance(mapping, MappingNode)
    if parent.in_flow or mapping.flow_style:
        closing = mapping.end_mark.index - 1
        inside = source[:closing].rstrip()
        comma = "" if inside.endswith(("{", ",")) else ", "
        spot = Spot(mapping, True, 0)
        return f"{inside}{comma}{key}: {_written(value, None, spot)}{source[closing:]}"
    column = mapping.start_mark.column
    end = line_end(source, end_of(source, mapping, column))
    head = source[:end] if source[:end].endswith("\n") else source[:end] + "\n"
    if isinstance(value, Mapping):
        lines = [f"{' ' * column}{key}:"]
        inner = Spot(mapping, False, column + STEP)
        lines += [
            f"{' ' * inner.column}{name}: {_written(words, None, inner)}" for name, words in value.items()
        ]
    else:
        lines = [f"{' ' * column}{key}: {_written(value, None, Spot(mapping, False, column))}"]
    return head + "".join(f"{line}\n" for line in lines) + source[end:]


def line_end(source: str, index: int) -> int:
    """Behind the end of the line that something ends in."""
    end = source.find("\n", index)
    return len(source) if end < 0 else end + 1


def _written(value: Value, style: str | None, spot: Spot) -> str:
    """A value as YAML, in the manner of the one it replaces where that can be."""
    inside = Spot(spot.node, True, spot.column)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{name}: {_written(words, None, inside)}" for name, words in value.items()) + "}"
        )
    if not isinstance(value, str):
        return "[" + ", ".join(_written(word, None, inside) for word in value) + "]"
    text = value.strip("\n")
    if "\n" in text and not spot.in_flow:
        deeper = " " * (spot.column + STEP)
        return "|-\n" + "\n".join(f"{deeper}{line}".rstrip() for line in text.split("\n"))
    plain = not (
        not text
        or _UNSAFE_START.match(text)
        or _UNSAFE.search(text)
        or (spot.in_flow and _UNSAFE_IN_FLOW.search(text))
        or _NOT_A_TEXT.fullmatch(text)
    )
    if style == "'" and not re.search(r"[\x00-\x1f\x7f]", text):
        return "'" + text.replace("'", "''") + "'"
    return text if plain and style != '"' else _quoted(text)


def _quoted(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return (
        '"'
        + "".join(escapes.get(c) or (f"\\u{ord(c):04x}" if not c.isprintable() else c) for c in text)
        + '"'
    )


def _sure(before: Node, changed: str, path: Path, value: Value | None) -> str:
    """The changed script, when nothing but that value differs; else CannotEdit."""
    expected = {place: text for place, text in _values(before, ()) if place[: len(path)] != path}
    match value:
        case None:
            pass
        case str() | int():
            expected[path] = str(value).strip("\n")
        case Mapping():
            expected |= {(*path, name): words.strip("\n") for name, words in value.items()}
        case _:
            expected |= {(*path, place): word for place, word in enumerate(value)}
    if dict(_values(compose(changed, path), ())) != expected:
        raise CannotEdit(path)
    return changed
