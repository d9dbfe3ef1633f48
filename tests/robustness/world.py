"""A bot with its real store, people who chat with it, and what must hold after every step."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, event, select
from structlog.testing import capture_logs

from bot.bootstrap import App, bootstrap
from bot.config import Settings
from bot.core.conversation import Conversation
from bot.core.flow import Flow, Kind, Question
from bot.core.phases import CONSENTS, CONTACT, ENDINGS, GATES, PHASES, RUN, TRACELESS
from bot.core.run import RecordedAnswer, Run, effective
from bot.core.screening import screen
from bot.service.messages import CHANNELS, Button, Content, Incoming, Line, Outgoing, OwnPhone, Press, Text
from bot.service.timers import Timers
from bot.store import tables as t
from bot.store.records import Records
from bot.store.vault import new_keys

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests/script/small/flow.yaml"
#: The second study's id begins with the first's: a start link must not take one for the other.
STUDIES = ("small", "small-two")
#: A Monday morning in Shanghai.
BEGINNING = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
MAX_DATA, MAX_LABEL, MAX_MESSAGE = 64, 64, 8000
#: One key for all databases of a run: making one costs nothing, but a restart needs the same.
KEYS = new_keys()

_CJK = re.compile(r"[\u3400-\u9fff]")
_PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s")
#: Chinese that an English chat shows on purpose: the way back for who does not read English.
_BOTH = re.compile(r" · [\u3400-\u9fff]+|中文")


def two_studies(folder: Path) -> Path:
    """A folder of scripts with the small study twice."""
    for study in STUDIES:
        path = folder / study / "flow.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(SMALL.read_text(encoding="utf-8").replace("flow: small", f"flow: {study}"), "utf-8")
    return folder


@dataclass(slots=True)
class Shown:
    """A message of the bot as its person sees it."""

    number: int
    rows: tuple[tuple[Button, ...], ...]
    had: tuple[Button, ...]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.rows for button in row]


@dataclass(slots=True)
class Person:
    """Somebody with one chat. `messages` is all they ever saw: a client keeps what the bot forgets."""

    channel: str
    address: str
    language: str
    messages: list[Shown] = field(default_factory=list)
    read: int = 0
    last: Incoming | None = None
    last_at: datetime = BEGINNING
    #: What was stored after their last step; None when something else may have changed it since.
    kept: Kept | None = None

    @property
    def buttons(self) -> list[Button]:
        """The live buttons."""
        return [button for message in self.messages for button in message.buttons]

    @property
    def old_buttons(self) -> list[Button]:
        """Every button they ever saw, live ones included."""
        return [button for message in self.messages for button in message.had]

    def apply(self, operation: Outgoing) -> None:
        """See one operation."""
        own = [m for m in self.messages if m.number and m.number == operation.prompt]
        match operation.op:
            case "send":
                self.messages.append(Shown(operation.prompt, operation.rows, _flat(operation.rows)))
            case "settle" if own:
                own[-1].rows = ()
            case "redraw" if own:
                own[-1].rows = operation.rows
                own[-1].had = (*own[-1].had, *_flat(operation.rows))


def _flat(rows: Sequence[Sequence[Button]]) -> tuple[Button, ...]:
    return tuple(button for row in rows for button in row)


@dataclass(frozen=True)
class Kept:
    """What the database holds of one chat."""

    chat: str | None
    conversation: Conversation | None
    run: str | None
    runs: dict[str, Run]
    consents: dict[str, set[str]]
    answers: dict[str, list[RecordedAnswer]]
    open_leads: list[str]
    requests: int
    #: What waits for them to see it.
    posted: tuple[tuple[int, Outgoing], ...]

    @property
    def phase(self) -> str | None:
        return self.conversation.phase if self.conversation else None

    @property
    def overlay(self) -> str:
        return self.conversation.overlay if self.conversation else ""


class World:
    """The bot, put together anew as often as it is restarted."""

    def __init__(self, settings: Settings, only: Path | None = None) -> None:
        self.settings = settings
        self.now = BEGINNING
        self._only = only
        self._numbers = itertools.count(1)
        self._runner = asyncio.Runner()
        #: Inside a trial everything happens on one connection that is rolled back in the end.
        self._trial: Connection | None = None
        #: The phases, and with what lay above them, in which a person's step found a chat.
        self.visited: set[tuple[str | None, str]] = set()
        self.people: list[Person] = []
        self.app: App
        self._put_together()

    @classmethod
    def demo(cls, folder: Path, flows: Path, database_url: str | None = None) -> Self:
        """Everything runs, as a demonstration."""
        return cls(_settings(folder, flows, database_url, "demo"))

    @classmethod
    def live(cls, folder: Path, flows: Path, database_url: str | None = None) -> Self:
        """Every flow of the folder is approved, published and recruits."""
        world = cls(_settings(folder, flows, database_url, "live"))
        world.app.staff.add("author", "editor")
        world.app.staff.add("approver", "approver")
        for script in sorted(flows.glob("*/flow.yaml")):
            hash = world.app.publishing.submit(script.read_bytes(), "author").hash
            world.app.publishing.approve(hash, "EC-1", "approver")
            world.app.publishing.publish(hash, "approver")
        world.open_sites()
        return world

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.app.stop()
        self._runner.close()

    def _put_together(self) -> None:
        self.app = bootstrap(self.settings, clock=lambda: self.now, only=self._only)
        engine = self.app.database.engine
        if engine.dialect.name == "sqlite":
            engine.dispose()
            event.listen(engine, "connect", _do_not_wait_for_the_disk)
        self.app.start()

    # what happens to the bot

    def restart(self) -> None:
        """The process ends and another one begins."""
        self.app.stop()
        self._put_together()

    def open_sites(self) -> None:
        """Set every fact of every published study."""
        facts = {"phone": "0591-1", "ae_phone": "0591-2", "ethics_phone": "0591-3", "alert_chat": "-100"}
        for study in self.studies:
            for name, value in facts.items():
                self.app.publishing.set_fact(study, name, value, "site")
            self.recruit(True, study)

    def recruit(self, recruiting: bool, study: str) -> None:
        """The site says whether it recruits."""
        day = self.now.astimezone(self.settings.zone).date().isoformat()
        self.app.publishing.set_fact(study, "status_checked_on", day, "site")
        self.app.publishing.set_fact(study, "recruiting", "yes" if recruiting else "no", "site")

    @property
    def studies(self) -> tuple[str, ...]:
        """What is offered."""
        day = self.now.astimezone(self.settings.zone).date()
        return tuple(self._in_records(lambda records: self.app.shelf.offer(records, day).flows))

    def empty(self) -> None:
        """Forget all people, and let the clock begin again."""
        with self.app.database.engine.begin() as connection:
            for table in (t.identities, t.lead_runs, t.leads, t.consents, t.answers, t.runs, t.chats):
                connection.execute(table.delete())
            for table in (t.requests, t.outbox, t.seen, t.timers, t.counters, t.audit):
                connection.execute(table.delete())
        self.people.clear()
        self.now = BEGINNING

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What happens in here leaves no trace, in the store or in people's minds."""
        before = [replace(p, messages=[replace(m) for m in p.messages]) for p in self.people]
        now, people = self.now, list(self.people)
        with self.app.database.engine.connect() as connection, connection.begin() as transaction:
            self._trial = connection
            try:
                yield
            finally:
                self._trial = None
                transaction.rollback()
                self.now = now
                self.people[:] = people
                for person, was in zip(people, before, strict=True):
                    for slot in fields(Person):
                        setattr(person, slot.name, getattr(was, slot.name))

    def _in_records(self, read: Any) -> Any:
        if self._trial is not None:
            return read(Records(self._trial, self.app.database.vault))
        return self.app.database.run_now(read)

    # people

    def person(self, channel: str, language: str) -> Person:
        """Somebody new."""
        person = Person(channel, str(5000 + next(self._numbers)), language)
        self.people.append(person)
        return person

    def flow(self, kept: Kept) -> Flow:
        """The flow a chat runs on."""
        assert kept.conversation is not None
        found: Flow | None = self._in_records(
            lambda records: self.app.shelf.flow(records, kept.conversation.version)  # type: ignore[union-attr]
        )
        assert found is not None
        return found

    def kept(self, person: Person) -> Kept:
        """What is stored of a person now."""
        if person.kept is None:
            person.kept = self._in_records(lambda records: _kept(records, person))
        return person.kept

    def take(self, person: Person, content: Content) -> list[Outgoing]:
        """One step of a person; checked."""
        number = str(next(self._numbers))
        incoming = Incoming(person.channel, person.address, number, content, person.language)
        before = self.kept(person)
        self.visited.add((before.phase, before.overlay))
        self._take(person, incoming)
        after = self.kept(person)
        operations = self._see(person, after)
        _replied(operations)
        self._check(person, before, after, operations)
        return operations

    def again(self, person: Person) -> list[Outgoing]:
        """The update that was taken last comes once more; nothing may change."""
        assert person.last is not None
        before = self.kept(person)
        self._take(person, person.last)
        after = self.kept(person)
        assert after == replace(before, posted=()), "an update that was taken before changed something"
        return self._see(person, after)

    def _take(self, person: Person, incoming: Incoming) -> None:
        person.kept, person.last = None, incoming
        person.last_at = self.now
        if self._trial is not None:
            self.app.intake.take_within(Records(self._trial, self.app.database.vault), incoming)
        else:
            self._runner.run(self.app.intake.take(incoming))

    def tick(self, later: timedelta) -> None:
        """The clock moves on and the timers look at it; checked for everybody."""
        self.now += later
        before = {person.address: self.kept(person) for person in self.people}
        for person in self.people:
            person.kept = None
        timers = self.app.timers
        if self._trial is not None:
            timers = Timers(
                _Trial(self._trial, self.app),
                self.app.intake,
                self.app.shelf,
                self.app.letters,
                self.app.lateness,
                self.app.digest,
                self.app.clock,
                self.app.settings.zone,
            )
        with capture_logs() as logs:
            self._runner.run(timers.tick())
        assert logs == [], f"a timer failed: {logs}"
        for person in self.people:
            after = self.kept(person)
            if after.phase != before[person.address].phase and after.phase in (None, "language"):
                for message in person.messages:  # erased for its age: what a client still shows is old
                    message.rows = ()
            self._check(person, before[person.address], after, self._see(person, after))

    def _see(self, person: Person, kept: Kept) -> list[Outgoing]:
        for number, operation in kept.posted:
            person.apply(operation)
            person.read = number
        return [operation for _, operation in kept.posted]

    # what people do, in short

    def say(self, person: Person, text: str) -> list[Outgoing]:
        """Type."""
        return self.take(person, Text(text))

    def press(self, person: Person, button: Button) -> list[Outgoing]:
        """Press a button; what a client makes of it."""
        if button.share:
            return self.take(person, OwnPhone("+8613800138000"))
        place = next((n for n, m in enumerate(person.messages, 1) if button in m.had), 0)
        return self.take(person, Press(button.data, str(place)))

    def choose(self, person: Person, choice: str) -> list[Outgoing]:
        """Press the live button with this id."""
        found = [button for button in person.buttons if button.data.split(":", 2)[2] == choice]
        assert len(found) == 1, f"no button {choice}: {[button.data for button in person.buttons]}"
        return self.press(person, found[0])

    def walk(self, person: Person, until: str = "", steps: int = 99) -> None:
        """Go on as somebody who fits the study does."""
        for _ in range(steps):
            kept = self.kept(person)
            if kept.conversation is None:
                self.say(person, "/start")
            elif (kept.overlay or kept.phase) == until:
                return
            elif kept.overlay or kept.phase in ENDINGS or not person.buttons:
                assert not until, f"no way from {kept.phase} {kept.overlay} to {until}"
                return
            elif kept.phase == "asking":
                self._answer_well(person, kept)
            elif kept.phase == "contact_name":
                self.say(person, "林女士")
            elif kept.phase == "contact_phone":
                self.say(person, "13800138000")
            else:
                self.choose(person, GOOD.get(kept.phase or "", person.language))

    def _answer_well(self, person: Person, kept: Kept) -> None:
        question = self.question(kept)
        if question.kind is Kind.NUMBER:
            self.say(person, "35")
        elif question.kind is Kind.DATE:
            self.say(person, "2020-03")
        else:
            fits = {"meets", "na", "not_asked"}
            wanted = [o for o in question.options if {m.state.value for m in o.means.values()} <= fits]
            option = min(wanted, key=lambda o: "not_asked" in {m.state.value for m in o.means.values()})
            if question.kind is Kind.MULTI:
                ticked = kept.conversation.draft if kept.conversation else []
                if ticked and option.code in ticked:
                    self.choose(person, ".done")
                    return
            self.choose(person, option.code)

    def question(self, kept: Kept) -> Question:
        """The question that stands in a chat that is being asked."""
        assert kept.conversation is not None
        assert kept.run is not None
        flow = self.flow(kept)
        if kept.conversation.reopened:
            return flow.question_by_id[kept.conversation.reopened]
        day = self.now.astimezone(self.settings.zone).date()
        found = screen(flow, effective(kept.answers[kept.run]), day).next
        assert found is not None
        return found

    # what must hold

    def _check(self, person: Person, before: Kept, after: Kept, operations: list[Outgoing]) -> None:
        language = (after.conversation or before.conversation or _nobody(person)).language
        for operation in operations:
            _well_formed(operation, language)
        _one_live_prompt(person, before, after)
        _guarded(person, after)
        assert len(set(after.open_leads)) == len(after.open_leads), "two open leads in one study"
        _traceless(before, after)
        if after.run is not None and after.phase in (*RUN, *CONTACT):
            self._effective_answers_apply(after, after.run)

    def _effective_answers_apply(self, kept: Kept, run: str) -> None:
        assert kept.conversation is not None
        assert kept.runs[run].study == kept.conversation.study
        assert kept.runs[run].version == kept.conversation.version
        answers = effective(kept.answers[run])
        day = self.now.astimezone(self.settings.zone).date()
        asked = {question.id for question in screen(self.flow(kept), answers, day).asked}
        assert set(answers) == asked, "an answer to a question that does not apply counts"


