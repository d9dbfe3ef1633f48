"""One step of a conversation: the state, the answers and an input in, events out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from transitions import Machine

from bot.core.answers import (
    Answer,
    Chosen,
    Number,
    Period,
    Skipped,
    chosen,
    from_value,
    month_period,
    number,
    to_value,
)
from bot.core.conversation import Conversation
from bot.core.events import (
    AnswerRecorded,
    AnswerRemoved,
    ConsentAnswered,
    Contact,
    ContactChanged,
    ContactWithdrawn,
    Counted,
    Erased,
    Event,
    EvidenceAdded,
    LeadQueued,
    MessageToTeam,
    Prompt,
    Prompted,
    Redrawn,
    RequestMade,
    RunEnded,
    RunRenewed,
    RunStarted,
    Said,
    Settled,
    Wants,
)
from bot.core.flow import Flow, Kind, Question
from bot.core.inputs import (
    COMMANDS,
    LONGEST_MESSAGE,
    REPLY,
    Alarmed,
    Answered,
    Commanded,
    GavePhone,
    Input,
    Named,
    Picked,
    Reminded,
    SentOther,
    Started,
    Tapped,
    Wrote,
)
from bot.core.meaning import EARLIEST, contradicts_itself, erases, is_age, is_valid
from bot.core.phases import CONSENTS, CONTACT, ENDINGS, GATES, RUN, move, phase_machine
from bot.core.prompts import OFFER_HUMAN_AFTER, prompt_for, question_now, ticked
from bot.core.screening import EarlierFail, Screening, Verdict, screen, unsure_in_a_row
from bot.core.versions import no_longer_apply

#: Overlays that interrupt and bring back what they covered.
ASIDES = ("language", "pause", "safety", "resume", "reply", "pass_on")
#: Those in which somebody writes to the study team.
WRITING = ("reply", "pass_on")
#: Overlays that hold an answer until it is confirmed.
CONFIRMING = ("minor", "conflict")
#: What is still heard when recruiting stopped while somebody was answering (R-10, R-12, R-26).
_HEARD_WHEN_CLOSED = tuple(Commanded(name) for name in ("unwell", "human", "delete", "mydata"))
#: What is done before a newer version is spoken of: a call for help, a way out, or the language to speak it in.
_HEARD_BEFORE_NEW_VERSION = ("unwell", "delete", "stop", "pause", "restart", "language")
#: Choices above a question that do not lead back to it.
_WAYS_OUT = (
    *(("delete", "delete_all"), ("delete_which", "delete_all"), ("delete_which", "delete_study")),
    *(("stop", "stop"), ("stop", "pause"), ("restart", "restart"), ("switch", "switch")),
)
#: So many skipped or unsure answers in a row, and a person is offered once (X9).
OFFER_HUMAN_AFTER_UNSURE = 5


#: What a link may carry behind /start (Bot API).
_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: What is said of a text that was not understood, by what was wanted.
UNCLEAR = {
    Wants.NUMBER: "unclear_number",
    Wants.DATE: "unclear_date",
    Wants.NAME: "unclear_name",
    Wants.PHONE: "unclear_phone",
    Wants.MESSAGE: "unclear_message",
}


@dataclass(frozen=True)
class Context:
    """Everything a step may know besides the conversation: nothing is looked up from inside.

    `offered` are the flows a new run can take, by study; `pinned` the version this conversation runs on.
    `running` is what its publisher wished for chats that run on a version before the offered one.
    `recruiting` are the studies whose status lets questions be asked. `answers` are the run's effective ones.
    Whoever takes part in the study has left the queue: what they want is told to the study team, not to the bot.
    `team_reads` are the codes of the person's leads whose team reads what they write, `own_code` that of this study.
    """

    today: date
    offered: Mapping[str, Flow]
    pinned: Flow | None
    recruiting: frozenset[str]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    earlier: tuple[EarlierFail, ...] = ()
    has_open_lead: bool = False
    takes_part: bool = False
    own_code: str = ""
    team_reads: frozenset[str] = frozenset()
    has_other_studies: bool = False
    goes_abroad: bool = False
    shares_contact: bool = False
    languages: tuple[str, ...] = ("zh", "en")
    running: str = "continue"


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step brought: events in the order in which they happened."""

    conversation: Conversation
    events: tuple[Event, ...]
    #: The prompt that stands after the step, and what its words are made from.
    prompt: Prompt
    flow: Flow | None
    answers: Mapping[str, Answer]
    screening: Screening | None


