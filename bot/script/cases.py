"""The cases of a rehearsal: YAML or JSON in, answers and expectations out, and everything that is wrong with them.

A file is a list of cases `{id, language?, answers?, edits?, today?, expect?}`; shipped ones also say what they are
`like` and what was said `earlier`. Answers to questions that are not reached are ignored; one to a question that the
flow does not have is a mistake.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.core.answers import SKIP, Answer, Chosen, Number, Period, Skipped, amount, from_value, number
from bot.core.criteria import Lasting, State
from bot.core.flow import Flow, Kind, Question
from bot.core.inputs import Unclear
from bot.core.meaning import EARLIEST
from bot.core.screening import CHANGED_ANSWER, Verdict
from bot.core.text import Text
from bot.script import messages
from bot.script.nodes import Broken, ListNode, MapNode, Node, Scalar, decode, read
from bot.script.problems import NOWHERE, Problem, hint, in_file_order, render, short
from bot.script.shapes import (
    Fields,
    Keys,
    Log,
    Shape,
    T,
    distinct,
    fields,
    list_items,
    mapping_of,
    maybe_empty,
    scalar,
    whole,
    word_among,
)

MOST_BYTES = 8 * 1024 * 1024
#: The days a case can take place on: answers begin with the first, and time windows reach beyond the last.
FIRST_DAY, LAST_DAY = EARLIEST, date(2199, 12, 31)
#: Keys for whoever reads the case; the program does not look at them.
REMARKS = ("about", "note", "because", "why", "comment")

CASE = Keys(
    messages.A_CASE,
    required=("id",),
    optional=("language", "like", "answers", "edits", "today", "earlier", "expect", *REMARKS),
)
EDIT = Keys(messages.AN_EDIT, required=("id", "value"))
EARLIER = Keys(messages.EARLIER, required=("answers", "today"))
EXPECT = Keys(
    messages.EXPECT,
    required=(),
    optional=("verdict", "criteria", "open", "fails", "flags", "come_back", "asked"),
)
#: The keys of an answer that is known to lie between two.
SPANS = {Kind.NUMBER: ("min", "max"), Kind.DATE: ("start", "end")}

_NUMBER = re.compile("-?[0-9]{1,18}([.][0-9]{1,6})?")
_WHOLE_ID = re.compile("0|-?[1-9][0-9]{0,999}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE = re.compile("[0-9]{4}(-[0-9]{2}){0,2}")

Id = int | str
#: What is said to a question; a day that no calendar has is not understood.
Reply = Answer | Unclear
Replies = Mapping[str, Reply]


@dataclass(frozen=True, slots=True)
class Case:
    """Answers somebody gives after consent, and what staff expect of them."""

    id: Id
    language: str
    answers: Replies
    edits: tuple[tuple[str, Reply], ...] = ()
    today: date | None = None
    earlier: tuple[Replies, date] | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cases:
    """What became of the files. Nothing is walked while there are problems."""

    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]

    def report(self, language: str = "en") -> str:
        """Every problem with its line, for people."""
        return "\n".join(
            render(problem, self.sources.get(problem.file, "").split("\n"), language)
            for problem in self.problems
        )


def read_cases(paths: Iterable[Path], flow: Flow) -> Cases:
    """The cases of the files, in order; always returns, with every problem of every file."""
    reading = _Reading(flow)
    for path in paths:
        reading.take(path)
    return reading.cases()


def day_of(text: str) -> date | None:
    """The day behind `YYYY-MM-DD`, if a case can take place on it."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


@dataclass(frozen=True, slots=True)
class _Written:
    """A case as it is written, before it is known what it is like."""

    id: Id | None
    found: Fields
    own: Replies

    @property
    def where(self) -> str:
        """The file, and the line where there are lines."""
        line = self.found.place.line
        return f"{self.found.log.file}:{line}" if line else self.found.log.file


