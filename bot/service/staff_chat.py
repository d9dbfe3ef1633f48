"""Coordinators at work in a private chat with the bot, and what the bot says in their group (Q-12).

Nothing of a chat is kept: a button carries the lead's code, and the answer to a message is understood by the code and
the mark that the message itself bears.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.i18n import Translators
from bot.leads.lead import ALPHABET
from bot.leads.site import Site
from bot.service.desk import Desk
from bot.service.digest import Numbers, numbers
from bot.service.in_hand import SURE, Brought, CannotWork, check_nothing_since
from bot.service.letters import Letters
from bot.service.messages import Content, Edited, Incoming, InGroup, Line, Outgoing, Press, Text
from bot.service.ports import Clock, Records
from bot.service.requests import Requests
from bot.service.shelf import Shelf
from bot.service.staff import LINK_FOR, SEES_LEADS, WORKS, Account, NotAllowed, Staff, note_refused
from bot.service.views import LeadView, QueueRow, Wanted
from bot.service.within import Within, at_once
from bot.service.wording import Wording
from bot.service.work import Work

T = TypeVar("T")

#: So much of the queue is told at once.
SHOWN = 10
COMMANDS: Mapping[str, frozenset[str] | None] = {
    "queue": SEES_LEADS,
    "mine": WORKS,
    "lead": WORKS,
    "digest": SEES_LEADS,
    "login": None,
    "language": None,
    "help": None,
}
#: Hours that buttons offer: for a call back and, on working days, for a visit; any other is typed.
CALL_HOURS, VISIT_HOURS, DAYS_OFFERED = (time(10), time(15), time(18)), (time(9), time(10, 30), time(15)), 4

#: Refusals after which the message that was pressed is of no more use.
OUT_OF_DATE = frozenset({"changed_since", "claimed", "closed", "no_such_step", "request_closed", "withdrawn"})

_CODE = re.compile(rf"\b([LR])-?([{ALPHABET}]{{4}})-?([{ALPHABET}]{{4}})\b", re.ASCII)
_MARK = re.compile(rf"↩ ([LR]-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}) · (\w+) · (\d+)\s*$")
_PRESSED = re.compile(r"(20\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)
_TYPED = re.compile(
    r"\s*(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\sT]*(\d{1,2})[:：点](\d\d)分?\s*", re.ASCII
)


def mark(code: str, what: str, seen: int) -> str:
    """The last line of a message that asks for something written: what an answer to it is for."""
    return f"↩ {code} · {what} · {seen}"


class Cards(Protocol):
    """The messages in one reader's language."""

    def said(self, what: str, **values: str) -> str: ...
    def because(self, problem: CannotWork) -> str: ...
    def status(self, status: str) -> str: ...
    def help(self, commands: Iterable[str]) -> Outgoing: ...
    def languages(self) -> Outgoing: ...
    def queue(self, rows: Sequence[QueueRow], more: bool, opens: bool, mine: bool = False) -> Outgoing: ...
    def lead(self, view: LeadView, said: str = "") -> Outgoing: ...
    def contact(self, view: LeadView) -> Outgoing: ...
    def times(self, code: str, what: str, seen: int, moments: Sequence[datetime]) -> Outgoing: ...
    def criteria(self, view: LeadView, what: str) -> Outgoing: ...
    def states(self, view: LeadView, criterion: str) -> Outgoing: ...
    def sure(self, view: LeadView, step: str) -> Outgoing: ...
    def reasons(self, code: str, seen: int) -> Outgoing: ...
    def agreed(self, code: str, step: str, seen: int) -> Outgoing: ...
    def written(self, code: str, what: str, seen: int) -> Outgoing: ...
    def digest(self, days: Sequence[tuple[str, Numbers]], held: Sequence[QueueRow]) -> Outgoing: ...
    def login(self, url: str, minutes: int) -> Outgoing: ...


