"""The process is killed again and again while many people walk the real trial; nothing is lost or doubled.

People answer at random, and the kills come at random. KILL_SEED repeats a run's choices, though not its timing:
the seed of a failed run stands in its output.
"""

import asyncio
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random, SystemRandom

import pytest
from sqlalchemy import select

from bot.bootstrap import App, bootstrap
from bot.core.conversation import Conversation
from bot.core.run import Chat
from bot.service.sender import LEASE
from bot.store import tables as t
from bot.store.records import Records
from tests.botapi import BotApi, Call, Message, Person
from tests.journeys.moved import MovedClock
from tests.journeys.stage import ALERTS, FLOWS, KEYS, MELASMA, ROOT, publish, settings
from tests.postgres import Postgres
from tests.robustness.crowd import PATIENCE, Somebody, number_in, prompt_of

PEOPLE, KILLS = 24, 10
#: A kill comes within so many calls of the bot, and so many seconds after the last of them.
CALLS, SECONDS = 160, 0.05
#: … or, once in a while, that soon after the start.
EARLY, EARLY_SECONDS = 0.15, 2.0


@dataclass
class Process:
    """`prescreen serve`, killed and started anew."""

    environment: dict[str, str]
    folder: Path
    kills: list[float] = field(default_factory=list)
    _running: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.journeys.moved", str(self.folder), "serve"),
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        assert self._running is not None
        assert self._running.returncode is None, (self.folder / "log").read_text()[-2000:]
        self._running.send_signal(signal.SIGKILL)
        await self._running.wait()
        self.kills.append(time.monotonic())


@asynccontextmanager
async def serving(environment: dict[str, str], folder: Path) -> AsyncIterator[Process]:
    process = Process(environment, folder)
    await process.start()
    try:
        yield process
    finally:
        await process.kill()


def _environment(api: BotApi, folder: Path, url: str, webhook: bool) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = "{}:{}".format(*free.getsockname())
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRESCREEN_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PRESCREEN_TELEGRAM_TOKEN": api.token,
        "PRESCREEN_TELEGRAM_API": api.url,
        "PRESCREEN_LISTEN": listen,
        "PRESCREEN_DATA_DIR": str(folder),
        "PRESCREEN_DATABASE_URL": url,
        "PRESCREEN_FLOWS_DIR": str(FLOWS),
        "PRESCREEN_KEY": KEYS,
        **({"PRESCREEN_WEBHOOK_URL": f"http://{listen}/telegram/webhook"} if webhook else {}),
    }


async def _kill_now_and_then(
    api: BotApi, process: Process, clock: MovedClock, crowd: Sequence[Somebody], chance: Random
) -> None:
    for _ in range(KILLS):
        if chance.random() < EARLY:
            await asyncio.sleep(chance.uniform(0, EARLY_SECONDS))
        else:
            goal = len(api.calls) + chance.randint(1, CALLS)
            await api.until(
                lambda goal=goal: len(api.calls) >= goal or all(somebody.ended for somebody in crowd),
                PATIENCE,
                f"{goal} calls",
            )
            await asyncio.sleep(chance.uniform(0, SECONDS))
        if all(somebody.ended for somebody in crowd):
            return
        await process.kill()
        # What it was sending stays its own for a while where others could be sending too: nobody waits for that here.
        clock.jump(LEASE)
        await process.start()


RUNS = [("sqlite", True), ("sqlite", False), ("postgres", True), ("postgres", False)]