def _do_not_wait_for_the_disk(connection: Any, _: Any) -> None:
    """These worlds end in good order: it is test_kill that needs what the disk keeps."""
    connection.execute("PRAGMA synchronous=OFF").close()


class _Trial:
    """A store whose steps all happen on one connection."""

    def __init__(self, connection: Connection, app: App) -> None:
        self._records = Records(connection, app.database.vault)

    async def run(self, step: Callable[[Any], T]) -> T:
        return step(self._records)

    def run_now(self, step: Callable[[Any], T]) -> T:
        return step(self._records)


def _settings(folder: Path, flows: Path, database_url: str | None, mode: str) -> Settings:
    values: dict[str, Any] = {"mode": mode, "data_dir": folder, "flows_dir": flows, "key": KEYS}
    return Settings(**values, database_url=database_url, _env_file=None)


#: What somebody who fits chooses, by phase.
GOOD = {
    "study": "small",
    "for_self": "self",
    "adult": "yes",
    "consent_health": "agree",
    "consent_abroad": "agree",
    "checking": "finish",
    "contact_wish": "yes",
    "contact_how": "chat",
    "contact_time": "morning",
}


def _nobody(person: Person) -> Conversation:
    return Conversation(person.language, "")


def _kept(records: Records, person: Person) -> Kept:
    db = records._db
    posted = tuple(
        (row.id, Outgoing.from_dict(row.content))
        for row in records.feed(person.channel, person.address, person.read)
    )
    chat = records.chat(person.channel, person.address)
    requests = select(t.requests.c.code).where(
        t.requests.c.chat_hash == records._chat_hash(person.channel, person.address)
    )
    waiting = len(db.execute(requests).all())
    if chat is None:
        return Kept(None, None, None, {}, {}, {}, [], waiting, posted)
    runs = {row.id: row for row in db.execute(select(t.runs).where(t.runs.c.chat_id == chat.id))}
    agreed = select(t.consents.c.run_id, t.consents.c.purpose).where(
        t.consents.c.chat_id == chat.id, t.consents.c.agreed
    )
    consents: dict[str, set[str]] = {id: set() for id in runs}
    for run, purpose in db.execute(agreed) if runs else ():
        consents[run].add(purpose)
    leads = select(t.leads.c.study).where(t.leads.c.chat_id == chat.id, t.leads.c.closed_at.is_(None))
    return Kept(
        chat=chat.id,
        conversation=Conversation.from_dict(chat.state),
        run=chat.run,
        runs={id: records._run(row) for id, row in runs.items()},
        consents=consents,
        answers={id: records.answers(chat, id) for id in runs},
        open_leads=list(db.scalars(leads)) if runs else [],
        requests=waiting,
        posted=posted,
    )