@dataclass(frozen=True)
class Parts:
    """What the chat works with; made once by the composition root. `address`: where the staff pages are."""

    shelf: Shelf
    letters: Letters
    wording: Wording
    translators: Translators
    clock: Clock
    zone: ZoneInfo
    cards: Callable[[str], Cards]
    address: str


class StaffChat:
    """Takes what registered staff do in their own chat with the bot, and what is asked in a coordinators' group."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def take(self, records: Records, incoming: Incoming, account: Account) -> None:
        """One update, within the transaction that has seen it first."""
        now = self._parts.clock()
        for outgoing in _Turn(self._parts, records, account, now).take(incoming.content):
            records.post(incoming.channel, incoming.address, outgoing.to_dict(), now)

    def answer_group(self, records: Records, asked: InGroup) -> None:
        """Code and status only, in every language, for a group has none of its own; silence in a group of others."""
        now = self._parts.clock()
        if lines := _Group(self._parts, records, asked.address).lines(asked.text):
            outgoing = Outgoing("send", tuple(Line(line) for line in lines))
            records.post(asked.channel, asked.address, outgoing.to_dict(), now)


class _Group:
    """What is asked in a group."""

    def __init__(self, parts: Parts, records: Records, address: str) -> None:
        within = Within(records)
        self._desk = Desk(within, parts.shelf, parts.wording, parts.translators, parts.clock, parts.zone)
        self._records = records
        self._cards = [parts.cards(language) for language in parts.translators]
        self._language = next(iter(parts.translators))
        studies = () if parts.shelf.demo else {row.study for row in records.versions()}
        self._studies = [
            study for study in sorted(studies) if parts.shelf.site(records, study)["alert_chat"] == address
        ]

    def lines(self, text: str) -> list[str]:
        if not self._studies:
            return []
        command, rest = _command(text)
        found = self._queue() if command == "queue" else self._one(code_in(rest))
        nothing = "queue_empty" if command == "queue" else "no_such_lead"
        return [*(found or [self._said(nothing)]), self._said("privately")]

    def _queue(self) -> list[str]:
        rows = [
            row
            for study in self._studies
            for row in at_once(self._desk.queue(self._language, wanted=Wanted(study=study))).rows[:SHOWN]
        ]
        return [self._line(row.code, row.status) for row in rows]

    def _one(self, code: str) -> list[str]:
        lead = self._records.lead(code)
        found = lead[0] if lead else self._records.request(code)
        return [self._line(code, found.status)] if found and found.study in self._studies else []

    def _line(self, code: str, status: str) -> str:
        return " · ".join([code, *(cards.status(status) for cards in self._cards)])

    def _said(self, what: str) -> str:
        return " · ".join(cards.said(what) for cards in self._cards)


class _Turn:
    """One thing that somebody of the staff did."""

    def __init__(self, parts: Parts, records: Records, account: Account, now: datetime) -> None:
        within = Within(records)
        self._parts = parts
        self._records = records
        self._account = account
        self._member = account.member
        self._now = now
        self._cards = parts.cards(account.language)
        self._desk = Desk(within, parts.shelf, parts.wording, parts.translators, parts.clock, parts.zone)
        self._work = Work(within, parts.shelf, parts.letters, parts.clock, parts.zone)
        self._requests = Requests(within, parts.shelf, parts.clock)
        self._staff = Staff(within, parts.clock)

    def take(self, content: Content) -> list[Outgoing]:
        """What the bot says to it."""
        match content:
            case Text(text, quoted):
                return self._wrote(text.strip(), quoted)
            case Press(data, ref):
                return self._pressed(data, ref)
            case Edited():
                return []
            case _:
                return [self._say("only_text")]

    # what is asked for

    def _wrote(self, text: str, quoted: str) -> list[Outgoing]:
        if text.startswith("/"):
            return self._commanded(*_command(text))
        if quoted:
            return self._answered(text, quoted)
        if code := code_in(text):
            return self._commanded("lead", code)
        return [self._say("answer_a_message")]

    def _commanded(self, command: str, rest: str) -> list[Outgoing]:
        if command not in COMMANDS:
            return [self._help()]
        roles = COMMANDS[command]
        if roles is not None and not self._may(roles):
            return [self._refused(f"/{command}")]
        match command:
            case "queue" | "mine":
                return [self._queue(mine=command == "mine")]
            case "lead":
                return self._shown(code_in(rest)) if rest.strip() else [self._say("which_lead")]
            case "digest":
                return [self._digest()]
            case "login":
                name = self._account.name
                token = self._staff.link(name, name)
                url = f"{self._parts.address}/staff/login?token={token}"
                return [self._cards.login(url, int(LINK_FOR.total_seconds() // 60))]
            case "language":
                return [self._cards.languages()]
        return [self._help()]

    def _help(self) -> Outgoing:
        return self._cards.help(
            [name for name, roles in COMMANDS.items() if roles is None or self._may(roles)]
        )

    def _queue(self, mine: bool) -> Outgoing:
        wanted = Wanted(who=self._account.name) if mine else Wanted()
        page = at_once(self._desk.queue(self._account.language, self._member, wanted))
        more = len(page.rows) > SHOWN or bool(page.later)
        return self._cards.queue(page.rows[:SHOWN], more, self._may(WORKS), mine)

    def _digest(self) -> Outgoing:
        shelf, language = self._parts.shelf, self._account.language
        offered = shelf.offer(self._records, self._today()).flows
        days = []
        for study in sorted({row.study for row in self._records.versions()}):
            name = offered[study].study.name[language] if study in offered else study
            days.append((name, numbers(self._records, self._site(study), study, self._now)))
        held = at_once(self._desk.queue(language, self._member, Wanted(who=self._account.name))).rows
        return self._cards.digest(days, held if self._may(WORKS) else ())

    # what is pressed

    def _pressed(self, data: str, ref: str) -> list[Outgoing]:
        verb, _, rest = data.partition(":")
        if verb == "language" and rest in self._parts.translators:
            self._records.change_staff(self._account.name, language=rest)
            self._cards = self._parts.cards(rest)
            return [*_strip(ref), self._say("language_set")]
        code, _, rest = rest.partition(":")
        seen, _, more = rest.partition(":")
        if verb not in _VERBS or code_in(code) != code or not _is_number(seen):
            return [*_strip(ref), self._say("old_button")]
        if not self._may(WORKS):
            return [self._refused(f"button {verb}")]
        arguments = more.split(":") if more else []
        match verb:
            case "open":
                return self._shown(code)
            case "who":
                return [self._contact(code)]
            case "hide":
                return [Outgoing("settle", (Line(code),), ref=ref)] if ref else []
            case "ask":
                return self._asked(code, ref, int(seen), *arguments[:2])
        return self._done(code, ref, f"button {verb}", lambda: self._do(verb, code, int(seen), arguments))

    def _contact(self, code: str) -> Outgoing:
        """Who it is. What is said here goes abroad, which the person must have agreed to (R-13)."""
        view = self._view(code)
        if view is None:
            return self._say("no_such_lead")
        if not self._parts.shelf.demo and not view.goes_abroad:
            return self._say("not_abroad")
        self._records.note(code, f"staff:{self._account.name}", "opened", {"what": "contact"}, self._now)
        return self._cards.contact(view)

    def _asked(self, code: str, ref: str, seen: int, what: str = "", criterion: str = "") -> list[Outgoing]:
        """Something is to be chosen or written next."""
        view = self._view(code)
        if view is None:
            return [self._say("no_such_lead")]
        try:
            self._nothing_since(code, seen)
        except CannotWork as problem:
            return self._not_done(problem, code, ref)
        return [self._ask(view, seen, what, criterion)]

    def _ask(self, view: LeadView, seen: int, what: str, criterion: str) -> Outgoing:
        code, steps = view.row.code, {step.step: step.needs for step in view.steps}
        needs = steps.get(what, ())
        match what:
            case "call":
                return self._cards.times(code, what, seen, self._times(code, CALL_HOURS, works_only=False))
            case "check" if criterion:
                return self._cards.states(view, criterion)
            case "check":
                return self._cards.criteria(view, what)
            case "decline":
                return self._cards.reasons(code, seen)
        if "visit" in needs:
            return self._cards.times(code, what, seen, self._times(code, VISIT_HOURS, works_only=True))
        if "criterion" in needs:
            return self._cards.criteria(view, what)
        if "agrees" in needs:
            return self._cards.agreed(code, what, seen)
        if what == "undo" or needs:
            return self._cards.written(code, what, seen)
        if what in steps and what in SURE:
            return self._cards.sure(view, what)
        return self._say("old_button")

    def _do(self, verb: str, code: str, seen: int, arguments: list[str]) -> str:
        """What a button does; returns what is said of it."""
        first, second = [*arguments, "", ""][:2]
        if code.startswith("R-"):
            match verb:
                case "take":
                    at_once(self._requests.claim(code, self._member))
                    return "taken"
                case "free":
                    at_once(self._requests.release(code, self._member))
                    return "free"
            at_once(self._requests.close(code, first, self._member))
            return "noted"
        match verb:
            case "take":
                at_once(self._work.claim(code, self._member))
                return "taken"
            case "free":
                at_once(self._work.release(code, self._member))
                return "free"
        self._nothing_since(code, seen)
        match verb:
            case "try":
                at_once(self._work.attempt(code, "phone", first, self._member))
            case "call":
                self._call_back(code, first)
            case "tell":
                at_once(self._work.tell(code, self._member, seen))
            case "mark":
                at_once(self._work.check(code, first, second, self._member))
            case "step":
                self._step(code, first, second, seen)
        return "noted"

    def _step(self, code: str, step: str, brought: str, seen: int) -> None:
        """A step with what a button or a line brings along for it."""
        with_it = Brought()
        match step:
            case "book":
                with_it = Brought(visit=self._moment(brought))
            case "wait":
                with_it = Brought(agrees=brought == "yes")
            case "decline":
                with_it = Brought(why=brought)
            case "find_ineligible" | "fail_screening":
                with_it = Brought(criterion=brought)
            case "reopen":
                with_it = Brought(reason=brought)
            case "mark_duplicate":
                with_it = Brought(other=code_in(brought) or brought.strip())
        at_once(self._work.step(code, step, with_it, self._member, seen))

    def _call_back(self, code: str, text: str) -> None:
        at_once(self._work.attempt(code, "phone", "call_back", self._member, self._moment(text)))

    # what is written in answer to a message

    def _answered(self, text: str, quoted: str) -> list[Outgoing]:
        if not self._may(WORKS):
            return [self._refused("answer")]
        marked = _MARK.search(quoted)
        codes = {f"{kind}-{one}-{two}" for kind, one, two in _CODE.findall(quoted)}
        if marked:
            code, what, seen = marked[1], marked[2], int(marked[3])
            return self._done(code, "", f"answer {what}", lambda: self._write(code, what, seen, text))
        if len(codes) != 1:
            return [self._say("answer_one_lead")]
        (code,) = codes
        if code.startswith("R-"):
            return [self._say("no_notes")]
        return self._done(code, "", "note", lambda: self._note(code, text))

    def _note(self, code: str, text: str) -> str:
        at_once(self._work.note(code, text, self._member))
        return "noted"

    def _write(self, code: str, what: str, seen: int, text: str) -> str:
        self._nothing_since(code, seen)
        match what:
            case "undo":
                at_once(self._work.undo(code, text, self._member, seen))
                return "undone"
            case "call":
                self._call_back(code, text)
            case "decline":
                brought = Brought(reason=text)
                at_once(self._work.step(code, what, brought, self._member, seen))
            case "find_ineligible" | "fail_screening":
                self._step(code, what, text.strip().upper(), seen)
            case _:
                self._step(code, what, text, seen)
        return "noted"

    # what they share

    def _done(self, code: str, ref: str, what: str, act: Callable[[], str]) -> list[Outgoing]:
        """Do it, or say why not; then the lead as it is now."""
        try:
            with self._records.part():
                said = act()
        except NotAllowed:
            return [self._refused(what)]
        except CannotWork as problem:
            return self._not_done(problem, code, ref)
        return [*_strip(ref), *self._shown(code, self._cards.said(said))]

    def _not_done(self, problem: CannotWork, code: str, ref: str) -> list[Outgoing]:
        """Why not; where the message that was pressed is out of date, how things stand now."""
        words = self._cards.because(problem)
        if problem.reason in OUT_OF_DATE:
            return [*_strip(ref), *self._shown(code, words)]
        return [Outgoing("send", (Line(words),))]

    def _shown(self, code: str, said: str = "") -> list[Outgoing]:
        view = self._view(code)
        return [self._cards.lead(view, said) if view else self._say("no_such_lead")]

    def _view(self, code: str) -> LeadView | None:
        return at_once(self._desk.lead(code, self._account.language, self._member, reads=False))

    def _nothing_since(self, code: str, seen: int) -> None:
        """A button of a message that no longer says how things stand decides nothing. CannotWork."""
        if found := self._records.lead(code):
            check_nothing_since(self._records.lead_events(found[1], code), seen)

    def _times(self, code: str, hours: Sequence[time], works_only: bool) -> list[datetime]:
        """The next moments of the given hours, on working days alone or on any."""
        found = self._records.lead(code)
        site = self._site(found[0].study if found else "")
        moments: list[datetime] = []
        day = self._today() if not works_only else self._today() + timedelta(days=1)
        while len(moments) < DAYS_OFFERED * len(hours):
            if not works_only or site.works_on(day):
                moments += [datetime.combine(day, hour, self._parts.zone) for hour in hours]
            day += timedelta(days=1)
        return [
            moment for moment in moments if moment > self._now and (works_only or site.waking.is_open(moment))
        ]

    def _moment(self, text: str) -> datetime:
        """A day and an hour, as a button carries it or as it was typed. CannotWork: it is none."""
        found = _PRESSED.fullmatch(text) or _TYPED.fullmatch(text)
        if found:
            year, month, day, hour, minute = map(int, found.groups())
            with suppress(ValueError):  # a 30th of February
                return datetime(year, month, day, hour, minute, tzinfo=self._parts.zone)
        raise CannotWork("bad_time")

    def _site(self, study: str) -> Site:
        return self._parts.shelf.site(self._records, study)

    def _today(self) -> date:
        return self._now.astimezone(self._parts.zone).date()

    def _may(self, roles: frozenset[str]) -> bool:
        return self._parts.shelf.demo or self._account.role in roles

    def _refused(self, what: str) -> Outgoing:
        note_refused(self._records, self._account.name, what, self._now)
        return self._say("not_yours")

    def _say(self, what: str) -> Outgoing:
        return Outgoing("send", (Line(self._cards.said(what)),))


_VERBS = frozenset(
    {"open", "who", "hide", "ask", "take", "free", "try", "call", "tell", "mark", "step", "how"}
)


def code_in(text: str) -> str:
    """The first code of a lead or request in a text, as it is written; "" when there is none."""
    found = _CODE.search(text.upper())
    return f"{found[1]}-{found[2]}-{found[3]}" if found else ""


def _command(text: str) -> tuple[str, str]:
    """A command without its slash, and what stands after it."""
    command, *rest = text.split(maxsplit=1)
    return command[1:].lower(), rest[0] if rest else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _strip(ref: str) -> list[Outgoing]:
    """The buttons of a message that has had its use go."""
    return [Outgoing("strip", ref=ref)] if ref else []
