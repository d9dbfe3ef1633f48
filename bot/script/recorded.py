"""A conversation that was tried, as a rehearsal."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.core.answers import Answer, from_value
from bot.core.flow import Flow
from bot.core.run import RecordedAnswer, effective
from bot.script.cases import Case
from bot.script.rehearsal import kept_answers, result
from bot.script.written import expectation

_ID = re.compile(r"^- *\{?\s*id: *[\"']?(tried-[0-9]+)\b", re.MULTILINE)


def recorded(flow: Flow, record: Sequence[RecordedAnswer], id: str, today: date) -> Case:
    """The answers and edits of a run, and what comes out of them: a person judges whether it should.

    A rehearsal makes its edits at the end. Where the same edits would then lead elsewhere, the answers that count
    in the end stand alone.
    """
    final = effective(record)
    first: dict[str, Answer] = {}
    edits: list[tuple[str, Answer]] = []
    for line in record:
        if line.value is None:
            continue
        answer = from_value(line.value)
        if line.question in first:
            edits.append((line.question, answer))
        else:
            first[line.question] = answer
    language = record[-1].language if record else flow.languages[0]
    case = Case(id, language, first, tuple(edits), today)
    if kept_answers(flow, case, today) != final:
        case = Case(id, language, final, today=today)
    found = result(flow, case, today)
    decided = {
        criterion for criterion, state in found.to_dict()["criteria"].items() if state in ("fails", "open")
    }
    return replace(case, expect=expectation(found, decided))


def new_id(texts: Iterable[str]) -> str:
    """A name that no case of these files has: tried-1, tried-2, …"""
    taken = {name for text in texts for name in _ID.findall(text)}
    number = 1
    while f"tried-{number}" in taken:
        number += 1
    return f"tried-{number}"