def _replied(operations: list[Outgoing]) -> None:
    kinds = {operation.op for operation in operations}
    assert "send" in kinds or kinds == {"redraw"}, f"no reply, only {kinds or 'silence'}"


def _well_formed(operation: Outgoing, language: str) -> None:
    buttons = _flat(operation.rows)
    data = [button.data for button in buttons]
    assert len(set(data)) == len(data), f"two buttons are the same: {data}"
    for button in buttons:
        assert 1 <= len(button.data.encode()) <= MAX_DATA, f"Telegram refuses {button.data}"
        assert 1 <= len(button.label) <= MAX_LABEL, f"a label of {len(button.label)} characters"
    if operation.op == "strip":
        assert operation.ref
        return
    if operation.op == "redraw" and not operation.rows:
        return  # after an erasure a prompt loses its buttons, and its words are not sent again
    text = "\n".join(line.text for line in operation.lines)
    assert operation.op == "settle" or text.strip(), "a message without words"
    assert len(text) <= MAX_MESSAGE, f"a message of {len(text)} characters"
    ours = [line.text for line in operation.lines if not _is_theirs(line)]
    for words in (*ours, *(button.label for button in buttons)):
        assert not _PLACEHOLDER.search(words), f"a placeholder is left: {words}"
    if operation.op == "send":
        _in_its_language(operation, language)


