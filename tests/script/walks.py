"""Scripts that are walked: the small one made whole, and others written where they are tested."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

from bot.core.answers import Answer
from bot.core.flow import Flow
from bot.core.meaning import erases
from bot.core.screening import screen
from bot.script.compile import Compiled, _flow
from bot.script.nodes import MapNode, read
from bot.script.script import Script
from bot.script.shapes import Log
from bot.script.walk import Walk, walk_script
from bot.script.walk.classes import codes_read, raw_answers
from bot.script.walk.values import telling_apart

TODAY = date(2026, 6, 15)
SMALL = Path(__file__).parent / "small" / "flow.yaml"
FLOWS = Path(__file__).parents[2] / "flows"
SHIPPED = FLOWS / "melasma-exosome" / "flow.yaml"
SAMPLE = FLOWS / "sample-blood-pressure" / "flow.yaml"
_SECTION = re.compile(r"^([a-z_]+):", re.MULTILINE)


def script_of(compiled: Compiled) -> Script:
    assert compiled.script is not None, compiled.report()
    return compiled.script


def script_from(source: str) -> Script:
    """A script as it was read, whatever the rules on words and meanings say of it."""
    root, problems = read(source, "flow.yaml")
    log = Log("flow.yaml", problems)
    assert isinstance(root, MapNode)
    flow = _flow(root, log, "")
    assert log.problems == []
    return Script("flow.yaml", root, flow)


def with_questions(questions: str, **sections: str) -> Script:
    """The small script with other questions, and other sections where they are given."""
    small = SMALL.read_text(encoding="utf-8")
    starts = [*(found.start() for found in _SECTION.finditer(small)), len(small)]
    kept = {small[start:end].split(":", 1)[0]: small[start:end] for start, end in pairwise(starts)}
    kept |= {"questions": f"questions:\n{questions}\n", "flags": ""}
    criteria = sorted(set(re.findall(r"\b[IE][0-9]+\b", questions)))
    kept["criteria"] = "criteria:\n" + "".join(
        f"  - {{id: {id}, kind: {'inclusion' if id[0] == 'I' else 'exclusion'}, text: {{zh: 标准, en: Words}}, "
        "settled_by: questions, reason: {zh: 本人知道, en: People know it}}\n"
        for id in criteria
    )
    kept["notes"] = kept["glossary"] = ""
    kept |= {name: f"{name}:\n{text}\n" for name, text in sections.items()}
    return script_from("".join(kept.values()))


def asks(id: str, criteria: str, means: str, more: str = "", kind: str = "single") -> str:
    """A question in one line of YAML: `asks("a", "E1", "yes: fails, no: meets")`."""
    pairs = dict(part.split(": ") for part in means.split(", "))
    options = ", ".join(f'{{code: "{code}", label: {{zh: {code}, en: {code}}}}}' for code in pairs)
    meanings = ", ".join(f'"{code}": {word}' for code, word in pairs.items())
    lasting = "" if "lasting" in more else ", lasting: permanent"
    return (
        f"  - {{id: {id}, criteria: [{criteria}], kind: {kind}, short: {{zh: {id}, en: {id}}}, "
        f"ask: {{zh: {id}, en: {id}}}, help: {{zh: 无, en: none}}, options: [{options}], "
        f"means: {{{meanings}}}{lasting}{', ' + more if more else ''}}}\n"
    )


def measures(id: str, criterion: str, unit: str, low: int, high: int, more: str = "block: x") -> str:
    """A question for a number in a unit, with one decimal."""
    return (
        f"  - {{id: {id}, criteria: [{criterion}], kind: number, short: {{zh: {id}, en: {id}}}, ask: {{zh: {id}, en: {id}}}, "
        f"help: {{zh: 无, en: none}}, unit: {{zh: {unit}, en: {unit}}}, decimals: 1, valid: {{from: {low}, to: {high}}}, {more}}}\n"
    )


def walk(script: Script) -> Walk:
    return walk_script(script, TODAY)


def told(walk: Walk, language: str = "en") -> list[str]:
    return [problem.text(language) for problem in walk.problems]


def paths_one_by_one(flow: Flow) -> Iterator[Mapping[str, Answer]]:
    """Every conversation without an edit, each by itself: what the walk counts without going there."""
    read = codes_read(flow)
    ways = {
        question.id: [
            raw.answer
            for raw in raw_answers(question, TODAY, read.get(question.id, frozenset()))
            if raw.counts
        ]
        for question in flow.questions
    }
    for value in flow.computed:
        for id, numbers in telling_apart(value, flow.question_by_id).items():
            ways[id] += [number for number, counts in numbers.items() if counts]

    def after(answers: Mapping[str, Answer]) -> Iterator[Mapping[str, Answer]]:
        question = screen(flow, answers, TODAY).next
        for answer in ways[question.id] if question else ():
            more = {**answers, question.id: answer}
            if erases(question, answer):
                yield more
            else:
                yield from after(more)
        if question is None:
            yield answers

    return after({})
