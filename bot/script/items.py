"""Puts an item into a list of a script, takes one out or moves it; every other character stays as it was."""

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from bot.script.edit import CannotEdit, compose, end_of, find, line_end, nodes
from bot.script.script import Path

#: What a part of a script says, wherever it stands.
Said = tuple[object, ...]


def moved(source: str, path: Path, by: int) -> str:
    """The item at the end of a path, one place up (`by` -1) or down (1). CannotEdit where there is no such place."""
    source = _whole(source)
    node, index = _list_of(source, path)
    other = index + by
    if not 0 <= other < len(node.value):
        raise CannotEdit(path)
    first, second = sorted((index, other))
    (start, end), (start_after, end_after) = (_extent(source, node, place) for place in (first, second))
    between = source[end:start_after]
    changed = (
        source[:start] + source[start_after:end_after] + between + source[start:end] + source[end_after:]
    )
    wanted = _items(source, path[:-1])
    wanted[first], wanted[second] = wanted[second], wanted[first]
    return _sure(changed, path[:-1], wanted)


def removed(source: str, path: Path) -> str:
    """Without the item at the end of a path. CannotEdit where it is the only one, or the list stands in brackets."""
    node, index = _list_of(source, path)
    if len(node.value) == 1:
        raise CannotEdit(path)
    start, end = _extent(source, node, index)
    wanted = _items(source, path[:-1])
    del wanted[index]
    return _sure(source[:start] + source[end:], path[:-1], wanted)


def added(source: str, path: Path, lines: str) -> str:
    """With an item behind the one at the end of a path; `lines` is the item as it stands behind its dash."""
    source = _whole(source)
    node, index = _list_of(source, path)
    _, end = _extent(source, node, index)
    margin = " " * _dash_column(source, node)
    first, *more = lines.split("\n")
    item = "".join(f"{line}\n" for line in (f"{margin}- {first}", *(f"{margin}  {line}" for line in more)))
    blank = "\n" if more else ""
    wanted = _items(source, path[:-1])
    wanted.insert(index + 1, _items(item, ())[0])
    return _sure(source[:end] + blank + item + source[end:], path[:-1], wanted)


def _list_of(source: str, path: Path) -> tuple[SequenceNode, int]:
    spot = find(compose(source, path), path[:-1])
    index = path[-1]
    if (
        spot is None
        or not isinstance(spot.node, SequenceNode)
        or spot.node.flow_style
        or not isinstance(index, int)
        or not 0 <= index < len(spot.node.value)
    ):
        raise CannotEdit(path)
    return spot.node, index


def _dash_column(source: str, node: SequenceNode) -> int:
    start: int = node.start_mark.index
    return start - (source.rfind("\n", 0, start) + 1)


def _sure(changed: str, path: Path, wanted: list[Said]) -> str:
    """The changed script, when its list holds what it should."""
    if _items(changed, path) != wanted:
        raise CannotEdit(path)
    return changed


def _whole(source: str) -> str:
    """With an end to its last line."""
    return source if source.endswith("\n") else f"{source}\n"


def _extent(source: str, node: SequenceNode, place: int) -> tuple[int, int]:
    """The whole lines of an item, with the comment right above its dash, which speaks of it."""
    item: Node = node.value[place]
    column = _dash_column(source, node)
    start = source.rfind("\n", 0, item.start_mark.index) + 1
    while source[start : start + column + 1].strip(" ") != "-":  # the dash may stand in a line of its own
        start = source.rfind("\n", 0, start - 1) + 1
    end = line_end(source, end_of(source, item, column))
    while (above := source.rfind("\n", 0, start - 1) + 1) < start:
        if not source[above:start].startswith(" " * column + "#"):
            break
        start = above
    return start, end


def _items(source: str, path: Path) -> list[Said]:
    """What a list holds. CannotEdit where it is none, or cannot be read."""
    root = compose(source, path)
    spot = find(root, path)
    if spot is None or not isinstance(spot.node, SequenceNode) or any(map(_has_twins, nodes(root))):
        raise CannotEdit(path)
    return [_said(item) for item in spot.node.value]


def _has_twins(node: Node) -> bool:
    """Whether a key stands in a mapping twice: which one is meant, nobody knows."""
    keys = [str(key.value) for key, _ in node.value] if isinstance(node, MappingNode) else []
    return len(set(keys)) < len(keys)


def _said(node: Node) -> Said:
    match node:
        case MappingNode():
            return "map", *((_said(key), _said(value)) for key, value in node.value)
        case SequenceNode():
            return "list", *map(_said, node.value)
        case _:
            return node.tag, node.value
