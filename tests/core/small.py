"""Small scripts written where they are tested, and somebody who walks through one."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.core.answers import Answer
from bot.core.conversation import Conversation
from bot.core.criteria import Criterion, Lasting, SettledBy, State
from bot.core.engine import Context, Engine, Turn
from bot.core.events import AnswerRecorded, AnswerRemoved, Event
from bot.core.flow import (
    Condition,
    CrossFlag,
    Flow,
    Is,
    Kind,
    Meaning,
    Option,
    Question,
    Range,
    Stop,
    Study,
    Window,
)
from bot.core.inputs import Commanded, Input, Tapped
from bot.core.screening import EarlierFail
from bot.core.text import Text

TODAY = date(2026, 6, 15)
ENGINE = Engine()


def words(text: str) -> Text:
    return {"zh": text, "en": text}


def meaning(words: str) -> Meaning:
    """`meets`, `open`, `na`, `fails` (for good), `fails temporary`, or `next`: only a follow-up tells."""
    state, _, lasting = words.partition(" ")
    if state == "next":
        return Meaning(State.NOT_ASKED)
    found = State(state)
    return Meaning(found, Lasting(lasting or "permanent") if found is State.FAILS else None)


def means(criteria: tuple[str, ...], text: str) -> dict[str, Meaning]:
    """The same for every criterion, or by criterion: `E2:open I1:meets`."""
    if ":" in text:
        return {id: meaning(word) for id, word in (part.split(":") for part in text.split())}
    return {id: meaning(text) for id in criteria}


def asks(
    id: str,
    criteria: str = "E1",
    options: Mapping[str, str] | None = None,
    kind: Kind = Kind.SINGLE,
    linked: str = "",
    **more: Any,
) -> Question:
    """A question: `asks("pregnant", "E4", {"yes": "fails", "no": "meets"})`."""
    decides = tuple(criteria.split())
    return Question(
        id=id,
        kind=kind,
        criteria=decides,
        linked=tuple(linked.split()),
        ask=words(f"{id}?"),
        help=words(f"{id} help"),
        short=words(id),
        options=tuple(
            Option(code, words(code), means(decides, text)) for code, text in (options or {}).items()
        ),
        **more,
    )


def asks_age(criteria: str = "I1") -> Question:
    """As the first trial asks: 18 to 60, both included."""

    def span(low: int | None, high: int | None, text: str, **more: Any) -> Range:
        return Range(low, high, means((criteria,), text), **more)

    return asks(
        "age",
        criteria,
        kind=Kind.NUMBER,
        valid=(1, 120),
        ranges=(
            span(None, 17, "fails temporary", erases=True),
            span(18, 59, "meets"),
            span(60, 60, "meets", flag="near_limit"),
            span(61, None, "fails"),
        ),
    )


def asks_last(id: str = "last", criteria: str = "E5", months: int = 12, **more: Any) -> Question:
    """A date that must lie some months back."""
    window = Window(months, Lasting.TEMPORARY)
    return asks(id, criteria, {"current": "fails temporary"}, Kind.DATE, window=window, **more)


def flow(
    *questions: Question,
    id: str = "small",
    stop: Stop = Stop.FIRST_FAIL,
    flags: tuple[CrossFlag, ...] = (),
    clinician: str = "",
) -> Flow:
    """A flow of these questions, with a criterion for each they decide or show, and those left to the team."""
    decided = dict.fromkeys(c for question in questions for c in (*question.criteria, *question.linked))
    left = clinician.split()
    return Flow(
        id=id,
        languages=("zh", "en"),
        study=Study(words(id), words("site"), "P-1"),
        criteria=tuple(
            Criterion(
                code,
                code.startswith("I"),
                words(code),
                SettledBy.VISIT if code in left else SettledBy.QUESTIONS,
                words("reason"),
            )
            for code in (*decided, *(code for code in left if code not in decided))
        ),
        questions=questions,
        texts={},
        notice={},
        stop=stop,
        flags=flags,
        hash=f"hash-of-{id}",
    )


def if_yes(question: str) -> Condition:
    return Is(question, frozenset({"yes"}))


YES_FAILS = {"yes": "fails", "no": "meets", "unsure": "open"}
#: Three questions of three criteria.
THREE = flow(asks("a", "E1", YES_FAILS), asks("b", "E2", YES_FAILS), asks("c", "E3", YES_FAILS))


class Talk:
    """One person talking to flows. The state is stored and read again between any two turns."""

    def __init__(self, *flows: Flow, abroad: bool = False, today: date = TODAY) -> None:
        self.offered = {flow.id: flow for flow in flows}
        self.recruiting = frozenset(self.offered)
        self.today = today
        self.abroad = abroad
        self.pinned: Flow | None = None
        self.answers: dict[str, Answer] = {}
        self.earlier: tuple[EarlierFail, ...] = ()
        self.running = "continue"
        self.has_open_lead = False
        self.own_code = ""
        self.team_reads: frozenset[str] = frozenset()
        self.has_other_studies = False
        self.conversation = Conversation("zh", "ab12")
        self.turn: Turn | None = None
        self.events: list[Event] = []

    @property
    def context(self) -> Context:
        return Context(
            today=self.today,
            offered=self.offered,
            pinned=self.pinned,
            recruiting=self.recruiting,
            answers=self.answers,
            earlier=self.earlier,
            has_open_lead=self.has_open_lead,
            own_code=self.own_code,
            team_reads=self.team_reads,
            has_other_studies=self.has_other_studies,
            goes_abroad=self.abroad,
            shares_contact=self.abroad,
            running=self.running,
        )

    @property
    def phase(self) -> str:
        return self.conversation.phase

    @property
    def overlay(self) -> str:
        return self.conversation.overlay

    def take(self, received: Input) -> Turn:
        stored = json.dumps(self.conversation.to_dict())
        turn = ENGINE.step(self.context, Conversation.from_dict(json.loads(stored)), received)
        self.conversation, self.turn = turn.conversation, turn
        for event in turn.events:
            match event:
                case AnswerRecorded(question, answer):
                    self.answers[question] = answer
                case AnswerRemoved(question):
                    del self.answers[question]
        self.events += turn.events
        return turn

    def tap(self, *choices: str) -> Turn:
        """Press buttons of the prompt that stands, one after another."""
        for choice in choices:
            self.take(Tapped(self.conversation.prompt, choice))
        assert self.turn is not None
        return self.turn

    def command(self, name: str) -> Turn:
        return self.take(Commanded(name))

    def to_questions(self) -> "Talk":
        """Past the gates, to the first question."""
        self.command("help")  # anything begins a conversation
        self.tap("zh")
        if self.phase == "study":
            self.tap(next(iter(self.offered)))
        self.tap("self", "yes", "agree", *(["agree"] if self.abroad else []))
        self.events.clear()
        return self

    def to_contact(self, *answers: str) -> "Talk":
        """Through the questions of a flow of single choices, to "may we contact you?"."""
        self.to_questions()
        self.tap(*(answers or ["no"] * len(next(iter(self.offered.values())).questions)), "finish")
        return self

    def to_queue(self, *answers: str) -> "Talk":
        """To the end of it: the person is a lead."""
        self.to_contact(*answers)
        self.tap("yes", ".skip", "chat", "any")
        self.has_open_lead = True
        self.events.clear()
        return self


def said(turn: Turn) -> list[str]:
    """The fixed messages of a turn."""
    return [event.what for event in turn.events if type(event).__name__ == "Said"]


def kinds(turn: Turn) -> list[str]:
    """What kinds of events a turn brought."""
    return [type(event).__name__ for event in turn.events]