def _is_theirs(line: Line) -> bool:
    """Whether it is what the person wrote to the study team."""
    return line.text.startswith(("您写的是：", "You wrote:"))


def _in_its_language(operation: Outgoing, language: str) -> None:
    for line in operation.lines:
        if _is_theirs(line):
            continue  # in whatever language they wrote
        if language == "zh":
            assert _CJK.search(line.text), f"not Chinese: {line.text}"
        elif not line.text.startswith("Name:"):
            assert not _CJK.search(_BOTH.sub("", line.text)), f"not English: {line.text}"


def _one_live_prompt(person: Person, before: Kept, after: Kept) -> None:
    conversation = after.conversation
    if conversation is None:
        if before.conversation is not None:
            left = [b.data for b in person.buttons if b.data.startswith(f"{before.conversation.salt}:")]
            assert not left, f"the chat is gone, its buttons are not: {left}"
        return
    ours = [m for m in person.messages if any(b.data.split(":")[0] == conversation.salt for b in m.buttons)]
    numbers = [message.number for message in ours]
    wanted = [conversation.prompt] if conversation.live else []
    # The last word of an ending without a trace has buttons only for somebody in the queue.
    traceless = conversation.phase in TRACELESS and not conversation.overlay
    assert numbers == wanted or (traceless and not numbers), (
        f"buttons stand on prompts {numbers}; accepted: "
        f"{conversation.prompt if conversation.live else 'none'} ({conversation.phase} {conversation.overlay})"
    )
    ended = conversation.phase in ENDINGS and not conversation.overlay
    aged_out = conversation.phase == "language" and not after.run and bool(before.run)
    assert ours or ended or aged_out or before.phase == "language", "there is nothing to press"


