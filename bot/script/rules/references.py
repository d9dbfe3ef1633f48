"""What a script refers to exists in it."""

from collections.abc import Iterator
from dataclasses import replace

from bot.script.nodes import ListNode, Scalar
from bot.script.problems import Problem, hint, hint_criterion, problem_at, unquoted
from bot.script.script import Path, Script
from bot.script.shapes import wide_items


def check(script: Script) -> Iterator[Problem]:
    """Criteria named by questions, computed values, notes and flags; codes named as exclusive."""
    for index, question in enumerate(script.flow.questions):
        yield from _criteria(script, ("questions", index, "criteria"))
        yield from _criteria(script, ("questions", index, "linked"))
        for item in _items(script, ("questions", index, "linked")):
            if item.text in question.criteria:
                yield problem_at(script.file, item.place, "linked_and_decided", word=item.text)
        codes = [option.code for option in question.options]
        for item in _items(script, ("questions", index, "exclusive")):
            if codes and item.text not in codes:
                way_out = hint(item.text, codes)
                yield problem_at(
                    script.file,
                    item.place,
                    "unknown_code",
                    question=question.id,
                    word=item.text,
                    hint=way_out,
                )
    for index, _ in enumerate(script.flow.computed):
        yield from _criteria(script, ("computed", index, "criteria"))
    for index, _ in enumerate(script.flow.notes):
        yield from _criteria(script, ("notes", index, "criteria"))
    for index, _ in enumerate(script.flow.flags):
        yield from _criteria(script, ("flags", index, "criterion"))


def _criteria(script: Script, path: Path) -> Iterator[Problem]:
    known = script.flow.criterion_by_id
    for item in _items(script, path):
        if item.text not in known:
            yield problem_at(
                script.file,
                item.place,
                "unknown_criterion",
                word=item.text,
                hint=hint_criterion(item.text, known),
            )


def _items(script: Script, path: Path) -> Iterator[Scalar]:
    """The words at a path: those of a list, or the only one."""
    if not script.exists(*path):
        return
    node = script.node(*path)
    for item in node.items if isinstance(node, ListNode) else wide_items(node) or (node,):
        if isinstance(item, Scalar) and not item.empty and not item.unwritten:
            yield replace(item, text=unquoted(item.text))
