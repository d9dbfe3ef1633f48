"""What a draft leaves for a person to write. Until then nothing can be made of the script."""

from collections.abc import Iterator, Sequence

from bot.script.messages import language_name
from bot.script.nodes import ListNode, MapNode, Node, Scalar
from bot.script.problems import Problem, problem_at
from bot.script.script import Path, Script


def check(script: Script) -> Iterator[Problem]:
    """Every place that says `to_be_written`, wherever it is."""
    for path, node in _unwritten(script.root, ()):
        match path:
            case ("criteria", int(), "settled_by"):
                criterion = _id(script, path)
                yield problem_at(script.file, node.place, "criterion_to_be_written", criterion=criterion)
            case (*owner, language) if owner and language in script.flow.languages:
                part, name = _named(script, owner), language_name(str(language))
                yield problem_at(script.file, node.place, "text_to_be_written", part=part, language=name)
            case _:
                yield problem_at(script.file, node.place, "part_to_be_written", part=_named(script, path))


def _named(script: Script, path: Sequence[str | int]) -> str:
    """What a part is called: the key it stands under, and which criterion, question or note it belongs to."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    owner = _id(script, path) if len(path) > 2 else ""
    return f"{owner}: {key}" if owner else str(key)


def _id(script: Script, path: Sequence[str | int]) -> str:
    node = script.scalar(*path[:2], "id")
    return node.text if node and not node.unwritten else ""


def _unwritten(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    match node:
        case MapNode(entries):
            for name, value in entries:
                yield from _unwritten(value, (*path, name.text))
        case ListNode(items):
            for place, item in enumerate(items):
                yield from _unwritten(item, (*path, place))
        case Scalar() if node.unwritten:
            yield path, node
