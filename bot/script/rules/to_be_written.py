"""What a draft leaves for a person to write. Until then nothing can be made of the script."""

from collections.abc import Iterator

from bot.script.messages import language_name
from bot.script.nodes import ListNode, MapNode, Node, Scalar
from bot.script.problems import Problem, problem_at
from bot.script.script import Path, Script


def check(script: Script) -> Iterator[Problem]:
    """Every place that says `to_be_written`, wherever it is."""
    for path, node in _unwritten(script.root, ()):
        part = next((step for step in reversed(path) if isinstance(step, str)), "")
        match path:
            case ("criteria", int(place), "settled_by"):
                known = script.scalar("criteria", place, "id")
                criterion = known.text if known else ""
                yield problem_at(script.file, node.place, "criterion_to_be_written", criterion=criterion)
            case (*_, str(owner), language) if language in script.flow.languages:
                name = language_name(str(language))
                yield problem_at(script.file, node.place, "text_to_be_written", part=owner, language=name)
            case _:
                yield problem_at(script.file, node.place, "part_to_be_written", part=part)


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
