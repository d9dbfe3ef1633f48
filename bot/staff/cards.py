"""What a coordinator reads and presses in their chat with the bot, in their language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.i18n import N_
from bot.service.digest import Numbers
from bot.service.in_hand import CHECKS, SURE, CannotWork
from bot.service.messages import Button, Line, Outgoing
from bot.service.staff_chat import mark
from bot.service.views import LeadView, QueueRow
from bot.service.wording import LANGUAGE_NAMES
from bot.staff import refusals, words

#: Telegram refuses more in one button.
_MOST_BYTES = 64
#: So much of a criterion stands on a card; all of it stands on the page.
_MOST_WORDS = 120

SAID: Mapping[str, str] = {
    "noted": N_("Noted."),
    "taken": N_("This lead is yours now."),
    "free": N_("Others may take it again."),
    "undone": N_("Taken back."),
    "language_set": N_("I write in English from now on."),
    "queue_empty": N_("The queue is empty."),
    "no_such_lead": N_("There is no such lead or request here."),
    "which_lead": N_("Write the code after it, for example /lead L-7QK4-X9M3."),
    "privately": N_("To work on them, write to me in a private chat."),
    "not_yours": N_("This is not for your role. Ask your administrator if you need it."),
    "old_button": N_("This button is too old. Ask for the lead again with /lead and its code."),
    "only_text": N_("I can only read text here. Nothing was kept."),
    "answer_a_message": N_(
        "To note something about a lead, answer the message that shows it. /queue shows what is next, /help everything you can write."
    ),
    "answer_one_lead": N_("I cannot tell which lead this is for. Answer a message that shows one lead."),
    "not_abroad": N_(
        "This person did not agree to a transfer abroad, so their contact is not shown in Telegram. See it on the page: /login"
    ),
    "no_notes": N_(
        "A request holds no notes. Take it, answer the person, and close it with what came of it."
    ),
}
#: Refusals that would else speak of a page.
HERE: Mapping[str, str] = {
    "changed_since": N_("Something happened since this message ({detail}). Nothing was changed; it stands like this now."),
    "no_such_step": N_("This step is not possible from here any more. It stands like this now."),
    "bad_time": N_("This is no day and hour. Write it like 2026-06-17 15:00."),
}  # fmt: skip
COMMANDS: Mapping[str, str] = {
    "queue": N_("what is to be done next"),
    "mine": N_("what you hold"),
    "lead": N_("one lead or request, by its code"),
    "digest": N_("how the queue stands today"),
    "login": N_("a login link for the pages"),
    "language": N_("choose your language"),
    "help": N_("this list"),
}
#: What is asked for in writing, as an answer to the message that asks.
WRITTEN: Mapping[str, str] = {
    "undo": N_("Answer this message and say why it is taken back."),
    "reopen": N_("Answer this message and say why it is reopened."),
    "mark_duplicate": N_("Answer this message with the code of the other lead."),
}
ASKED: Mapping[str, str] = {
    "call": N_("When do they want to be called?"),
    "book": N_("When is the visit?"),
    "check": N_("Which criterion did you check?"),
}


class Cards:
    """Makes messages of views."""

    def __init__(self, say: words.Wording) -> None:
        self._say = say
        self._tr = say.tr

    def said(self, what: str, **values: str) -> str:
        """A sentence."""
        return self._tr(SAID[what]).format(**values)

    def because(self, problem: CannotWork) -> str:
        """Why something was not done."""
        if problem.reason in HERE:
            return self._tr(HERE[problem.reason]).format(detail=problem.detail)
        return refusals.because(problem, self._say)

    def status(self, status: str) -> str:
        """A status in a word."""
        return self._say.word(words.STATUSES, status)

    def help(self, commands: Iterable[str]) -> Outgoing:
        """What can be written here."""
        listed = "\n".join(
            f"/{name}{' L-…' if name == 'lead' else ''} · {self._tr(COMMANDS[name])}" for name in commands
        )
        note = self._tr(N_("Answer the message of a lead to leave a note about it."))
        return _send(Line(listed), *([Line(note, "faint")] if "lead" in commands else []))

    def languages(self) -> Outgoing:
        """The languages to choose from."""
        row = [Button(f"language:{code}", name) for code, name in LANGUAGE_NAMES.items()]
        return _send(Line(self._tr(N_("In which language shall I write?"))), rows=[row])

    # the queue

    def queue(self, rows: Sequence[QueueRow], more: bool, opens: bool, mine: bool = False) -> Outgoing:
        """A row each, first things first; `opens`: with a button to open it."""
        if not rows:
            return _send(Line(self._tr(N_("You hold nothing now.")) if mine else self.said("queue_empty")))
        lines = [Line(self._row(number, row)) for number, row in enumerate(rows, 1)]
        if more:
            lines.append(Line(self._tr(N_("There is more; the page shows all of it.")), "faint"))
        buttons = [Button(f"open:{row.code}:0", row.code) for row in rows] if opens else []
        return _send(*lines, rows=_in_rows(buttons, 2))

    def _row(self, number: int, row: QueueRow) -> str:
        what = self._say.word(words.VERDICTS, row.verdict) if row.verdict else self._kind(row)
        held = f"\n{self._holder(row)}" if row.claimed_by else ""
        return f"{number}. {row.code} · {what}\n{self._say.why(row)}{held}"

    def _kind(self, row: QueueRow) -> str:
        kind = self._say.word(words.KINDS, row.kind)
        return f"‼ {kind}" if row.urgent else kind

    def _holder(self, row: QueueRow) -> str:
        until = self._say.when(row.claimed_until) if row.claimed_until else ""
        return self._tr(N_("{name} works on it until {when}")).format(name=row.claimed_by, when=until)

    # one lead or request

    def lead(self, view: LeadView, said: str = "") -> Outgoing:
        """Where it stands and what can be done with it; nobody's identity."""
        row = view.row
        head = [Line(said)] if said else []
        if row.kind != "lead":
            return _send(*head, *self._request_lines(row), rows=self._request_buttons(view))
        lines = [Line(f"{row.code} · {self.status(row.status)}", "strong"), Line(row.study_name, "faint")]
        facts = [
            (N_("Next"), self._say.why(row)),
            (N_("Verdict"), self._say.word(words.VERDICTS, row.verdict)),
            (N_("Tries"), self._say.tried(row)),
            (N_("Can be called"), self._say.word(words.TIMES, row.call_time)),
            (N_("Reach by"), self._say.word(words.REACH, row.reach)),
            (N_("Language"), self._say.tongue(row.language)),
            (N_("Unread messages"), str(row.unread) if row.unread else ""),
            (N_("Visit"), self._say.when(row.visit_at) if row.visit_at else ""),
            (N_("Due"), self._say.when(row.due_at) if row.due_at and not row.visit_at else ""),
        ]
        lines.append(Line("\n".join(self._of(name, value) for name, value in facts if value)))
        opened = [each for each in view.criteria if each.id in row.open]
        if opened:
            listed = "\n".join(f"? {each.id} {_short(each.text)}" for each in opened)
            lines.append(Line(self._of(N_("Open criteria"), f"\n{listed}")))
        noted = next(
            (
                each
                for each in view.done
                if each.words and each.kind in ("note", "attempt") and not each.undone_by
            ),
            None,
        )
        if noted and (view.goes_abroad or row.demo):
            lines.append(Line(f"{noted.who}, {self._say.when(noted.at)}: {noted.words}"))
        if row.unread:
            lines.append(Line(self._tr(N_("Messages are read on the web page: /login")), "faint"))
        if row.claimed_by:
            lines.append(Line(self._holder(row), "faint"))
        if view.quiet_until and not row.closed_at:
            again = self._tr(N_("Please do not call now; people may be called from {when} on."))
            lines.append(Line(again.format(when=self._say.when(view.quiet_until)), "faint"))
        return _send(*head, *lines, rows=self._buttons(view))

    def _of(self, name: str, value: str) -> str:
        return self._tr(N_("{name}: {value}")).format(name=self._tr(name), value=value)

    def _request_lines(self, row: QueueRow) -> list[Line]:
        head = Line(f"{row.code} · {self._kind(row)} · {self.status(row.status)}", "strong")
        lines = [head, Line(row.study_name, "faint")] if row.study_name else [head]
        if row.closed_how:
            lines.append(Line(f"{row.closed_by}: {self._say.word(words.HOW, row.closed_how)}"))
        elif row.due_at:
            lines.append(Line(self._say.why(row)))
        lines.append(Line(self._of(N_("Language"), self._say.tongue(row.language))))
        return [*lines, Line(self._holder(row), "faint")] if row.claimed_by else lines

    def _request_buttons(self, view: LeadView) -> list[list[Button]]:
        code = view.row.code
        if view.row.status != "new" or not view.may_work or (view.row.claimed_by and not view.mine):
            return []
        if not view.mine:
            return [[self._take(code, 0)]]
        closing = [Button(f"how:{code}:0:{how}", self._tr(name)) for how, name in words.HOW.items()]
        return [self._mine(code, 0), *_in_rows(closing, 2)]

    def _buttons(self, view: LeadView) -> list[list[Button]]:
        row, seen = view.row, view.seen
        code = row.code
        if not view.may_work or (row.claimed_by and not view.mine):
            return []
        if not view.mine and not row.closed_at:
            return [[self._take(code, seen)]]
        tries = [
            Button(f"ask:{code}:{seen}:call" if outcome == "call_back" else f"try:{code}:{seen}:{outcome}", self._tr(name))
            for outcome, name in words.TRIES.items()
        ]  # fmt: skip
        steps = [
            Button(
                f"ask:{code}:{seen}:{step.step}"
                if step.needs or step.step in ("decline", *SURE)
                else f"step:{code}:{seen}:{step.step}",
                self._tr(words.LEAD_STEPS[step.step]),
            )
            for step in view.steps
            if step.step in words.LEAD_STEPS  # the others are what comes of a try
        ]
        more = [Button(f"ask:{code}:{seen}:check", self._tr(N_("Check a criterion")))] if row.open else []
        if view.may_tell:
            more.append(
                Button(f"tell:{code}:{seen}", self._tr(N_("They agreed: tell the visit in the chat")))
            )
        if any(each.kind in ("attempt", "step") and not each.undone_by for each in view.done):
            more.append(Button(f"ask:{code}:{seen}:undo", self._tr(N_("Take back the last"))))
        if row.closed_at:
            return [steps, more]
        return [self._mine(code, seen), *_in_rows([*tries, *steps, *more], 2)]

    def _take(self, code: str, seen: int) -> Button:
        return Button(f"take:{code}:{seen}", self._tr(N_("I take it")))

    def _mine(self, code: str, seen: int) -> list[Button]:
        who = Button(f"who:{code}:{seen}", self._tr(N_("Show contact")))
        return [who, Button(f"free:{code}:{seen}", self._tr(N_("Let it go")))]

    def contact(self, view: LeadView) -> Outgoing:
        """Who it is; that it was shown stands in the trail."""
        who = view.identity
        known = [part for part in (who.name, self._say.phone(who.phone), who.chat) if part]
        hide = Button(f"hide:{view.row.code}:0", self._tr(N_("Hide it again")))
        return _send(Line(view.row.code, "strong"), Line("\n".join(known) or "–"), rows=[[hide]])

    # what is asked next

    def times(self, code: str, what: str, seen: int, moments: Sequence[datetime]) -> Outgoing:
        """Some days and hours, and how another is written."""
        verb = f"call:{code}:{seen}" if what == "call" else f"step:{code}:{seen}:{what}"
        buttons = [Button(f"{verb}:{moment:%Y%m%d%H%M}", self._say.when(moment)) for moment in moments]
        other = self._tr(N_("Or answer this message with a day and an hour, such as 2026-06-17 15:00."))
        return _send(*self._question(ASKED[what], other, code, what, seen), rows=_in_rows(buttons, 2))

    def criteria(self, view: LeadView, what: str) -> Outgoing:
        """The criteria that are open, or all where somebody ends for one."""
        code, seen = view.row.code, view.seen
        verb = f"ask:{code}:{seen}:check" if what == "check" else f"step:{code}:{seen}:{what}"
        listed = view.row.open if what == "check" else tuple(each.id for each in view.criteria)
        buttons = [Button(f"{verb}:{id}", id) for id in listed]
        fitting = [button for button in buttons if len(button.data.encode()) <= _MOST_BYTES]
        question = ASKED.get(what, N_("Which criterion is it?"))
        other = "" if what == "check" else self._tr(N_("Or answer this message with the criterion."))
        return _send(*self._question(question, other, code, what, seen), rows=_in_rows(fitting, 4))

    def states(self, view: LeadView, criterion: str) -> Outgoing:
        """What a check may come to. Of an exclusion too: what speaks for taking part, and what against."""
        code, seen = view.row.code, view.seen
        buttons = [
            Button(
                f"mark:{code}:{seen}:{criterion}:{state}",
                f"{self._say.state(state)[0]} {self._tr(words.CHECKED[state])}",
            )
            for state in CHECKS
        ]
        asked = self._tr(N_("What did you find for {criterion}?")).format(criterion=criterion)
        found = next((each for each in view.criteria if each.id == criterion), None)
        text = [Line(f"{criterion} {found.text}", "strong")] if found else []
        asks = (
            [Line(given.ask_them or given.ask) for given in found.answers if not given.linked]
            if found
            else []
        )
        return _send(*text, *asks, Line(asked), Line(code, "faint"), rows=[[each] for each in buttons])

    def sure(self, view: LeadView, step: str) -> Outgoing:
        """An ending is pressed twice."""
        code, name = view.row.code, self._tr(words.LEAD_STEPS[step])
        yes = Button(f"step:{code}:{view.seen}:{step}", f"{self._tr(N_('Yes:'))} {name}")
        asked = self._tr(N_("Is that right? It closes the lead or moves it on.")).format()
        return _send(Line(asked), Line(code, "faint"), rows=[[yes]])

    def reasons(self, code: str, seen: int) -> Outgoing:
        """Why somebody declines, where they say so (Q-8)."""
        buttons = [
            Button(f"step:{code}:{seen}:decline:{why}", self._tr(name)) for why, name in words.REASONS.items()
        ]
        buttons.append(Button(f"step:{code}:{seen}:decline", self._tr(N_("No reason given"))))
        other = self._tr(N_("Or answer this message in your own words."))
        question = N_("Why do they decline?")
        return _send(*self._question(question, other, code, "decline", seen), rows=_in_rows(buttons, 2))

    def agreed(self, code: str, step: str, seen: int) -> Outgoing:
        """The person's own yes is asked for."""
        yes = Button(f"step:{code}:{seen}:{step}:yes", self._tr(N_("Yes, they agreed")))
        asked = self._tr(N_("Did the person agree to be put on the waiting list?"))
        return _send(Line(asked), Line(code, "faint"), rows=[[yes]])

    def written(self, code: str, what: str, seen: int) -> Outgoing:
        """Something that only words can say."""
        return _send(Line(self._tr(WRITTEN[what])), Line(mark(code, what, seen), "faint"))

    def _question(self, question: str, other: str, code: str, what: str, seen: int) -> list[Line]:
        lines = [Line(self._tr(question), "strong")]
        return (
            [*lines, Line(other), Line(mark(code, what, seen), "faint")]
            if other
            else [*lines, Line(code, "faint")]
        )

    # the rest

    def digest(self, days: Sequence[tuple[str, Numbers]], held: Sequence[QueueRow]) -> Outgoing:
        """Numbers of each study, and what is one's own."""
        told = self._tr(
            N_(
                "{waiting} waiting · {requests} requests · {new} new · {late} overdue · {calls} call backs today · {visits} visits today"
            )
        )
        lines = [
            Line(f"{name}\n" + told.format(waiting=n.waiting, requests=n.requests, new=n.new, late=n.late, calls=n.calls, visits=n.visits))
            for name, n in days
        ]  # fmt: skip
        if held:
            mine = "\n".join(f"{row.code} · {self._say.why(row)}" for row in held)
            lines.append(Line(self._of(N_("You hold"), f"\n{mine}")))
        return _send(*(lines or [Line(self.said("queue_empty"))]))

    def login(self, url: str, minutes: int) -> Outgoing:
        """A button where Telegram takes one: it opens no address of this machine's own."""
        told = self._tr(
            N_("This link logs you in on the pages. It works once, for {n} minutes. Do not pass it on.")
        )
        line = Line(told.format(n=minutes))
        if url.startswith("https://"):
            return _send(line, rows=[[Button("", self._tr(N_("Log in")), url=url)]])
        return _send(line, Line(url))


def _send(*lines: Line, rows: Iterable[Iterable[Button]] = ()) -> Outgoing:
    return Outgoing("send", lines, tuple(tuple(row) for row in rows if row))


def _in_rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    return [list(buttons[first : first + width]) for first in range(0, len(buttons), width)]


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WORDS else f"{text[:_MOST_WORDS].rstrip()}…"
