"""A condition looks only at answers that exist and were given before."""

from collections.abc import Iterator

from bot.script.conditions import Word, mentions
from bot.script.nodes import Scalar
from bot.script.problems import Place, Problem, hint, problem_at
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """`ask_if` looks at earlier questions, `when` of a flag at any."""
    ids = [question.id for question in script.flow.questions]
    for index, _ in enumerate(ids):
        if (node := script.scalar("questions", index, "ask_if")) is not None:
            yield from _check(script, node, index)
    for index, _ in enumerate(script.flow.flags):
        if (node := script.scalar("flags", index, "when")) is not None:
            yield from _check(script, node, len(ids))


def _check(script: Script, node: Scalar, before: int) -> Iterator[Problem]:
    ids = [question.id for question in script.flow.questions]
    for mention in mentions(node.text):
        name = mention.question.text
        place = _place(node, mention.question)
        if name not in ids:
            yield problem_at(
                script.file,
                place,
                "condition_unknown",
                word=name,
                hint=hint(name, filter(None, ids[:before])),
            )
            continue
        position = ids.index(name)
        if position == before:
            yield problem_at(script.file, place, "condition_itself")
        elif position > before:
            line = script.line("questions", position, "id")
            yield problem_at(script.file, place, "condition_later", word=name, line=line)
        codes = [option.code for option in script.flow.questions[position].options]
        if not codes and not script.exists("questions", position, "options"):
            yield problem_at(script.file, place, "condition_no_codes", word=name)
        for code in mention.codes:
            if codes and code.text not in codes:
                way_out, at = hint(code.text, codes), _place(node, code)
                yield problem_at(script.file, at, "unknown_code", question=name, word=code.text, hint=way_out)


def _place(node: Scalar, word: Word) -> Place:
    return node.part(word.start, len(word.text))