class _Reading:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._question = word_among(flow.question_by_id, "unknown_question")
        self._answer_to = {question.id: answer_to(question) for question in flow.questions}
        self._answers: Shape[Replies] = _by_name(self._answer_to, "unknown_question")
        self._expectation = _expectation(flow)
        self._written: list[_Written] = []
        self._first: dict[str, _Written] = {}
        self._logs: list[Log] = []
        self._sources: dict[str, str] = {}

    def take(self, path: Path) -> None:
        """One file; what cannot be read as a case is reported."""
        file = str(path)
        log = self._log(file)
        try:
            text, problems = decode(path.read_bytes(), file)
        except OSError as problem:
            log.report("unreadable_file", NOWHERE, problem=problem.strerror or type(problem).__name__)
            return
        self._sources[file] = text
        root = None
        if not problems and (root := _json(text)) is None:
            root, problems = read(text, file, most_bytes=MOST_BYTES, aliases=True)
        log.problems += problems
        if root is None or (isinstance(root, ListNode) and not root.items):
            return
        for place, node in enumerate(list_items(root, log) or (), 1):
            self._take_case(node, file, place)

    def _log(self, file: str) -> Log:
        self._logs.append(Log(file))
        return self._logs[-1]

    def _take_case(self, node: Node, file: str, place: int) -> None:
        log = self._log(file)
        if node.place is NOWHERE:  # JSON has no lines to name
            name = node.get("id") if isinstance(node, MapNode) else None
            log.file = f"{file}: {short(name.text) if isinstance(name, Scalar) else f'#{place}'}"
        found = fields(node, log, CASE)
        id = _id(found.values["id"], log) if "id" in found.values else None
        own = found.read("answers", _or_nothing(self._answers))
        written = _Written(id, found, own or {})
        self._written.append(written)
        if id is not None and (first := self._first.setdefault(str(id), written)) is not written:
            where = {"zh": first.where, "en": first.where}  # a path is not cut
            log.report("case_twice", found.values["id"].place, word=str(id), where=where)

    def cases(self) -> Cases:
        """Everything that was taken, put together."""
        like = _or_nothing(word_among(self._first, "unknown_case"))
        cases = tuple(self._case(written, like) for written in self._written)
        problems = [problem for log in self._logs for problem in log.problems]
        files = {problem.file: None for problem in problems}
        ordered = [in_file_order(p for p in problems if p.file == file) for file in files]
        return Cases(cases, tuple(problem for each in ordered for problem in each), self._sources)

    def _case(self, written: _Written, like: Shape[str]) -> Case:
        found = written.found
        base = found.read("like", like)
        return Case(
            id="" if written.id is None else written.id,
            language=found.read("language", _or_nothing(word_among(self._flow.languages))) or "zh",
            answers={**(self._first[base].own if base else {}), **written.own},
            edits=found.read("edits", _or_nothing(maybe_empty(self._edits))) or (),
            today=found.read("today", _or_nothing(_day)),
            earlier=found.read("earlier", _or_nothing(self._earlier)),
            expect=found.read("expect", _or_nothing(self._expectation)) or {},
        )

    def _edits(self, node: Node, log: Log) -> tuple[tuple[str, Reply], ...]:
        edits: list[tuple[str, Reply]] = []
        for item in list_items(node, log) or ():
            found = fields(item, log, EDIT)
            question = found.read("id", self._question)
            if question is None or "value" not in found.values:
                continue
            if (answer := self._answer_to[question](found.values["value"], log)) is not None:
                edits.append((question, answer))
        return tuple(edits)

    def _earlier(self, node: Node, log: Log) -> tuple[Replies, date] | None:
        found = fields(node, log, EARLIER)
        answers, day = found.read("answers", self._answers), found.read("today", _day)
        return None if answers is None or day is None else (answers, day)


def _json(text: str) -> Node | None:
    """The nodes of JSON, which have no places; None if it is something else, or better explained as YAML."""

    def pairs(entries: list[tuple[str, Any]]) -> Node:
        if len({key for key, _ in entries}) < len(entries):
            raise ValueError("a key is there twice")
        return MapNode(
            tuple((Scalar(key, NOWHERE, plain=False), node(value)) for key, value in entries), NOWHERE
        )

    def plain(text: str) -> Node:
        return Scalar(text, NOWHERE)

    def node(value: Any) -> Node:
        match value:
            case str():
                return Scalar(value, NOWHERE, plain=False)
            case list():
                return ListNode(tuple(map(node, value)), NOWHERE)
            case True | False | None:
                return plain({True: "true", False: "false", None: "null"}[value])
        found: Node = value
        return found

    try:
        return node(
            json.loads(
                text, object_pairs_hook=pairs, parse_int=plain, parse_float=plain, parse_constant=plain
            )
        )
    except (ValueError, RecursionError):
        return None


def answer_to(question: Question) -> Shape[Reply]:
    """An answer as the interface writes it: a number, a code, codes, a day or a month, or skip.

    A number outside the valid range and a day to come are answers too; the conversation does not take them.
    """
    codes = tuple(option.code for option in question.options)
    several = distinct(word_among(codes, "unknown_answer", question=question.id))

    def read(node: Node, log: Log) -> Reply | None:
        answer: Reply | None = None
        match node:
            case Broken():
                return None  # reported
            case ListNode(items) if items and question.kind is Kind.MULTI:
                found = several(node, log)
                return Chosen(found) if found else None
            case MapNode() if question.kind in SPANS:
                answer = _span(question, node)
            case Scalar():
                answer = _answer(question, node.text.strip())
        if answer is None:
            word = _written(node)
            right = _answer_hint(question, word, (*codes, SKIP))
            log.report("unknown_answer", node.place, question=question.id, word=word, hint=right)
        return answer

    return read


def _written(node: Node) -> str:
    """A value in short, as its author would know it again."""
    match node:
        case Scalar(text):
            return text
        case ListNode(items):
            return "[…]" if items else "[]"
        case _:
            return "{…}"


def _answer(question: Question, text: str) -> Reply | None:
    if text == SKIP:
        return Skipped()
    if question.option(text):
        return Chosen((text,))
    if question.kind is Kind.NUMBER and _NUMBER.fullmatch(text):
        return number(amount(text))
    if question.kind is Kind.DATE and _DATE.fullmatch(text):
        try:
            return from_value(text)
        except ValueError:
            return Unclear()
    return None


