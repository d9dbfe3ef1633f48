"""What came of answers under the version they were given to, and what would come of them under another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.answers import Answer, Skipped
from bot.core.criteria import State
from bot.core.flow import Flow
from bot.core.screening import EarlierFail, Verdict, earlier_fails, screen
from bot.core.versions import still_applies


@dataclass(frozen=True, slots=True)
class Past:
    """A run that ended: its version, the answers that counted, and the day."""

    flow: Flow
    answers: Mapping[str, Answer]
    day: date

    def under(self, flow: Flow) -> dict[str, Answer]:
        """The answers that hold under another version; an answer was given to words, and to no others."""
        return {
            id: answer
            for id, answer in self.answers.items()
            if still_applies(self.flow, flow, id, answer, self.day)
        }


@dataclass(frozen=True, slots=True)
class Replayed:
    """`after` is None where the other version would still have to ask before it can tell."""

    before: Verdict
    after: Verdict | None
    #: The criteria that fare otherwise, as they were and as they would be; None where a version has none such.
    criteria: Mapping[str, tuple[State | None, State | None]]
    #: The questions that would be asked: new ones, those that were not reached, those whose words are others.
    asks: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether anything would be otherwise."""
        return self.before is not self.after or bool(self.criteria)


def replay(past: Past, flow: Flow, earlier: Sequence[Past] = ()) -> Replayed:
    """The same answers under another version, judged on the same day, with the person's earlier runs (X8)."""
    was = screen(past.flow, past.answers, past.day, _fails(earlier, None))
    kept = past.under(flow)
    now = screen(flow, kept, past.day, _fails(earlier, flow))
    states = {
        id: tuple(found[id].state if id in found else None for found in (was.findings, now.findings))
        for id in dict.fromkeys([*was.findings, *now.findings])
    }
    return Replayed(
        before=was.verdict,
        after=now.verdict if now.fails or now.next is None else None,
        criteria={id: (old, new) for id, (old, new) in states.items() if old is not new},
        asks=tuple(_asks(flow, kept, past.day)),
    )


def _fails(earlier: Sequence[Past], flow: Flow | None) -> list[EarlierFail]:
    """The failing answers of earlier runs: under their own versions, or all under another."""
    return [
        fail
        for past in earlier
        for fail in (
            earlier_fails(past.flow, past.answers, past.day)
            if flow is None
            else earlier_fails(flow, past.under(flow), past.day)
        )
    ]


def _asks(flow: Flow, answers: Mapping[str, Answer], day: date) -> Iterator[str]:
    """What would be asked of somebody who skips it all."""
    given = dict(answers)
    while (question := screen(flow, given, day).next) is not None:
        given[question.id] = Skipped()
        yield question.id
