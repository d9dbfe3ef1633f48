"""A second opinion on what answers mean for the criteria, read from the script's text once more.

Written independently of the engine on purpose: it takes nodes instead of the compiled flow, has its own reading of
conditions, its own logic of what is unknown and its own calendar. Where the two differ, one of them is wrong.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from bot.core.answers import Amount, Answer, Chosen, Number, Period
from bot.script.nodes import ListNode, MapNode, Node, Scalar

#: What an answer says of a criterion: a word, for `fails` also how long, and the day it passes.
Says = tuple[str, str, tuple[int, int, int] | None]
#: A fail of an earlier run (X8): the criterion, the question, what was answered, the day it has passed.
Earlier = tuple[str, str, Answer, date | None]
_MEETS: Says = ("meets", "", None)
_OPEN: Says = ("open", "", None)
_ORDER = {"fails": 0, "open": 1, "not_asked": 2, "meets": 3, "na": 4}
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS = {"days": 1, "weeks": 7}
_PART = re.compile(r"\s*(\w+)\s*(=|!=|in|not\s+in)\s*\[?([\w\s,]+?)\]?\s*")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from answers, in plain values."""

    asked: tuple[str, ...]
    next: str | None
    off: frozenset[str]
    criteria: Mapping[str, str]
    fails: Mapping[str, str]
    verdict: str
    come_back: str | None
    flags: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Look:
    """One part of a condition: whether an answer is among the codes, or is not."""

    question: str
    codes: frozenset[str]
    wanted: bool


@dataclass(frozen=True, slots=True)
class When:
    """A whole condition; `every`: all parts must hold, else one is enough."""

    looks: tuple[Look, ...]
    every: bool

    def holds(self, codes: Mapping[str, frozenset[str]]) -> bool | None:
        """None: it looks at an answer that there is not."""
        found = [
            None
            if look.question not in codes
            else (not codes[look.question].isdisjoint(look.codes)) is look.wanted
            for look in self.looks
        ]
        settles = not self.every
        if settles in found:
            return settles
        return None if None in found else self.every


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers with one meaning."""

    low: Fraction | float
    high: Fraction | float
    says: Mapping[str, Says]
    erases: bool
    flag: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value worked out from answers as the text has it, its ranges in order."""

    formula: str
    takes: Mapping[str, str]
    criteria: tuple[str, ...]
    spans: tuple[Span, ...]

    def says(self, answers: Mapping[str, Answer]) -> Mapping[str, Says]:
        """What the answers to all its questions say of the criteria; nothing when one of them is no number."""
        ends = self._ends(answers)
        return said_between(self.spans, *ends, self.criteria) if ends else {}

    def remark(self, answers: Mapping[str, Answer]) -> str:
        """The flag that goes with the value."""
        ends = self._ends(answers)
        return remark_at(self.spans, ends[1]) if ends else ""

    def is_half_known(self, answered: Iterable[str], waiting: Iterable[str]) -> bool:
        """Whether a part of it was answered and the rest will not be asked."""
        there = {*answered} & {*self.takes.values()}
        missing = {*self.takes.values()} - there
        return bool(there and missing) and missing.isdisjoint(waiting)

    def _ends(self, answers: Mapping[str, Answer]) -> tuple[Fraction, Fraction] | None:
        given = {term: answers.get(question) for term, question in self.takes.items()}
        numbers = {term: answer for term, answer in given.items() if isinstance(answer, Number)}
        return _FORMULAS[self.formula](numbers) if len(numbers) == len(given) else None