def _span(question: Question, node: MapNode) -> Answer | None:
    """`{min, max}` or `{start, end}`: what is known to lie between two."""
    ends = [node.get(end) for end in SPANS[question.kind]]
    if len(node.entries) != len(ends):
        return None
    match [_answer(question, end.text) for end in ends if isinstance(end, Scalar)]:
        case [Number(low, _), Number(_, high)]:
            return Number(low, high)
        case [Period(start, _), Period(_, last)]:
            return Period(start, last)
    return None


def _answer_hint(question: Question, word: str, codes: Sequence[str]) -> Text:
    match question.kind:
        case Kind.NUMBER if question.decimals:
            return {
                "zh": f"请写一个数，例如 65.5，或者写：{'、'.join(codes)}。",
                "en": f"write a number such as 65.5, or one of: {', '.join(codes)}",
            }
        case Kind.NUMBER:
            return {
                "zh": f"请写整数，例如 36，或者写：{'、'.join(codes)}。",
                "en": f"write a whole number such as 36, or one of: {', '.join(codes)}",
            }
        case Kind.DATE:
            return {
                "zh": f"请写日期或月份，例如 2026-03-05、2026-03，或者写：{'、'.join(codes)}。",
                "en": f"write a day such as 2026-03-05 or a month such as 2026-03, or one of: {', '.join(codes)}",
            }
        case _:
            return hint(word, codes)


def _expectation(flow: Flow) -> Shape[dict[str, Any]]:
    """What staff expect: a verdict alone, or any part of the result. No come_back is written null."""
    verdict = word_among([verdict.value for verdict in Verdict])
    criterion = word_among([criterion.id for criterion in flow.criteria], "unknown_criterion")
    question = word_among([question.id for question in flow.questions], "unknown_question")
    state = word_among([state.value for state in State])
    spans = [span for question in flow.questions for span in question.ranges]
    spans += [span for value in flow.computed for span in value.ranges]
    flags = [span.flag for span in spans if span.flag]
    flags += [*(flag.flag for flag in flow.flags), CHANGED_ANSWER]

    def asked(node: Node, log: Log) -> int | tuple[str, ...] | None:
        if isinstance(node, Scalar):
            return whole(0, len(flow.questions))(node, log)
        return maybe_empty(distinct(question))(node, log)

    shapes: dict[str, Shape[Any]] = {
        "verdict": verdict,
        "criteria": _by_name({criterion.id: state for criterion in flow.criteria}, "unknown_criterion"),
        "open": maybe_empty(distinct(criterion)),
        "fails": _by_name({criterion.id: _how for criterion in flow.criteria}, "unknown_criterion"),
        "flags": maybe_empty(distinct(word_among(flags))),
        "come_back": _or_nothing(_iso_day),
        "asked": asked,
    }

    def read(node: Node, log: Log) -> dict[str, Any]:
        if isinstance(node, Scalar):
            return {"verdict": verdict(node, log)}
        found = fields(node, log, EXPECT)
        return {key: found.read(key, shape) for key, shape in shapes.items() if key in found.values}

    return read


def _how(node: Node, log: Log) -> str | None:
    """How a criterion fails: a word, or the day it passes."""
    if isinstance(node, Scalar) and (day := day_of(node.text)) is not None:
        return day.isoformat()
    return word_among((*(lasting.value for lasting in Lasting), "2026-12-31"))(node, log)


def _iso_day(node: Node, log: Log) -> str | None:
    found = _day(node, log)
    return None if found is None else found.isoformat()


def _day(node: Node, log: Log) -> date | None:
    found = scalar(node, log, messages.A_DAY)
    if found is None:
        return None
    if (day := day_of(found.text)) is None:
        log.report("not_a_day", found.place, word=found.text)
    return day


def _id(node: Node, log: Log) -> Id | None:
    """A number stays a number, so that a case comes back under the id it was given."""
    found = scalar(node, log, messages.A_WORD)
    if found is None:
        return None
    if found.plain and _WHOLE_ID.fullmatch(found.text):
        return int(found.text)
    # Half a character, as "\ud83d" alone is, could not be printed.
    return found.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _by_name(shapes: Mapping[str, Shape[T]], message: str) -> Shape[dict[str, T]]:
    """Values under known names, each of its own shape."""
    known = word_among(tuple(shapes), message)

    def read(node: Node, log: Log) -> dict[str, T] | None:
        mapping = mapping_of(node, log)
        found: dict[str, T] = {}
        for name, value in mapping.entries if mapping else ():
            if known(name, log) is not None and (part := shapes[name.text](value, log)) is not None:
                found[name.text] = part
        return found

    return read


def _or_nothing(shape: Shape[T]) -> Shape[T]:
    """A value that may be left empty."""

    def read(node: Node, log: Log) -> T | None:
        return None if isinstance(node, Scalar) and node.empty else shape(node, log)

    return read
