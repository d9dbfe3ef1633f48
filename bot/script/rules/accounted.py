"""Every criterion of the protocol is accounted for: asked by a question, or left to somebody."""

from collections.abc import Iterator

from bot.core.criteria import SettledBy
from bot.script.problems import Problem
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """`settled_by: questions` exactly when a question decides it; ids that say what kind it is."""
    asked = {criterion for question in script.flow.questions for criterion in question.criteria}
    for index, criterion in enumerate(script.flow.criteria):
        if _says(script, index, "settled_by", "questions") and criterion.id not in {"", *asked}:
            path = ("criteria", index, "settled_by")
            yield script.problem("criterion_not_asked", path, criterion=criterion.id)
        kind = {"I": "exclusion", "E": "inclusion"}.get(criterion.id[:1], "")
        if _says(script, index, "kind", kind):
            yield script.problem(
                "criterion_kind", ("criteria", index, "kind"), criterion=criterion.id, kind=kind
            )
    for index, question in enumerate(script.flow.questions):
        for place, name in enumerate(question.criteria):
            decided = script.flow.criterion_by_id.get(name)
            if decided is not None and decided.settled_by is not SettledBy.QUESTIONS:
                yield script.problem(
                    "criterion_of_team",
                    ("questions", index, "criteria", place),
                    question=question.id,
                    criterion=name,
                    settled_by=decided.settled_by.value,
                )


def _says(script: Script, index: int, key: str, word: str) -> bool:
    """Whether the script itself says so; what could not be read is not held against it."""
    found = script.scalar("criteria", index, key)
    return found is not None and found.text == word