@dataclass(frozen=True, slots=True)
class Item:
    """A question as the text has it. A criterion that an answer leaves to a follow-up is not in what it says.

    `own`: the criteria of which a number speaks by itself; of the others a value worked out from it does.
    """

    id: str
    criteria: tuple[str, ...]
    own: tuple[str, ...]
    block: str
    when: When | None
    options: Mapping[str, Mapping[str, Says]]
    exclusive: frozenset[str]
    spans: tuple[Span, ...]
    months: int
    days: int
    lasting: str

    def says(self, answer: Answer, today: date) -> Mapping[str, Says]:
        """What an answer says of the criteria."""
        match answer:
            case Chosen(codes):
                if len(codes) > 1 and any(code in self.exclusive for code in codes):
                    return dict.fromkeys(self.criteria, _OPEN)
                return worst_of(self.options[code] for code in codes)
            case Number(low, high):
                return said_between(self.spans, low, high, self.own)
            case Period(start, end):
                now = (today.year, today.month, today.day)
                first, last = (self._passes(day) for day in (start, end))
                if last <= now:
                    return dict.fromkeys(self.criteria, _MEETS)
                if first > now:
                    return dict.fromkeys(self.criteria, ("fails", self.lasting, last))
        return dict.fromkeys(self.criteria, _OPEN)

    def remark(self, answer: Answer) -> str:
        """The flag that goes with a number."""
        return remark_at(self.spans, answer.high) if isinstance(answer, Number) else ""

    def erases(self, answer: Answer) -> bool:
        """Whether it is a minor's age."""
        return isinstance(answer, Number) and any(
            span.erases and span.low <= answer.low and answer.high <= span.high for span in self.spans
        )

    def _passes(self, day: date) -> tuple[int, int, int]:
        """When the time has passed that the window asks for."""
        if not self.days:
            return later(day, self.months)
        passed = date.fromordinal(day.toordinal() + self.days)
        return (passed.year, passed.month, passed.day)


def said_between(
    spans: Sequence[Span], low: Amount | Fraction, high: Amount | Fraction, criteria: Iterable[str]
) -> Mapping[str, Says]:
    """What an interval says. What lies between the end of one span and the start of the next belongs to both."""
    ends = [None, *(span.high for span in spans)], [*(span.low for span in spans[1:]), None]
    touched = [
        span
        for span, before, after in zip(spans, *ends, strict=False)
        if (before is None or high > before) and (after is None or low < after)
    ]
    words = [{criterion: said[0] for criterion, said in span.says.items()} for span in touched]
    if all(each == words[0] for each in words):
        return worst_of(span.says for span in touched)
    return dict.fromkeys(criteria, _OPEN)


def remark_at(spans: Sequence[Span], number: Amount | Fraction) -> str:
    """The flag of the span a number lies in."""
    return next((span.flag for span in spans if span.low <= number <= span.high), "")


def _bmi(terms: Mapping[str, Number]) -> tuple[Fraction, Fraction]:
    """Kilograms over the square of the height in meters; a span has its least value where one is tall and light."""
    weight, height = terms["weight"], terms["height"]
    tall, short = (Fraction(centimeters) / 100 for centimeters in (height.high, height.low))
    return Fraction(weight.low) / (tall * tall), Fraction(weight.high) / (short * short)


_FORMULAS: Mapping[str, Callable[[Mapping[str, Number]], tuple[Fraction, Fraction]]] = {"bmi": _bmi}