@pytest.mark.parametrize(
    ("database", "webhook"), RUNS, ids=[f"{kind}-{'webhook' if hook else 'polling'}" for kind, hook in RUNS]
)
async def test_no_kill_loses_or_doubles_anything(
    database: str, webhook: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seed = int(os.environ.get("KILL_SEED") or SystemRandom().randrange(2**32))
    print(f"KILL_SEED={seed}")  # noqa: T201 - pytest shows it when the test fails
    server: Postgres | None = request.getfixturevalue("postgres") if database == "postgres" else None
    url = server.create_database() if server else f"sqlite:///{tmp_path}/live.db"
    clock = MovedClock(tmp_path)
    clock.set(datetime.now(UTC))
    today = date.today()  # noqa: DTZ011 - the process goes by the real date
    app = bootstrap(settings(url, "live", tmp_path))
    request.addfinalizer(app.database.engine.dispose)
    publish(app, "open", today.isoformat())
    flow = app.shelf._compile(MELASMA.read_bytes())
    async with BotApi() as api:
        api.retry_seconds = 0.25
        coordinators = api.person(int(ALERTS))
        crowd = [Somebody(api.person(), n, flow, Random(seed + n)) for n in range(PEOPLE)]
        async with serving(_environment(api, tmp_path, url, webhook), tmp_path) as process:
            async with asyncio.TaskGroup() as group:
                group.create_task(_kill_now_and_then(api, process, clock, crowd, Random(seed)))
                for somebody in crowd:
                    group.create_task(somebody.chat())
            await _everything_is_sent(app)
            kills = list(process.kills)
        with app.database.engine.connect() as connection:
            kept = Kept(Records(connection, app.database.vault), api, kills, today)
            for somebody in crowd:
                kept.check(somebody)
            kept.check_alerts(coordinators)
    assert kills
    assert len(kept.leads) == sum(somebody.ended == "queued" for somebody in crowd)
    print(f"{len(kills)} kills, {kept.doubled} messages came twice")  # noqa: T201 - with -s


async def _everything_is_sent(app: App) -> None:
    unsent = select(t.outbox.c.id).where(t.outbox.c.sent_at.is_(None))
    until = time.monotonic() + PATIENCE
    while app.database.run_now(lambda records: records._db.scalars(unsent).all()):
        assert time.monotonic() < until, "a message is never sent"
        await asyncio.sleep(0.05)


class Kept:
    """What the database holds afterwards, beside what people said and saw."""

    def __init__(self, records: Records, api: BotApi, kills: Sequence[float], today: date) -> None:
        self._records = records
        self._db = records._db
        self._api = api
        self._kills = kills
        self._today = today
        self.doubled = 0
        self.leads: list[str] = []

    def check(self, somebody: Somebody) -> None:
        """Everything about one person."""
        chat = self._records.chat("telegram", str(somebody.person.user_id))
        assert chat is not None
        conversation = Conversation.from_dict(chat.state)
        assert conversation.phase == somebody.ended
        assert conversation.language == somebody.language
        (run,) = self._db.execute(select(t.runs).where(t.runs.c.chat_id == chat.id))
        assert run.id == chat.run
        record = [line for line in self._records.answers(chat, run.id) if line.value is not None]
        assert [(line.question, line.value) for line in record] == somebody.said
        verdict = somebody.screened(self._today).verdict.value
        assert run.outcome == ("not_interested" if somebody.ended == "not_interested" else verdict)
        agreed = {"not_match": [], "not_interested": [("contact", False)], "queued": [("contact", True)]}
        assert Counter((row.purpose, row.agreed) for row in self._records.consents(run.id)) == Counter(
            [("consent_health", True), ("consent_abroad", True), *agreed[somebody.ended]]
        )
        self._check_lead(somebody, chat, verdict)
        self._check_messages(somebody.person, chat.chat_hash, conversation.prompt)

    def _check_lead(self, somebody: Somebody, chat: Chat, verdict: str) -> None:
        rows = self._db.execute(select(t.leads).where(t.leads.c.chat_id == chat.id)).all()
        assert len(rows) == (somebody.ended == "queued")
        for row in rows:
            self.leads.append(row.code)
            assert self._records.identity(chat, row.code) == (somebody.name, somebody.phone)
            reach = "phone" if somebody.phone else "chat"
            assert (row.verdict, row.reach, row.call_time) == (verdict, reach, somebody.time)
            runs = self._db.scalars(select(t.lead_runs.c.run_id).where(t.lead_runs.c.code == row.code)).all()
            assert runs == [chat.run]

    def check_alerts(self, coordinators: Person) -> None:
        """One for every lead. No trace of them stays in the outbox."""
        last: dict[str, Call] = {}
        for message, call in self._sent(coordinators):
            code = message.text.split()[0]
            assert code in self.leads
            if code in last:
                assert self._killed_between(last[code], call)
                self.doubled += 1
            last[code] = call
        assert set(last) == set(self.leads)

    def _check_messages(self, person: Person, chat_hash: bytes, last: int) -> None:
        """Each prompt went out once, in order, and those that are answered have no buttons left.

        Of one that came twice only the copy that was pressed is sure to lose them.
        """
        twice = self._came_twice(person, chat_hash)
        sends = select(t.outbox).where(t.outbox.c.chat_hash == chat_hash, t.outbox.c.op == "send")
        rows = self._db.execute(sends.order_by(t.outbox.c.id)).all()
        prompts = [row.prompt for row in rows if row.prompt]
        assert prompts == list(range(1, last + 1)), "a prompt was lost or asked twice"
        waiting = {prompt_of(message) for message in person.seen if message.inline}
        assert waiting <= {last, *twice}, "an answered prompt waits still"

    def _sent(self, person: Person) -> list[tuple[Message, Call]]:
        calls = [c for c in self._api.of("sendMessage") if c.chat == person.user_id and c.status == 200]
        return list(zip(person.sent, calls, strict=True))

    def _killed_between(self, call: Call, again: Call) -> bool:
        return any(call.began <= kill <= again.began for kill in self._kills)

    def _came_twice(self, person: Person, chat_hash: bytes) -> set[int]:
        """The prompts that were under way at the moment of a kill and came again. Nothing else did."""
        sent = self._sent(person)
        posted = select(t.outbox).where(t.outbox.c.chat_hash == chat_hash)
        rows = self._db.execute(posted.order_by(t.outbox.c.id)).all()
        assert all(row.sent_at for row in rows)
        noted = [number for row in rows if row.op == "send" for number in _ids(row.ref)]
        assert noted == sorted(noted), "messages overtook each other"
        assert set(noted) <= {message.message_id for message, _ in sent}, "a message never came"
        others = [place for place, (message, _) in enumerate(sent) if message.message_id not in noted]
        twice = [place for place in others if self._came_again(sent, place, set(others))]
        self.doubled += len(twice)
        # A prompt with a reply keyboard is settled by a message of its own.
        keyboards = sum(1 for row in rows if row.op == "send" and "k" in row.ref)
        left = [sent[place][0].text for place in others if place not in twice]
        assert len(left) == keyboards, f"came once too often: {left}"
        return {number_in(sent[place][0].had[0]) for place in twice}

    def _came_again(self, sent: Sequence[tuple[Message, Call]], place: int, others: set[int]) -> bool:
        """Whether it was the last thing sent before a kill, and the first after it was the same once more."""
        _, call = sent[place]
        for later in range(place + 1, len(sent)):
            _, again = sent[later]
            if again.params == call.params:
                return self._killed_between(call, again)
            if later not in others:
                return False
        return False


def _ids(ref: str) -> list[int]:
    return [int(part.removeprefix("k")) for part in ref.split(",") if part]
