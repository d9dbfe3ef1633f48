"""An answer set that no question uses."""

from collections.abc import Iterator

from bot.script.nodes import MapNode
from bot.script.problems import Problem, problem_at
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """Compares the sets with the `options` of the questions."""
    used = set()
    for index, _ in enumerate(script.flow.questions):
        if (name := script.scalar("questions", index, "options")) is not None:
            used.add(name.text)
    sets = script.node("answer_sets")
    if isinstance(sets, MapNode) and script.exists("answer_sets"):
        for name, _ in sets.entries:
            if name.text not in used:
                yield problem_at(script.file, name.place, "unused_answer_set", word=name.text)