def later(day: date, months: int) -> tuple[int, int, int]:
    """The same day some calendar months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 29 if leap and month == 1 else _MONTHS[month]
    return (year, month + 1, min(day.day, longest))


def worst_of(parts: Iterable[Mapping[str, Says]]) -> dict[str, Says]:
    """By criterion the worst that is said; of fails the one that holds longest."""
    found: dict[str, Says] = {}
    for part in parts:
        for criterion, said in part.items():
            if criterion not in found or _rank(said) < _rank(found[criterion]):
                found[criterion] = said
    return found


def _rank(said: Says) -> tuple[int, int, int, tuple[int, ...]]:
    """Smaller is worse."""
    word, lasting, until = said
    holds = tuple(-part for part in until) if until else ()
    return (_ORDER[word], 0 if lasting == "permanent" else 1, 1 if until else 0, holds)


class Opinion:
    """The script, as its text says it."""

    def __init__(self, root: Node) -> None:
        text = _plain(root)
        sets = text.get("answer_sets") or {}
        values = text.get("computed") or ()
        self.items = tuple(_item(question, sets, values) for question in text["questions"])
        self.values = {value["id"]: _value(value) for value in values}
        self.stop = (text.get("settings") or {}).get("stop") or "first_fail"
        #: Criterion -> whether questions settle it.
        self.criteria = {each["id"]: each["settled_by"] == "questions" for each in text["criteria"]}
        self.flags = tuple(
            (each["flag"], _when(each["when"]), each["criterion"]) for each in text.get("flags") or ()
        )
        self.item = {item.id: item for item in self.items}

    def of(self, questions: frozenset[str], criteria: frozenset[str]) -> "Opinion":
        """The same on a part of the script."""
        part = object.__new__(Opinion)
        part.items = tuple(item for item in self.items if item.id in questions)
        part.stop = self.stop
        part.criteria = {id: asked for id, asked in self.criteria.items() if id in criteria}
        part.flags = tuple(
            flag for flag in self.flags if {look.question for look in flag[1].looks} <= questions
        )
        part.values = {id: value for id, value in self.values.items() if questions >= {*value.takes.values()}}
        part.item = {item.id: item for item in part.items}
        return part

    def judge(self, answers: Mapping[str, Answer], today: date, earlier: Iterable[Earlier] = ()) -> Outcome:
        """What follows from answers; those to questions that do not apply are not looked at."""
        codes: dict[str, frozenset[str]] = {}
        asked: list[Item] = []
        waits: dict[str, bool] = {}  # unanswered question -> whether it can be asked now
        for item in self.items:
            holds = item.when.holds(codes) if item.when else True
            if holds is None and item.when and any(look.question in waits for look in item.when.looks):
                waits[item.id] = False
            elif holds:
                if item.id in answers:
                    asked.append(item)
                    codes[item.id] = codes_of(answers[item.id])
                else:
                    waits[item.id] = True
        said = {item.id: item.says(answers[item.id], today) for item in asked}
        given = {item.id: answers[item.id] for item in asked}
        by_value = {id: value.says(given) for id, value in self.values.items()}
        half = [value for value in self.values.values() if value.is_half_known(given, waits)]
        criteria: dict[str, str] = {}
        fails: dict[str, Says] = {}
        worst = worst_of(
            [*said.values(), *by_value.values(), *(dict.fromkeys(value.criteria, _OPEN) for value in half)]
        )
        left = {criterion for item in self.items if item.id in waits for criterion in item.criteria}
        for criterion, by_questions in self.criteria.items():
            own = worst.get(criterion)
            word = own[0] if own else "na"
            if criterion in left and _ORDER[word] > _ORDER["not_asked"]:
                word = "not_asked"
            criteria[criterion] = word if by_questions else "clinician"
            if own and word == "fails" and by_questions:
                fails[criterion] = own
        flags = {(remark, item.criteria[0]) for item in asked if (remark := item.remark(answers[item.id]))}
        flags |= {
            (remark, value.criteria[0]) for value in self.values.values() if (remark := value.remark(given))
        }
        flags |= {(name, criterion) for name, when, criterion in self.flags if when.holds(codes) is True}
        for criterion, question, answer, until in earlier:
            now = answers[question] if question in codes else None
            passed = until is not None and until <= today
            settled = criteria.get(criterion) not in (None, "fails", "not_asked")
            if settled and question not in waits and now != answer and not passed:
                criteria[criterion] = "open"
                flags.add(("changed_answer", criterion))
        return Outcome(
            asked=tuple(item.id for item in asked),
            next=self._next(waits, said, by_value),
            off=frozenset(self.item) - {*codes, *waits},
            criteria=criteria,
            fails={criterion: _how(found) for criterion, found in fails.items()},
            verdict=verdict_of(criteria.values()),
            come_back=come_back_of(fails.values()),
            flags=frozenset(flags),
        )

    def _next(
        self,
        waits: Mapping[str, bool],
        said: Mapping[str, Mapping[str, Says]],
        by_value: Mapping[str, Mapping[str, Says]],
    ) -> str | None:
        failed = [id for id, found in said.items() if _fails(found)]
        for id, found in by_value.items():
            failed += self.values[id].takes.values() if _fails(found) else ()
        blocks = {self.item[id].block for id in failed}
        for id, now in waits.items():
            if now and (
                not blocks
                or self.stop == "ask_all"
                or (self.stop == "end_of_block" and self.item[id].block in blocks)
            ):
                return id
        return None


def codes_of(answer: Answer) -> frozenset[str]:
    """What conditions see of an answer: its codes; a number or a day has none."""
    return frozenset(answer.codes) if isinstance(answer, Chosen) else frozenset()


def verdict_of(words: Iterable[str]) -> str:
    """One fail is enough; else one open point."""
    words = set(words)
    return "not_match" if "fails" in words else "needs_review" if "open" in words else "likely_match"


def come_back_of(fails: Iterable[Says]) -> str | None:
    """The last of the days, if every fail has one."""
    days = [until for _, _, until in fails]
    known = sorted(day for day in days if day)
    return "{:04}-{:02}-{:02}".format(*known[-1]) if known and len(known) == len(days) else None


def _fails(found: Mapping[str, Says]) -> bool:
    return any(word == "fails" for word, _, _ in found.values())


def _how(said: Says) -> str:
    _, lasting, until = said
    return "{:04}-{:02}-{:02}".format(*until) if until else lasting


def _plain(node: Node) -> Any:
    """Keys, lists and words; a script with errors, where something is broken, is not walked."""
    if isinstance(node, MapNode):
        return {key.text: _plain(value) for key, value in node.entries}
    if isinstance(node, ListNode):
        return [_plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return None if node.empty else node.text


def _item(text: Mapping[str, Any], sets: Mapping[str, Any], values: Iterable[Mapping[str, Any]]) -> Item:
    options = text.get("options") or ()
    shared = text.get("means") or {}
    window = text.get("window") or {}
    worked_out = {
        criterion
        for value in values
        for criterion in value["criteria"]
        if text["id"] in value["from"].values()
    }
    own = [criterion for criterion in text["criteria"] if criterion not in worked_out]
    return Item(
        id=text["id"],
        criteria=tuple(text["criteria"]),
        own=tuple(own),
        block=text.get("block") or "",
        when=_when(text["ask_if"]) if text.get("ask_if") else None,
        options={
            option["code"]: _says(option.get("means") or shared.get(option["code"]), option, text, own)
            for option in (sets[options] if isinstance(options, str) else options)
        },
        exclusive=frozenset(text.get("exclusive") or ()),
        spans=_spans(text, own),
        months=int(window.get("months", 0)),
        days=sum(int(window.get(unit, 0)) * days for unit, days in _DAYS.items()),
        lasting=text.get("lasting") or "temporary",
    )


def _value(text: Mapping[str, Any]) -> Value:
    criteria = tuple(text["criteria"])
    return Value(text["formula"], text["from"], criteria, _spans(text, criteria))


def _spans(text: Mapping[str, Any], criteria: Iterable[str]) -> tuple[Span, ...]:
    spans = [
        Span(
            low=_limit(span.get("from"), "-inf"),
            high=_limit(span.get("to"), "inf"),
            says=_says(span["means"], span, text, criteria),
            erases=span.get("erases") == "true",
            flag=span.get("flag") or "",
        )
        for span in text.get("ranges") or ()
    ]
    return tuple(sorted(spans, key=lambda span: span.low))


def _limit(text: str | None, none: str) -> Fraction | float:
    return Fraction(text) if text else float(none)


def _says(
    means: Any, part: Mapping[str, Any], whole: Mapping[str, Any], criteria: Iterable[str]
) -> dict[str, Says]:
    """One word for every criterion, or one for each; how long a fail lasts is said of the part or of the whole."""
    words = means if isinstance(means, dict) else dict.fromkeys(criteria, means)
    lasting = part.get("lasting") or whole.get("lasting") or "permanent"
    return {
        criterion: (word, lasting if word == "fails" else "", None)
        for criterion, word in words.items()
        if word != "next"
    }


def _when(text: str) -> When:
    words = re.split(r"\s(and|or)\s", text)
    looks = []
    for part in words[::2]:
        found = _PART.fullmatch(part)
        assert found, part
        codes = frozenset(code.strip() for code in found[3].split(","))
        looks.append(Look(found[1], codes, found[2] in ("=", "in")))
    return When(tuple(looks), every="or" not in words[1::2])
