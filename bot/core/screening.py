"""From the answers so far: the next question, the state of every criterion, the verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from bot.core.answers import UNSURE, Answer, Chosen, Skipped
from bot.core.computed import Worked, work_out
from bot.core.criteria import Fail, SettledBy, State
from bot.core.flow import Computed, Flow, Is, Question, Stop
from bot.core.meaning import Finding, findings, flag_of, worst
from bot.core.truth import Truth

CHANGED_ANSWER = "changed_answer"


class Verdict(Enum):
    """The result of a prescreening. Nobody is ever called eligible: only the investigator decides that."""

    LIKELY_MATCH = "likely_match"
    NEEDS_REVIEW = "needs_review"
    NOT_MATCH = "not_match"


@dataclass(frozen=True, slots=True)
class EarlierFail:
    """A failing answer of an earlier run of the same person and study (X8)."""

    criterion: str
    question: str
    answer: Answer
    until: date | None


@dataclass(frozen=True, slots=True)
class Flag:
    """A remark for the coordinator, with the criterion it belongs to."""

    name: str
    criterion: str


@dataclass(frozen=True, slots=True)
class Screening:
    """All that follows from a set of answers. `next` is None when nothing more is asked."""

    asked: tuple[Question, ...]
    next: Question | None
    remaining: int
    findings: Mapping[str, Finding]
    flags: tuple[Flag, ...]
    parts: Mapping[str, Mapping[str, Finding]]
    worked: tuple[Worked, ...] = ()

    @property
    def fails(self) -> dict[str, Fail]:
        """The criteria that fail, and how."""
        return {id: found.fail for id, found in self.findings.items() if found.fail is not None}

    @property
    def open(self) -> tuple[str, ...]:
        """The criteria a coordinator must check."""
        return tuple(id for id, found in self.findings.items() if found.state is State.OPEN)

    @property
    def verdict(self) -> Verdict:
        """`clinician` is never counted as open."""
        if self.fails:
            return Verdict.NOT_MATCH
        return Verdict.NEEDS_REVIEW if self.open else Verdict.LIKELY_MATCH

    @property
    def come_back(self) -> date | None:
        """The day from which every fail has passed; None unless each of them has a date."""
        until = [fail.until for fail in self.fails.values()]
        dates = [day for day in until if day is not None]
        return max(dates) if dates and len(dates) == len(until) else None

    def to_dict(self) -> dict[str, Any]:
        """As it is kept with a run and as `rehearse --json` prints it: codes only, no answers."""
        return {
            "verdict": self.verdict.value,
            "criteria": {id: found.state.value for id, found in self.findings.items()},
            "fails": {id: fail.value for id, fail in self.fails.items()},
            "flags": list(dict.fromkeys(flag.name for flag in self.flags)),
            "asked": [question.id for question in self.asked],
            "come_back": self.come_back.isoformat() if self.come_back else None,
        }

    def position_of(self, question: Question) -> tuple[int, int]:
        """Which question this is, of about how many."""
        ids = [asked.id for asked in self.asked]
        place = ids.index(question.id) + 1 if question.id in ids else len(ids) + 1
        return place, len(ids) + self.remaining


def screen(
    flow: Flow,
    answers: Mapping[str, Answer],
    today: date,
    earlier: Iterable[EarlierFail] = (),
) -> Screening:
    """Judge the answers as a whole: the outcome depends on them alone, not on the order they were given in.

    Answers to questions that do not apply are not looked at (X6). Answers that were given and still apply
    count, also after a fail; only questions without an answer are left out once the script says stop.
    """
    codes: dict[str, frozenset[str]] = {}
    asked: list[Question] = []
    pending: list[Question] = []
    parts: dict[str, Mapping[str, Finding]] = {}
    waiting: set[str] = set()
    unanswered: list[Question] = []
    for question in flow.questions:
        holds = question.ask_if.holds(codes) if question.ask_if else Truth.YES
        if holds is Truth.NO:
            continue
        if holds is Truth.UNKNOWN:
            if question.ask_if and question.ask_if.questions() & waiting:
                waiting.add(question.id)
                unanswered.append(question)
            continue
        answer = answers.get(question.id)
        if answer is None:
            waiting.add(question.id)
            unanswered.append(question)
            pending.append(question)
            continue
        asked.append(question)
        codes[question.id] = codes_of(answer)
        parts[question.id] = findings(question, answer, today)
    on_path = {question.id: answers[question.id] for question in asked}
    worked = tuple(value for each in flow.computed if (value := work_out(each, on_path)))
    half = [c for c in flow.computed if _is_half_known(c, on_path, waiting)]
    still_asked = _after_stop(flow, asked, pending, parts, worked)
    derived = [*(value.findings for value in worked), *(_open_by(each) for each in half)]
    found = _criteria(flow, [*parts.values(), *derived], unanswered)
    flags = _flags(flow, asked, answers, codes)
    flags += [Flag(value.flag, value.computed.criteria[0]) for value in worked if value.flag]
    for fail in earlier:
        if _is_changed(fail, on_path, waiting, found, today):
            found[fail.criterion] = Finding(State.OPEN)
            flags.append(Flag(CHANGED_ANSWER, fail.criterion))
    likely = [q for q in unanswered if q.id not in {p.id for p in pending} and _is_likely(flow, q)]
    return Screening(
        asked=tuple(asked),
        next=still_asked[0] if still_asked else None,
        remaining=len(still_asked) + (len(likely) if still_asked else 0),
        findings=found,
        flags=tuple(dict.fromkeys(flags)),
        parts=parts,
        worked=worked,
    )


def unsure_in_a_row(screening: Screening, answers: Mapping[str, Answer]) -> int:
    """How many of the latest questions were skipped or answered "not sure" (X9)."""
    count = 0
    for question in reversed(screening.asked):
        answer = answers[question.id]
        if not (isinstance(answer, Skipped) or answer == Chosen((UNSURE,))):
            break
        count += 1
    return count


def earlier_fails(flow: Flow, answers: Mapping[str, Answer], today: date) -> tuple[EarlierFail, ...]:
    """The failing answers of a finished run, to be compared with a later one (X8)."""
    result = screen(flow, answers, today)
    said = [(question.id, result.parts[question.id]) for question in result.asked]
    # Of a computed value every answer that went into it failed.
    said += [(id, value.findings) for value in result.worked for id in value.computed.takes.values()]
    return tuple(
        EarlierFail(criterion, question, answers[question], found.fail.until)
        for question, findings in said
        for criterion, found in findings.items()
        if found.fail is not None
    )


def _is_half_known(computed: Computed, answers: Mapping[str, Answer], waiting: set[str]) -> bool:
    """Whether part of what a value is worked out from is known and the rest will never be asked."""
    missing = {id for id in computed.takes.values() if id not in answers}
    return 0 < len(missing) < len(computed.takes) and not missing & waiting


def _open_by(computed: Computed) -> dict[str, Finding]:
    return {criterion: Finding(State.OPEN) for criterion in computed.criteria}


def codes_of(answer: Answer) -> frozenset[str]:
    """What conditions see of an answer."""
    match answer:
        case Chosen(codes):
            return frozenset(codes)
        case Skipped():
            return frozenset({"skip"})
        case _:
            return frozenset()


def _after_stop(
    flow: Flow,
    asked: list[Question],
    pending: list[Question],
    parts: Mapping[str, Mapping[str, Finding]],
    worked: Iterable[Worked],
) -> list[Question]:
    """The unanswered questions that are still asked, given the fails so far and the script's `stop`."""
    by_value = {id for value in worked if value.fails for id in value.computed.takes.values()}
    failed = [q for q in asked if q.id in by_value or any(found.fail for found in parts[q.id].values())]
    if not failed or flow.stop is Stop.ASK_ALL:
        return pending
    if flow.stop is Stop.FIRST_FAIL:
        return []
    return [question for question in pending if question.block in {q.block for q in failed}]