def _guarded(person: Person, kept: Kept) -> None:
    """No run, no answer and no question without every consent that the channel needs (R-8)."""
    needed = set(CONSENTS) if CHANNELS[person.channel].goes_abroad else {CONSENTS[0]}
    for run, given in kept.consents.items():
        assert needed <= given, f"run {run} began with the consents {given}"
    assert kept.phase in (None, *PHASES)
    if kept.phase in (*RUN, *CONTACT):
        assert kept.run is not None, f"{kept.phase} without a run"
        assert kept.conversation is not None
        # Somebody who only changes the phone or time of a lead has given theirs long ago, for the lead's run.
        if kept.phase in RUN or kept.conversation.study not in kept.open_leads:
            assert needed <= set(kept.conversation.consents)
    if kept.conversation is not None and kept.conversation.renewing:
        assert kept.phase in CONSENTS
        assert kept.run is not None
    elif kept.phase in (*GATES, *CONSENTS):
        assert kept.run is None, f"{kept.phase} belongs to no run yet"


def _traceless(before: Kept, after: Kept) -> None:
    """Nothing stays of somebody without a run that reached its consents."""
    if after.conversation is not None and not after.runs:
        assert after.phase not in TRACELESS, f"the chat is kept after {after.phase}"
    if after.conversation is None:
        assert not after.runs