class Engine:
    """Steps conversations. Holds only the phase table, so one serves all chats."""

    def __init__(self) -> None:
        self._machine = phase_machine()

    def step(self, context: Context, conversation: Conversation, received: Input) -> Turn:
        """Take one input. Same arguments, same result; `conversation` is changed in place."""
        step = _Step(self._machine, context, conversation)
        step.take(received)
        step.stand()
        return Turn(
            conversation,
            tuple(step.events),
            step.prompt,
            step.flow,
            step.answers,
            step.screening_or_none,
        )

    def prompt(self, context: Context, conversation: Conversation) -> Prompt:
        """The prompt that stands, for reading what is typed."""
        return _Step(self._machine, context, conversation).prompt


class _Step:
    """The turn in the making. The phase table reads its guards from here."""

    def __init__(self, machine: Machine, context: Context, conversation: Conversation) -> None:
        self.machine = machine
        self.context = context
        self.conv = conversation
        self.events: list[Event] = []
        self.answers = dict(context.answers)

    # what the phase table reads

    @property
    def phase(self) -> str:
        return self.conv.phase

    @phase.setter
    def phase(self, name: str) -> None:
        self.conv.phase = name

    def study_is_known(self) -> bool:
        return self.conv.study is not None

    def recruits(self) -> bool:
        return self.conv.study in self.context.recruiting

    def goes_abroad(self) -> bool:
        return self.context.goes_abroad

    def has_every_consent(self) -> bool:
        needed = CONSENTS if self.context.goes_abroad else CONSENTS[:1]
        return set(needed) <= set(self.conv.consents)

    def is_renewing(self) -> bool:
        return self.conv.renewing

    def is_minor(self) -> bool:
        return any(
            erases(question, self.answers[question.id])
            for question in self.screening.asked
            if question.kind is Kind.NUMBER
        )

    def has_next(self) -> bool:
        return self.screening.next is not None

    def fails(self) -> bool:
        return self.screening.verdict is Verdict.NOT_MATCH

    def has_open_lead(self) -> bool:
        return self.context.has_open_lead

    # what follows from state and answers

    @cached_property
    def _screened(self) -> dict[tuple[tuple[str, Answer], ...], Screening]:
        return {}

    @property
    def flow(self) -> Flow | None:
        pinned = self.context.pinned
        if pinned is not None and pinned.hash == self.conv.version:
            return pinned
        return self.context.offered.get(self.conv.study or "")

    @property
    def screening(self) -> Screening:
        assert self.flow is not None
        key = tuple(self.answers.items())
        if key not in self._screened:
            self._screened[key] = screen(self.flow, self.answers, self.context.today, self.context.earlier)
        return self._screened[key]

    @property
    def screening_or_none(self) -> Screening | None:
        """Nothing is judged before the consents."""
        if self.flow is None or (not self.answers and self.phase not in RUN):
            return None
        return self.screening

    @property
    def prompt(self) -> Prompt:
        return prompt_for(
            self.conv,
            self.flow,
            tuple(self.context.offered),
            self.context.languages,
            self.screening_or_none,
            self.answers,
            self.context.today,
            self.context.shares_contact,
            self.context.has_open_lead,
            self.context.own_code in self.context.team_reads,
            self.context.takes_part,
        )

    @property
    def question(self) -> Question | None:
        if self.phase != "asking":
            return None
        assert self.flow is not None
        return question_now(self.conv, self.flow, self.screening)

    # saying things

    def emit(self, *events: Event) -> None:
        self.events.extend(events)

    def say(self, what: str, question: str | None = None) -> None:
        self.emit(Said(what, self.conv.language, question))

    def settle(self, choice: str | None = None, answer: Answer | None = None) -> None:
        """The live prompt loses its buttons and shows what was chosen, if anything was."""
        if self.conv.live:
            seen = (self.flow, dict(self.answers), self.screening_or_none)
            self.emit(Settled(self.prompt, self.conv.language, choice, answer, *seen))
            self.conv.live = False

    def ask(self) -> None:
        """Ask what stands now, as a new message."""
        self.settle()
        self.conv.prompt += 1
        self.conv.live = True
        self.emit(Prompted(self.prompt, self.conv.language))

    def ask_again(self) -> None:
        """After an aside: the question comes last again. An ending is not repeated."""
        if self.phase not in ENDINGS or self.conv.overlay or not self.conv.prompt:
            self.ask()

    # the way in

    def take(self, received: Input) -> None:
        if not self.conv.prompt:
            self._take_study(None)
        if isinstance(received, Tapped) and (code := self._replies_to(received.choice)):
            self.conv.to = code
            self._overlay("reply")
            return
        if (
            self._is_closed_midway()
            and self.conv.overlay not in ("delete", "delete_which", *WRITING)
            and received not in _HEARD_WHEN_CLOSED
            and not isinstance(received, Alarmed)
        ):
            self._close()
            return
        if self._has_new_version() and self._take_new_version(received):
            return
        match received:
            case Alarmed(kind):
                self._alarm(kind)
            case Started():
                self._start(received)
            case Commanded(command):
                self._command(command)
            case Tapped(number, choice):
                if number == self.conv.prompt and self.conv.live and self._offers(choice):
                    self._choose(choice, typed=False)
                else:
                    self.say("stale" if self.conv.prompt else "over")
                    self.ask()
            case Picked(choice) if self._offers(choice):
                self._choose(choice, typed=True)
            case Answered(answer) if self.question is not None and not self.conv.overlay:
                self._answer(self.question, answer, typed=True)
            case Named(name) if self.phase == "contact_name" and not self.conv.overlay:
                self.settle(answer=chosen(name))
                self.conv.name = name
                self._move_and_ask("named")
            case GavePhone(phone) if self.phase == "contact_phone" and not self.conv.overlay:
                self._phone(phone)
            case GavePhone(phone) if self.phase == "contact_how" and not self.conv.overlay:
                self.settle("phone")
                move(self.machine, "by_phone", self)
                self._phone(phone)
            case Wrote(text) if self.prompt.wants is Wants.MESSAGE:
                self._write(text)
            case GavePhone(_, shared=True):
                self.say("no_files")  # nobody asked for it yet
                self.ask_again()
            case SentOther(edited):
                self.say("no_edits" if edited else "no_files")
                self.ask_again()
            case Reminded():
                if self._is_midway() and not self.conv.reminded:
                    self.conv.reminded = True
                    self.settle()
                    if self.conv.overlay == "pause":
                        self.conv.overlay = "resume"  # "we pause here" is no answer to a reminder
                    self.say("reminder")
                    self.ask()
            case _:
                self._unclear()

    # messages to the study team

    def _replies_to(self, choice: str) -> str:
        """The lead whose team reads the answer; "" where nobody does, or no more."""
        code = choice.removeprefix(REPLY)
        return code if code != choice and code in self.context.team_reads else ""

    def _write(self, text: str) -> None:
        """What is written waits for a yes; it is kept nowhere else until then (R-16)."""
        conv = self.conv
        words = f"{conv.message}\n{text}" if conv.overlay == "pass_on" else text
        if len(words) > LONGEST_MESSAGE:
            self._unclear()
            return
        if conv.overlay not in WRITING:
            conv.to = self.context.own_code
        self.settle()
        conv.message = words
        self._overlay("pass_on")

    def _pass_on(self) -> None:
        conv = self.conv
        if conv.to in self.context.team_reads:
            self.emit(MessageToTeam(conv.to, conv.message))
            self.say("passed_on")
        else:
            self.say("nobody_reads")
        self._close_overlay()

    # the walk before its consents, which leaves nothing but counts

    def stand(self) -> None:
        """At the end of a turn: what was not passed on is gone; who stands before a study's consents has begun there."""
        if self.conv.overlay != "pass_on":
            self.conv.message = ""
        if self.conv.overlay not in WRITING:
            self.conv.to = ""
        erased = any(isinstance(event, Erased) for event in self.events)
        if self.phase in (*GATES, *CONSENTS) and not self.conv.renewing and not erased:
            self._enter()

    def _enter(self) -> None:
        conv, study = self.conv, self.conv.study or ""
        conv.began = conv.began or self.context.today.isoformat()
        if conv.entered == study:
            return
        if conv.entered is not None:
            self.emit(Counted("left" if conv.entered else "moved", conv.began, conv.entered))
        conv.entered = study
        self.emit(Counted("started", conv.began, study))

    def _leave_intro(self, how: str) -> None:
        self._enter()
        self.emit(Counted(how, self.conv.began, self.conv.entered))
        self.conv.began, self.conv.entered = "", None

    def _begin_run(self) -> None:
        """The walk is a run from here on, and is counted under the day of the run."""
        self._enter()
        today = self.context.today.isoformat()
        if self.conv.began != today:
            self.emit(Counted("moved", self.conv.began, self.conv.entered))
            self.emit(Counted("started", today, self.conv.entered))
        self.conv.began, self.conv.entered = "", None
        self.emit(RunStarted())

    def _offers(self, choice: str) -> bool:
        prompt = self.prompt
        return choice in prompt.controls or any(choice == offered.id for offered in prompt.choices)

    def _is_closed_midway(self) -> bool:
        """Recruiting may stop while somebody is answering: the next turn ends kindly (design, site facts)."""
        inside = self.phase not in (*ENDINGS, *GATES[:2])
        return inside and not self._changes_contact() and not self.recruits()

    def _changes_contact(self) -> bool:
        """Whether somebody in the queue gives another phone or time; their run is over already."""
        return self.phase in CONTACT and self.has_open_lead()

    def _is_midway(self) -> bool:
        """Whether there is a run that has not come to its end."""
        return self.phase in (*RUN, *CONTACT) or self.conv.renewing

    def _has_run(self) -> bool:
        """Whether answers are kept, or may be from now on."""
        return self.has_every_consent() or self.conv.renewing

    def _close(self) -> None:
        had_run = self._has_run()
        self.conv.renewing = False
        self.settle()
        self._uncover()
        self._forget_contact()
        move(self.machine, "close", self)
        self._end_not_recruiting(had_run)

    # a newer version

    def _has_new_version(self) -> bool:
        """Whether the study has a newer version, and its publisher did not wish that running chats continue."""
        offered = self.context.offered.get(self.conv.study or "")
        if self.context.running == "continue" or offered is None or offered.hash == self.conv.version:
            return False
        return self.phase not in ENDINGS and not self._changes_contact() and self.conv.overlay not in WRITING

    def _take_new_version(self, received: Input) -> bool:
        """Go over to the newer version. True when nothing of the input is left to do.

        What answers a question of the old version is not taken: the new notice comes first (R-9).
        """
        if self.phase in GATES:  # nothing was read or said yet that another version would change
            self.conv.version = self.context.offered[self.conv.study or ""].hash
            return False
        choice = self._chosen(received)
        if isinstance(received, Alarmed) or (self.conv.overlay, choice) in _WAYS_OUT:
            return False
        if isinstance(received, Commanded) and received.command in _HEARD_BEFORE_NEW_VERSION:
            return False
        if self.conv.overlay == "language" and choice:
            self.conv.language = choice
        is_ending = self.context.running == "end" and self._is_midway()
        if is_ending:
            self._end_replaced()
        else:
            self._ask_consent_anew()
        goes_on = isinstance(received, Commanded | Started | Reminded) and received != Commanded("privacy")
        if is_ending or not goes_on:
            self.ask()
        return not goes_on

    def _chosen(self, received: Input) -> str:
        """What is chosen of the prompt that stands; "" when nothing is."""
        match received:
            case Tapped(number, choice) if number == self.conv.prompt and self.conv.live:
                return choice if self._offers(choice) else ""
            case Picked(choice) if self._offers(choice):
                return choice
        return ""

    def _leave_question(self) -> None:
        """Nothing stands any more of what was being asked."""
        self.settle()
        self._uncover()
        self._forget_contact()
        self.conv.reopened, self.conv.picker, self.conv.draft = None, "", []

    def _end_replaced(self) -> None:
        self._leave_question()
        self.conv.renewing = False
        move(self.machine, "replace", self)
        self.emit(RunEnded("stopped"))

    def _ask_consent_anew(self) -> None:
        """The notice and the consents of the newer version; a run keeps the answers that still apply."""
        conv, old = self.conv, self.flow
        assert old is not None
        conv.renewing = self._is_midway()
        self._leave_question()
        conv.consents.clear()
        conv.shown.clear()
        move(self.machine, "renew", self)
        new = self.context.offered[conv.study or ""]
        conv.version = new.hash
        for gone in no_longer_apply(old, new, self.answers, self.context.today):
            self._remove(gone)
        self._remove_off_path()
        self.say("renewed" if conv.renewing else "changed")
        self.say("notice")

    def _remove(self, question: str) -> None:
        del self.answers[question]
        self.emit(AnswerRemoved(question))

    def _remove_off_path(self) -> None:
        """Answers to questions that do not apply go (X6)."""
        kept = {asked.id for asked in self.screening.asked}
        for gone in [id for id in self.answers if id not in kept]:
            self._remove(gone)

    def _end_not_recruiting(self, had_run: bool) -> None:
        if had_run:
            self.emit(RunEnded("not_recruiting"))
            self.ask()
        else:
            self._leave_intro("not_recruiting")
            self._end_without_trace()

    def _uncover(self) -> None:
        """No overlay any more, and nothing that waited to be confirmed."""
        self.conv.overlay = self.conv.beneath = ""
        self.conv.pending = None

    def _forget_contact(self) -> None:
        """What somebody said of themselves for a contact that is not to be (R-16)."""
        self.conv.name = self.conv.phone = ""
        self.conv.shown.pop("contact", None)

    def _end_without_trace(self, erased: str = "chat") -> None:
        """An ending that stores nothing: the last message goes out, the row goes away."""
        self.conv.prompt += 1
        stays = self.has_open_lead() and erased in ("chat", "run")
        self.conv.live = stays
        ending = self.prompt if stays else replace(self.prompt, choices=(), controls=())
        self.emit(Prompted(ending, self.conv.language), Erased(erased))

    # commands

    def _start(self, started: Started) -> None:
        conv = self.conv
        wanted, source = self._payload(started.payload)
        if not conv.prompt:
            conv.source = source
            self._take_study(wanted)
            self.ask()
        elif not self._is_midway():
            conv.source = source or conv.source
            if self.has_open_lead() and wanted in (None, conv.study):
                self._resume()
            else:
                self._again(wanted)
        elif wanted and wanted != conv.study:
            conv.wanted = wanted
            self._overlay("switch")
        else:
            self.say("welcome_back")
            if conv.overlay not in CONFIRMING:
                conv.overlay, conv.beneath = conv.beneath, ""
            self.ask()

    def _resume(self) -> None:
        """Somebody who is in the queue comes back to their place in it."""
        self.settle()
        self._uncover()
        if self.conv.began:
            self._leave_intro("left")
        self.conv.consents.clear()
        self._move_and_ask("resume")

    def _payload(self, payload: str) -> tuple[str | None, str]:
        """The offered study and the source that a link names; the longest study id wins.

        Words typed behind /start are none: what a person writes is not kept (R-16).
        """
        if not _LINK.fullmatch(payload):
            return None, ""
        for study in sorted(self.context.offered, key=len, reverse=True):
            if payload == study or payload.startswith(f"{study}-"):
                return study, payload[len(study) + 1 :]
        return None, payload

    def _take_study(self, study: str | None) -> None:
        only = next(iter(self.context.offered)) if len(self.context.offered) == 1 else None
        self.conv.study = study or self.conv.study or only
        flow = self.context.offered.get(self.conv.study or "")
        self.conv.version = flow.hash if flow else ""

    def _again(self, study: str | None = None) -> None:
        """A new run from the gates on; the language stays."""
        conv = self.conv
        self.settle()
        old = conv.study if len(self.context.offered) == 1 or study else None
        fresh = Conversation(
            conv.language,
            conv.salt,
            prompt=conv.prompt,
            source=conv.source,
            phase=conv.phase,
            began=conv.began,
            entered=conv.entered,
        )
        for name in Conversation.__slots__:
            setattr(conv, name, getattr(fresh, name))
        self.answers.clear()
        self._take_study(study or old)
        move(self.machine, "again", self)
        self._enter_gates()

    def _enter_gates(self) -> None:
        if self.phase == "not_recruiting":
            self._end_not_recruiting(had_run=False)
            return
        if self.phase == "for_self":
            self.say("about")
        self.ask()

    def _command(self, command: str) -> None:
        match command:
            case "language":
                self._overlay("language")
            case "back":
                self._back()
            case "pause":
                self._overlay("pause") if self.phase not in ENDINGS else self._aside("nothing_to_pause")
            case "status" if self.phase == "queued" and not self.conv.overlay:
                self.ask()  # with the buttons that belong to it
            case "privacy" if self.phase == "consent_health" and not self.conv.overlay:
                self._aside("notice")
            case "help" | "privacy" | "status" | "mydata":
                self._aside(command)
            case "human":
                self.emit(RequestMade("human"))
                self._aside("human")
            case "unwell":
                self._unwell()
            case "stop":
                self._stop()
            case "restart":
                if self._is_midway() or self.phase == "queued":
                    self._overlay("restart")
                else:
                    self._again()
            case "delete":
                self._overlay("delete_which" if self.context.has_other_studies else "delete")
            case _:
                assert command not in COMMANDS, command
                self._unclear()

    def _aside(self, what: str) -> None:
        self.say(what)
        self.ask_again()

    def _overlay(self, name: str) -> None:
        """A question above the one that stands, which comes back afterwards."""
        self.settle()
        covered = self.conv.overlay
        if covered not in ("", name, *ASIDES):
            self.conv.beneath = covered if name in ASIDES or covered in CONFIRMING else ""
        self.conv.overlay = name
        self.ask()

    def _stop(self) -> None:
        if self.phase in ENDINGS and self.context.takes_part:
            self._resume()
        elif self.phase in ENDINGS and self.has_open_lead():
            self.settle()
            move(self.machine, "resume", self)
            self._overlay("withdraw")
        elif self.phase in ENDINGS:
            self._aside("already_over")
        elif self._has_run():
            self._overlay("stop")
        else:
            self._stop_now()

    def _stop_now(self) -> None:
        had_run = self._has_run()
        self.settle()
        self._uncover()
        self._forget_contact()
        move(self.machine, "stop", self)
        self.conv.renewing = False
        if self.phase == "queued":
            self.conv.consents.clear()
            if self.conv.began:
                self._leave_intro("left")
        elif not had_run:
            self.settle()
            self._leave_intro("left")
            self._end_without_trace()
            return
        else:
            self.emit(RunEnded("stopped"))
        self.ask()

    def _alarm(self, kind: str) -> None:
        self.emit(Counted(kind))
        if kind == "unwell":
            self._unwell()
        else:
            self._safety(kind)

    def _unwell(self) -> None:
        self.emit(RequestMade("unwell"))
        self._safety("unwell")

    def _safety(self, what: str) -> None:
        """Said alone: what stood comes back when the person is ready. An ending keeps its buttons."""
        if self.phase in ENDINGS:
            self.say(what)
            return
        self.settle()
        self.say(what)
        self._overlay("safety")

    def _back(self, typed: bool = True) -> None:
        if self.conv.overlay:
            self._close_overlay()
            return
        if self.phase in ENDINGS:
            self._overlay("restart")
            return
        if self.phase in RUN:
            self._back_in_run(typed)
            return
        if self.phase in ("language", "contact_wish") or (
            self.conv.renewing and self.phase == "consent_health"
        ):
            self._aside("first")
            return
        self.settle()
        if self.phase in CONSENTS:
            self.conv.consents.clear()
        self._move_and_ask("back")

    def _back_in_run(self, typed: bool) -> None:
        """One page of a picker up, out of an edit, or to the question before."""
        up = {"": None, "open": ""}.get(self.conv.picker, "open")
        if up is not None:
            self._turn_picker(up, typed)
        elif self.conv.reopened and self.screening.next is None:
            self.settle()
            self.conv.reopened = None
            self._move_and_ask("answer")
        else:
            self._reopen_previous()

    def _reopen_previous(self) -> None:
        asked = [question.id for question in self.screening.asked]
        now = self.question
        if now is not None and now.id in asked:
            asked = asked[: asked.index(now.id)]
        if not asked:
            self._aside("first")
            return
        self.settle()
        self._reopen(asked[-1])

    def _reopen(self, question: str) -> None:
        self._uncover()
        self.conv.picker = ""
        self.conv.draft = []
        self.conv.reopened = question
        self._move_and_ask("reopen")

    def _close_overlay(self) -> None:
        self.settle()
        self.conv.overlay, self.conv.beneath = self.conv.beneath, ""
        if self.conv.overlay not in CONFIRMING:
            self.conv.pending = None
        self.ask()

    def _move_and_ask(self, trigger: str) -> None:
        before = self.phase
        move(self.machine, trigger, self)
        self._show_notice(anew=before == "adult")
        self.ask()

    def _show_notice(self, anew: bool = False) -> None:
        """One agrees to what one could read: before the consent, in the language it is asked in."""
        if self.phase == "consent_health" and (anew or self.conv.noticed != self.conv.language):
            self.conv.noticed = self.conv.language
            self.say("notice")

    # buttons

    def _choose(self, choice: str, typed: bool) -> None:
        if choice == ".human":
            self._command("human")
        elif self.conv.overlay:
            self._choose_in_overlay(choice)
        elif choice == ".back":
            self._back(typed)
        elif choice == ".share":
            self._unclear()  # its words, typed by hand, bring no number
        elif self.phase == "asking":
            self._choose_answer(choice, typed)
        elif choice == ".skip" and self.phase == "contact_name":
            self.settle(choice)
            self._move_and_ask("named")
        else:
            self._choose_in_phase(choice)

    def _choose_in_overlay(self, choice: str) -> None:
        conv = self.conv
        if choice == ".back":
            self._close_overlay()
            return
        match conv.overlay, choice:
            case "language", language:
                self.settle(language)
                conv.language = language
                self._show_notice()
                self._close_overlay()
            case "edit", question:
                self.settle(question)
                self._reopen(question)
            case "minor_gate", "confirm":
                self.settle(choice)
                self._uncover()
                self._end_at_gate("minor", "under_age", "runs")
            case "minor", "confirm":
                self.settle(choice)
                self._record(from_value(conv.pending), typed=False)
            case "conflict", "keep":
                self.settle(choice)
                self._record(from_value(conv.pending), typed=False)
            case "delete" | "delete_which", "delete_study" | "delete_all":
                self.settle(choice)
                self._delete("study" if choice == "delete_study" else "all")
            case "stop", "stop":
                self.settle(choice)
                self._uncover()
                self._stop_now()
            case "stop", "pause":
                self.settle(choice)
                conv.overlay = ""
                self._overlay("pause")
            case "restart", "restart":
                self.settle(choice)
                self._restart(None)
            case "switch", "switch":
                self.settle(choice)
                self._restart(conv.wanted)
            case "pass_on", "pass_on":
                self.settle(choice)
                self._pass_on()
            case "pass_on", "no":
                self.settle(choice)
                self.say("not_passed_on")
                self._close_overlay()
            case "withdraw", "withdraw" if not self.context.takes_part:
                self.settle(choice)
                self._uncover()
                self._withdraw()
            case _:
                self.settle(choice)
                self._close_overlay()

    def _restart(self, study: str | None) -> None:
        if self._is_midway() and not self._changes_contact():
            self.emit(RunEnded("stopped"))
        self._again(study)

    def _delete(self, scope: str) -> None:
        self.say("deleted_study" if scope == "study" else "deleted")
        if self.conv.began:
            self._leave_intro("left")
        self.emit(Erased(scope))

    def _choose_in_phase(self, choice: str) -> None:
        conv, phase = self.conv, self.phase
        if choice == "delete":
            self._command("delete")
            return
        if choice == "queue":
            self._resume()
            return
        if (phase, choice) == ("checking", "edit"):
            self._overlay("edit")
            return
        if (phase, choice) in (("queued", "withdraw"), ("queued", "again")):
            self._overlay("withdraw" if choice == "withdraw" else "restart")
            return
        if (phase, choice) == ("adult", "no") and self.has_open_lead():
            self._overlay("minor_gate")
            return
        self.settle(choice)
        match phase, choice:
            case "language", language:
                if language != conv.language:
                    conv.language = language
                    self.say("hello")  # who speaks, in the words of whoever reads
                move(self.machine, "begin", self)
                self._enter_gates()
            case "study", study:
                self._take_study(study)
                move(self.machine, "begin", self)
                self._enter_gates()
            case "for_self", "self":
                self._move_and_ask("for_self")
            case "for_self", "other":
                self._end_at_gate("for_another", "not_screened")
            case "for_self", _:
                self._end_at_gate("enrolled", "not_screened")
            case "adult", "yes":
                self._move_and_ask("adult")
            case "adult", _:
                self._end_at_gate("minor", "under_age", "runs")
            case "consent_health" | "consent_abroad", "agree":
                self._agree()
            case "consent_health" | "consent_abroad", _:
                erased = "run" if conv.renewing else "chat"
                conv.renewing = False
                self._end_at_gate("decline", "no_consent", erased)
            case "checking", "finish":
                self._finish()
            case "contact_wish", "yes":
                self.emit(ConsentAnswered("contact", True))
                self._move_and_ask("wish")
            case "contact_wish", _:
                self.emit(ConsentAnswered("contact", False))
                self._forget_contact()
                move(self.machine, "no_wish", self)
                self.emit(RunEnded("not_interested"))
                self.ask()
            case "contact_how", "chat":
                conv.phone = ""
                self._move_and_ask("by_chat")
            case "contact_how", _:
                self._move_and_ask("by_phone")
            case "contact_time", when:
                self._queue(when)
            case "queued", "change_phone":
                self._move_and_ask("change_phone")
            case "queued", "change_time":
                self._move_and_ask("change_time")
            case "not_match", "check":
                self.emit(RequestMade("check"))
                self.say("check")
            case _:
                assert choice == "again", f"no way on from {phase} by {choice}"
                self._again()

    def _end_at_gate(self, trigger: str, outcome: str, erased: str = "chat") -> None:
        move(self.machine, trigger, self)
        if erased == "run":  # asked anew, the consent to a newer version was declined
            self.emit(RunEnded(outcome))
        else:
            self._leave_intro(outcome)
        self._end_without_trace(erased)

    def _agree(self) -> None:
        self.conv.consents.append(self.phase)
        self.emit(ConsentAnswered(self.phase, True))
        move(self.machine, "agree", self)
        if self.phase in RUN:
            if self.conv.renewing:
                self.emit(RunRenewed())
            else:
                self._begin_run()
            self.conv.renewing = False
        self.ask()

    def _finish(self) -> None:
        result = self.screening
        move(self.machine, "finish", self)
        if self.phase == "asking":  # a fail was over by the time they came back: the rest is asked now
            self.ask()
            return
        self.emit(RunEnded(result.verdict.value, result))
        if self.has_open_lead():
            self.emit(EvidenceAdded())
        if self.phase == "queued":
            self.say("evidence_added")
        self.ask()

    # contact

    def _phone(self, phone: str) -> None:
        self.settle(answer=chosen(phone))
        self.conv.phone = phone
        changing = self.has_open_lead()
        move(self.machine, "phoned", self)
        if changing:
            self.emit(ContactChanged(Contact(phone=phone)))
            self.conv.phone = ""
            self.say("contact_changed")
        self.ask()

    def _queue(self, when: str) -> None:
        conv = self.conv
        move(self.machine, "timed", self)
        if self.has_open_lead():
            self.emit(ContactChanged(Contact(when=when)))
            self.say("contact_changed")
        else:
            self.emit(LeadQueued(Contact(conv.name, conv.phone, when)))
            conv.name = conv.phone = ""
        self.ask()

    def _withdraw(self) -> None:
        move(self.machine, "withdraw", self)
        self.emit(ContactWithdrawn())
        self.ask()

    # answers

    def _choose_answer(self, choice: str, typed: bool) -> None:
        question = self.question
        assert question is not None
        conv = self.conv
        match choice.split(":"):
            case [".keep"]:
                self.settle(choice)
                conv.reopened, conv.picker, conv.draft = None, "", []
                self._move_and_ask("answer")
            case [".skip"]:
                self._answer(question, Skipped(), typed, choice)
            case [".help"]:
                self.settle()
                self.say("question_help", question.id)
                self.ask()
            case [".done"]:
                self._answer(question, ticked(conv, question), typed)
            case [".pick"]:
                self._turn_picker("open", typed)
            case [".tens", tens]:
                self._turn_picker(f"tens:{tens}", typed)
            case [".year", year]:
                self._turn_picker(f"year:{year}", typed)
            case [".number", value]:
                self._answer(question, number(int(value)), typed)
            case [".month", month]:
                self._answer(question, month_period(int(month[:4]), int(month[5:])), typed)
            case [".before", year]:
                self._answer(question, Period(EARLIEST, date(int(year) - 1, 12, 31)), typed)
            case _ if question.kind is Kind.MULTI and not typed:
                self._tick(question, {*conv.draft} ^ {choice})
                self.emit(Redrawn(self.prompt, conv.language))
            case _:
                self._answer(question, chosen(choice), typed)

    def _tick(self, question: Question, codes: set[str]) -> None:
        self.conv.draft = [option.code for option in question.options if option.code in codes]

    def _turn_picker(self, page: str, typed: bool) -> None:
        self.conv.picker = page
        if typed:
            self.ask()
        else:
            self.emit(Redrawn(self.prompt, self.conv.language))

    def _answer(self, question: Question, answer: Answer, typed: bool, choice: str | None = None) -> None:
        conv = self.conv
        if not is_valid(question, answer, self.context.today):
            self._unclear(self._why_invalid(question, answer))
            return
        if typed and conv.draft and isinstance(answer, Chosen) and {*answer.codes} != {*conv.draft}:
            # What is ticked already is said already; words beside it add to it.
            self._tick(question, {*conv.draft, *answer.codes})
            self.ask()
            return
        self.settle(choice, None if choice else answer)
        if erases(question, answer):
            conv.pending = to_value(answer)
            self._overlay("minor")
        elif contradicts_itself(question, answer) and question.id not in conv.challenged:
            conv.challenged.append(question.id)
            conv.pending = to_value(answer)
            self._overlay("conflict")
        else:
            self._record(answer, typed)

    def _why_invalid(self, question: Question, answer: Answer) -> str:
        today = self.context.today
        if isinstance(answer, Number):
            return "year_not_age" if is_age(question) and 1900 < answer.low <= today.year else "out_of_range"
        return "future_date" if isinstance(answer, Period) and answer.end > today else "unclear"

    def _record(self, answer: Answer, typed: bool) -> None:
        question = self.question
        assert question is not None
        conv = self.conv
        self._uncover()
        conv.picker = ""
        conv.reopened = None
        conv.draft = []
        conv.tries.pop(question.id, None)
        self.answers[question.id] = answer
        self.emit(AnswerRecorded(question.id, answer, typed))
        self._remove_off_path()
        move(self.machine, "answer", self)
        if self.phase == "under_age":
            self.emit(RunEnded("under_age", self.screening))
            self.conv.prompt += 1
            self.emit(Prompted(self.prompt, conv.language), Erased("runs"))
            return
        self._offer_human_once()
        self.ask()

    def _offer_human_once(self) -> None:
        row = unsure_in_a_row(self.screening, self.answers)
        if row >= OFFER_HUMAN_AFTER_UNSURE and not self.conv.offered_human:
            self.conv.offered_human = True
            self.say("offer_human")

    def _unclear(self, why: str = "unclear") -> None:
        """Ask again, with the buttons and the safety line; after three times offer a person (I1, X3, X10)."""
        if not self.conv.prompt:
            self.ask()  # the first words of somebody new are a greeting
            return
        if self.phase == "queued" and not self.conv.overlay:
            self.say("unclear_message" if self.prompt.wants is Wants.MESSAGE else "after_queued")
            self.ask()
            return
        if self.phase in ENDINGS and not self.conv.overlay:
            self._aside("after_end")
            return
        question = None if self.conv.overlay else self.question
        key = self.conv.overlay or (question.id if question else self.phase)
        tries = self.conv.tries.get(key, 0) + 1
        given = question is not None and question.id in self.answers
        if question and not given and question.kind in (Kind.NUMBER, Kind.DATE) and tries > OFFER_HUMAN_AFTER:
            self.settle(".skip")
            self.say("left_open")
            self._record(Skipped(), typed=True)
            return
        self.settle()
        self.conv.tries[key] = tries
        words = self._unclear_words(why)
        self.say(words)
        if tries == OFFER_HUMAN_AFTER and words != "unclear":  # which says it itself
            self.say("offer_person")
        self.ask_again()

    def _unclear_words(self, why: str) -> str:
        if why != "unclear":
            return why
        question = None if self.conv.overlay else self.question
        if question and is_age(question):
            return "unclear_age"
        return UNCLEAR.get(self.prompt.wants, why)
