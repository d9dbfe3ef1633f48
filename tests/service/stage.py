"""The whole application in a temporary folder, a clock that is moved by hand, and people who chat."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, func, select

from bot.bootstrap import App, bootstrap
from bot.config import Settings
from bot.service.messages import WEB as WEB
from bot.service.messages import Button, Channel, Content, Incoming, Outgoing, Press, Text
from bot.store import tables as t
from bot.store.records import Records
from bot.store.vault import new_keys

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "script" / "small" / "flow.yaml"
MELASMA = ROOT / "flows" / "melasma-exosome" / "flow.yaml"
#: Those who may take every step with a version.
CAST = ("anna", "bob", "carol")
#: A Monday, 10:00 in Fuzhou.
MORNING = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
PHONES = {"phone": "0591-5550101", "ae_phone": "0591-5550102", "ethics_phone": "0591-5550103"}


@dataclass
class Clock:
    """Stands still unless it is moved."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)


@dataclass
class Stage:
    """One application. `live`: nothing is offered before it is approved."""

    folder: Path
    live: bool = False
    script: Path = SMALL
    database_url: str | None = None
    #: Another worker's, on the same database.
    key: str | None = None
    clock: Clock = field(default_factory=Clock)
    #: Further settings.
    more: dict[str, Any] = field(default_factory=dict)
    app: App = field(init=False)

    def __post_init__(self) -> None:
        key = self.key or (new_keys() if self.database_url else None)
        settings = Settings(  # type: ignore[call-arg]
            mode="live" if self.live else "demo",
            data_dir=self.folder,
            database_url=self.database_url,
            key=key,  # type: ignore[arg-type]
            _env_file=None,
            **self.more,
        )
        self.app = bootstrap(settings, self.clock, None if self.live else self.script)
        self.app.start()
        if self.live:
            self.app.database.run_now(self._employ)

    def _employ(self, records: Records) -> None:
        for name in CAST:
            records.add_staff(name, "approver", self.clock())

    def stop(self) -> None:
        self.app.stop()

    def open(self, study: str = "small", **facts: str) -> None:
        """Approve and publish the script, and confirm that it recruits."""
        publishing = self.app.publishing
        flow = publishing.submit(self.script.read_bytes(), "anna")
        publishing.approve(flow.hash, "E-2026-1", "bob")
        publishing.publish(flow.hash, "bob")
        confirmed = {"recruiting": "yes", "status_checked_on": self.clock.now.date().isoformat()}
        for name, value in {**PHONES, **confirmed, **facts}.items():
            publishing.set_fact(study, name, value, "admin")

    def publish_unchecked(self, source: bytes, study: str = "small") -> str:
        """A version as an earlier release published it, whose checker knew less."""
        hash, now = hashlib.sha256(source).hexdigest(), self.clock()

        def publish(records: Records) -> None:
            records.add_version(hash, study, source, "anna", now)
            records.add_approval(hash, "E-2026-0", self.app.wording.interface_hash(), "bob", now)
            records.publish(study, hash, "bob", now)

        self.app.database.run_now(publish)
        return hash

    def counts(self) -> dict[str, int]:
        """How many rows there are, where there are any."""
        with self.app.database.engine.connect() as connection:
            found = {
                name: connection.scalar(select(func.count()).select_from(table))
                for name, table in t.metadata.tables.items()
                if table is not t.staff
            }
        return {name: count for name, count in found.items() if count}

    def rows(self, table: Table) -> list[Any]:
        with self.app.database.engine.connect() as connection:
            return list(connection.execute(select(table)))


class Person:
    """Somebody in a chat that pulls."""

    def __init__(
        self, stage: Stage, address: str = "p1", language: str = "zh", channel: Channel = WEB
    ) -> None:
        self.stage = stage
        self.address = address
        self.language = language
        self.channel = channel
        self._after = 0
        #: The messages of the latest turn, and every one before.
        self.latest: list[Outgoing] = []
        self.heard: list[str] = []
        self._prompt: Outgoing | None = None

    async def take(self, content: Content) -> str:
        """Do something; returns the words that come back."""
        incoming = Incoming(self.channel.name, self.address, uuid4().hex, content, self.language)
        await self.stage.app.intake.take(incoming)
        return await self.listen()

    async def listen(self) -> str:
        feed = await self.stage.app.intake.feed(self.channel.name, self.address, self._after)
        self._after = max([self._after, *(posted.seq for posted in feed)])
        self.latest = [posted.outgoing for posted in feed]
        for outgoing in self.latest:
            if outgoing.op in ("send", "redraw") and outgoing.prompt:
                self._prompt = outgoing
        words = "\n".join(line.text for outgoing in self.latest for line in outgoing.lines)
        self.heard.append(words)
        return words

    async def say(self, text: str) -> str:
        return await self.take(Text(text))

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self._prompt.rows for button in row] if self._prompt else []

    async def tap(self, *ids: str) -> str:
        """Press live buttons by their ids, one after another."""
        words = ""
        for id in ids:
            found = [button for button in self.buttons if button.data.split(":", 2)[2] == id]
            assert found, f"no button {id} among {[button.data for button in self.buttons]}"
            words = await self.take(Press(found[0].data))
        return words

    # journeys through the small script

    async def to_questions(self) -> "Person":
        await self.say("/start")
        await self.tap(
            self.language, "self", "yes", "agree", *(["agree"] if self.channel.goes_abroad else [])
        )
        return self

    async def to_contact(self, age: str = "35") -> "Person":
        """A clean case, up to "may we contact you?"."""
        await self.to_questions()
        await self.say(age)
        await self.tap("none", ".done", "no", "no", "finish")
        return self

    async def to_queue(self, name: str = "林女士", phone: str = "13800138000") -> "Person":
        await self.to_contact()
        await self.tap("yes")
        await self.say(name)
        await self.tap("phone")
        await self.say(phone)
        await self.tap("any")
        return self

    async def to_not_match(self) -> "Person":
        await self.to_questions()
        await self.say("70")
        await self.tap("finish")
        return self


def send_all(stage: Stage) -> list[Outgoing]:
    """Everything that waits for Telegram goes out; the message with the row's number carries it."""
    sent = []

    def send(records: Records) -> list[Outgoing]:
        now = stage.clock()
        heads = records.heads("telegram", now, 100)
        for head in heads:
            records.sent(head.id, f"m{head.id}", now)
        return [Outgoing.from_dict(head.content) for head in heads]

    while some := stage.app.database.run_now(send):
        sent += some
    return sent
