"""A condition looks only at answers that exist and were given before."""

from collections.abc import Iterator, Mapping

from bot.script.conditions import Mention, Word, mentions
from bot.script.nodes import Scalar
from bot.script.problems import Place, Problem, hint, problem_at
from bot.script.script import Script


def check(script: Script) -> Iterator[Problem]:
    """`ask_if` looks at earlier questions, `when` of a flag at any."""
    positions: dict[str, int] = {}
    for index, question in enumerate(script.flow.questions):
        positions.setdefault(question.id, index)
    places = [("questions", index, "ask_if", index) for index, _ in enumerate(script.flow.questions)]
    places += [
        ("flags", index, "when", len(script.flow.questions)) for index, _ in enumerate(script.flow.flags)
    ]
    for part, index, key, before in places:
        if (node := script.scalar(part, index, key)) is not None:
            for mention in mentions(node.text):
                yield from _question(script, node, mention, positions, before)
                yield from _codes(script, node, mention, positions)


def _question(
    script: Script, node: Scalar, mention: Mention, positions: Mapping[str, int], before: int
) -> Iterator[Problem]:
    """The question exists, comes earlier and has codes."""
    name, place = mention.question.text, _place(node, mention.question)
    position = positions.get(name)
    if position is None:
        earlier = (known for known, at in positions.items() if known and at < before)
        yield problem_at(script.file, place, "condition_unknown", word=name, hint=hint(name, earlier))
    elif position == before:
        yield problem_at(script.file, place, "condition_itself")
    elif position > before:
        line = script.line("questions", position, "id")
        yield problem_at(script.file, place, "condition_later", word=name, line=line)
    if position is None or script.flow.questions[position].options:
        return
    if not script.exists("questions", position, "options"):
        yield problem_at(script.file, place, "condition_no_codes", word=name)


def _codes(script: Script, node: Scalar, mention: Mention, positions: Mapping[str, int]) -> Iterator[Problem]:
    """The codes are answers to the question; where its options could not be read there is nothing to compare."""
    name = mention.question.text
    options = script.flow.questions[positions[name]].options if name in positions else ()
    codes = [option.code for option in options]
    for code in mention.codes:
        if codes and code.text not in codes:
            way_out, place = hint(code.text, codes), _place(node, code)
            yield problem_at(script.file, place, "unknown_code", question=name, word=code.text, hint=way_out)


def _place(node: Scalar, word: Word) -> Place:
    return node.part(word.start, len(word.text))
