"""The answer classes of a question: what it can be answered with, and what nothing can tell apart."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

from bot.core.answers import Answer, Chosen, Number, Period, Skipped, add_months, amount, month_period, number
from bot.core.flow import Condition, Flow, Is, Kind, Question, Window, step
from bot.core.meaning import EARLIEST, Finding, erases, findings, flag_of
from bot.core.screening import codes_of

#: So many options of a question have every set of them looked at; with more, options of one meaning stand for another.
ALL_SETS_UP_TO = 10
#: So many numbers are looked at one by one; of a wider range those around its limits.
ALL_NUMBERS_UP_TO = 400
#: A window's days are looked at one by one this far on either side of its limit.
_AROUND = timedelta(days=62)

Signature = tuple[frozenset[str], tuple[tuple[str, Finding], ...], str | None, bool]


@dataclass(frozen=True, slots=True)
class Raw:
    """One answer. `counts`: it is a way to answer of its own (an option, a range, a side of a window)."""

    answer: Answer
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Class:
    """Answers that nothing can tell apart: one of them, and how many ways to answer it stands for."""

    answer: Answer
    ways: int
    codes: frozenset[str]
    findings: Mapping[str, Finding]
    flag: str | None
    erases: bool

    @property
    def fails(self) -> bool:
        """Whether a criterion fails by it."""
        return any(found.fail for found in self.findings.values())


def raw_answers(question: Question, today: date, codes_read: frozenset[str] = frozenset()) -> Iterator[Raw]:
    """Everything a question can be answered with, Skip last."""
    match question.kind:
        case Kind.MULTI:
            for codes in _sets(question, codes_read):
                yield Raw(Chosen(codes))
        case Kind.NUMBER:
            yield from _numbers(question)
        case _:
            for option in question.options:
                yield Raw(Chosen((option.code,)))
            if question.window is not None:
                yield from _periods(question.window, today)
    yield Raw(Skipped())


def _sets(question: Question, codes_read: frozenset[str]) -> Iterator[tuple[str, ...]]:
    codes = [option.code for option in question.options]
    if len(codes) > ALL_SETS_UP_TO:
        # Of options with one meaning two are enough: a third changes nothing that the second did not.
        alike: dict[object, int] = {}
        codes = []
        for option in question.options:
            own = option.code if option.code in codes_read else ""
            key = (tuple(sorted(option.means.items())), option.code in question.exclusive, own)
            alike[key] = alike.get(key, 0) + 1
            if alike[key] <= 2:
                codes.append(option.code)
    for size in range(1, len(codes) + 1):
        yield from combinations(codes, size)


def _numbers(question: Question) -> Iterator[Raw]:
    if question.valid is None:
        return
    low, high = question.valid
    one = step(question.decimals)
    ends = {low, high}
    for part in question.ranges:
        ends |= {
            max(low, low if part.low is None else part.low),
            min(high, high if part.high is None else part.high),
        }
    cuts = sorted(end for end in ends if low <= end <= high)
    firsts = {max(low, low if part.low is None else part.low) for part in question.ranges}
    near = {value + away for value in cuts for away in (-one, 0, one) if low <= value + away <= high}
    count = int((high - low) / one)
    values = [low + place * one for place in range(count + 1)] if count <= ALL_NUMBERS_UP_TO else sorted(near)
    for value in values:
        yield Raw(number(value), counts=value in firsts)
        if value < high:
            yield Raw(Number(amount(value), amount(value + one)), counts=False)
    for start, end in combinations(sorted(near), 2):
        yield Raw(Number(amount(start), amount(end)), counts=False)


def limit_of(window: Window, today: date) -> date:
    """The last day that lies far enough back."""
    day = add_months(today, -window.months) - timedelta(window.days)
    while window.passes_on(day + timedelta(1)) <= today:
        day += timedelta(1)
    return day


def _periods(window: Window, today: date) -> Iterator[Raw]:
    """Days and months around the limit and up to today, every month and year before, spans between."""
    limit = max(limit_of(window, today), EARLIEST)
    counted = {limit - timedelta(1), limit, limit + timedelta(1), today}
    days = {EARLIEST, today - timedelta(1), *counted}
    for away in range(-_AROUND.days, _AROUND.days + 1):
        days |= {limit + timedelta(away), today + timedelta(away)}
    days = {day for day in days if EARLIEST <= day <= today}
    for day in sorted(days):
        yield Raw(Period(day, day), counts=day in counted)
    marks = sorted(day for day in (EARLIEST, *counted, today - timedelta(1)) if EARLIEST <= day <= today)
    for start, end in combinations(marks, 2):
        yield Raw(Period(start, end), counts=False)
    for year in range(EARLIEST.year, today.year + 1):
        yield Raw(Period(date(year, 1, 1), date(year, 12, 31)), counts=False)
        for month in range(1, 13):
            period = month_period(year, month)
            if period.start <= today:
                yield Raw(period, counts=period.start <= limit < period.end)


def signature(question: Question, answer: Answer, today: date, codes_read: frozenset[str]) -> Signature:
    """All that anything later can see of an answer."""
    found = tuple(sorted(findings(question, answer, today).items()))
    return (
        codes_of(answer) & codes_read,
        found,
        flag_of(question, answer),
        erases(question, answer),
    )


def merged(
    question: Question,
    raws: Iterable[Raw],
    today: date,
    codes_read: frozenset[str],
    apart: Container[Answer] = (),
) -> tuple[Class, ...]:
    """One answer for all that look the same; of days that differ in the come-back date the first and the last.

    `apart`: numbers that a value tells apart, given first; those that look like them are represented by them.
    """
    found: dict[tuple[Signature, Answer | None], Class] = {}
    represented: set[Signature] = set()
    for raw in raws:
        seen = signature(question, raw.answer, today, codes_read)
        codes, findings, flag, erased = seen
        own = raw.answer if raw.answer in apart else None
        if own is not None:
            represented.add(seen)
        elif seen in represented:
            continue
        old = found.get((seen, own))
        ways = (old.ways if old else 0) + raw.counts
        answer = old.answer if old and (old.ways or not raw.counts) else raw.answer
        found[seen, own] = Class(answer, ways, codes, dict(findings), flag, erased)
    return tuple(_without_middle_days(found.values()))


def _without_middle_days(classes: Iterable[Class]) -> Iterator[Class]:
    """Days are only compared with each other, so the nearest and the farthest stand for those between."""
    by_day: dict[date, list[Class]] = {}
    for each in classes:
        days = [found.fail.until for found in each.findings.values() if found.fail and found.fail.until]
        if days:
            by_day.setdefault(max(days), []).append(each)
        else:
            yield each
    ways = sum(each.ways for same in by_day.values() for each in same)
    for day in sorted({min(by_day), max(by_day)}) if by_day else ():
        for each in by_day[day]:
            yield replace(each, ways=ways)
            ways = 0


def codes_read(flow: Flow) -> dict[str, frozenset[str]]:
    """Question -> its codes that some condition looks at."""
    read: dict[str, frozenset[str]] = {}
    conditions = [question.ask_if for question in flow.questions if question.ask_if]
    for condition in (*conditions, *(flag.when for flag in flow.flags)):
        for look in looks(condition):
            read[look.question] = read.get(look.question, frozenset()) | look.codes
    return read


def looks(condition: Condition) -> Iterator[Is]:
    """The single comparisons of a condition."""
    if isinstance(condition, Is):
        yield condition
    else:
        for part in condition.parts:
            yield from looks(part)