def _criteria(
    flow: Flow,
    parts: list[Mapping[str, Finding]],
    unanswered: list[Question],
) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    for criterion in flow.criteria:
        if criterion.settled_by is not SettledBy.QUESTIONS:
            found[criterion.id] = Finding(State.CLINICIAN)
            continue
        own = [part[criterion.id] for part in parts if criterion.id in part]
        if any(criterion.id in question.criteria for question in unanswered):
            own.append(Finding(State.NOT_ASKED))
        found[criterion.id] = worst(own) if own else Finding(State.NA)
    return found


def _flags(
    flow: Flow,
    asked: list[Question],
    answers: Mapping[str, Answer],
    codes: Mapping[str, frozenset[str]],
) -> list[Flag]:
    flags = []
    for question in asked:
        if name := flag_of(question, answers[question.id]):
            flags.append(Flag(name, question.criteria[0]))
    for cross in flow.flags:
        if cross.when.holds(codes) is Truth.YES:
            flags.append(Flag(cross.flag, cross.criterion))
    return flags


def _is_changed(
    fail: EarlierFail,
    answers: Mapping[str, Answer],
    waiting: set[str],
    found: Mapping[str, Finding],
    today: date,
) -> bool:
    if fail.criterion not in found or fail.question in waiting:
        return False
    expired = fail.until is not None and fail.until <= today
    settled = found[fail.criterion].state not in (State.FAILS, State.NOT_ASKED)
    return settled and not expired and answers.get(fail.question) != fail.answer


def _is_likely(flow: Flow, question: Question) -> bool:
    """Whether most answers to the earlier question lead here; for "of about 28" alone."""
    condition = question.ask_if
    if not isinstance(condition, Is):
        return False
    options = flow.question_by_id[condition.question].options
    leading = [o for o in options if condition.holds({condition.question: frozenset({o.code})}) is Truth.YES]
    return 2 * len(leading) > len(options)
