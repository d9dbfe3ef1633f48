"""The process is killed again and again while many people answer; nothing is lost, doubled or out of order."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.bootstrap import open_database
from bot.config import Settings
from bot.core.conversation import Conversation
from bot.store import tables as t
from bot.store.records import Records
from tests.botapi import BotApi, Message, Person
from tests.robustness.world import KEYS

PEOPLE, KILLS = 42, 12
#: A kill comes after so many further messages to people; counted, not timed, so that it hits work under way.
BETWEEN_KILLS = (15, 55)
PATIENCE = 150.0

FITS = ["age", "treated", "pregnant", "hormones"]


@dataclass(slots=True)
class Somebody:
    """A person who answers the newest question in front of them, and does not mind reading it twice."""

    person: Person
    number: int
    answered: set[str] = field(default_factory=set)
    finished: bool = False

    @property
    def fits(self) -> bool:
        """Every fourth one is too old."""
        return self.number % 4 != 3

    @property
    def by_phone(self) -> bool:
        return self.number % 5 == 0

    async def chat(self) -> None:
        """From the first message to the last."""
        self.person.send("/start")
        while not self.finished:
            await self.person.api.until(lambda: self._new, PATIENCE, f"something new for {self.number}")
            message = self._new
            assert message is not None
            self.answered.add(_question(message))
            self._react(message)

    @property
    def _new(self) -> Message | None:
        """The newest question, unless it is answered. It may have come twice, and one of the two have changed."""
        newest = 0
        for message in reversed(self.person.messages):
            if not message.from_bot or not (message.inline or (message.keyboard and self.person.keyboard)):
                continue
            newest = newest or _prompt(message)
            if _prompt(message) != newest:
                break
            if _question(message) not in self.answered:
                return message
        return None

    def _react(self, message: Message) -> None:
        if message.keyboard and not message.inline:
            self.person.share_contact(f"86138{self.number:08}")
            return
        data = {
            button["callback_data"].split(":", 2)[2]: button["callback_data"] for button in _flat(message)
        }
        if self._is_over(set(data)):
            self.finished = True
        elif ".pick" in data:
            self.person.send("35" if self.fits else "70")
        elif set(data) == {".skip", ".back"}:
            self.person.send(f"林女士{'甲乙丙丁'[self.number % 4]}")
        else:
            self.person.press_data(data[self._choice(set(data))], message.message_id)

    def _is_over(self, choices: set[str]) -> bool:
        return "change_phone" in choices or "check" in choices

    def _choice(self, choices: set[str]) -> str:
        if "na" in choices or ("unsure" in choices and "cream" not in choices):
            return "unsure" if "unsure" in choices and self.number % 2 else "no"
        wanted = [("zh", "en")[self.number % 2], "self", "agree", ".done", "none", "finish", "yes"]
        wanted += ["phone" if self.by_phone else "chat", "morning"]
        return next(choice for choice in wanted if choice in choices)


def _prompt(message: Message) -> int:
    return int(_flat(message)[0]["callback_data"].split(":")[1]) if message.inline else -1


def _question(message: Message) -> str:
    """The same for a message that came twice, another one when its buttons have changed."""
    return f"{message.text} {message.inline}"


def _flat(message: Message) -> list[dict[str, Any]]:
    return [button for row in message.inline for button in row]


class Process:
    """`prescreen serve`, killed and started anew."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self._running: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"),
                env=self._environment,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        assert self._running is not None
        assert self._running.returncode is None, (self._folder / "log").read_text()[-2000:]
        self._running.send_signal(signal.SIGKILL)
        await self._running.wait()


@asynccontextmanager
async def serving(environment: dict[str, str], folder: Path) -> Any:
    process = Process(environment, folder)
    await process.start()
    try:
        yield process
    finally:
        await process.kill()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _environment(api: BotApi, folder: Path, flows: Path, webhook: bool) -> dict[str, str]:
    listen = f"127.0.0.1:{_free_port()}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRESCREEN_")}
    return {
        **kept,
        "PRESCREEN_MODE": "demo",
        "PRESCREEN_TELEGRAM_TOKEN": api.token,
        "PRESCREEN_TELEGRAM_API": api.url,
        "PRESCREEN_LISTEN": listen,
        "PRESCREEN_DATA_DIR": str(folder),
        "PRESCREEN_FLOWS_DIR": str(flows),
        "PRESCREEN_KEY": KEYS,
        **({"PRESCREEN_WEBHOOK_URL": f"http://{listen}/telegram/webhook"} if webhook else {}),
    }


def _messages(api: BotApi) -> int:
    return len(api.of("sendMessage"))


async def _kill_now_and_then(api: BotApi, process: Process) -> None:
    chance = random.Random(20261122)
    for _ in range(KILLS):
        goal = _messages(api) + chance.randint(*BETWEEN_KILLS)
        await api.until(lambda goal=goal: _messages(api) >= goal, PATIENCE, f"{goal} messages")
        await process.kill()
        await process.start()


@pytest.mark.parametrize("webhook", [True, False], ids=["webhook", "polling"])
async def test_no_kill_loses_or_doubles_anything(webhook: bool, one_flow: Path, tmp_path: Path) -> None:
    async with BotApi() as api:
        api.retry_seconds = 0.25
        people = [Somebody(api.person(), number) for number in range(PEOPLE)]
        environment = _environment(api, tmp_path, one_flow, webhook)
        async with serving(environment, tmp_path) as process, asyncio.TaskGroup() as group:
            group.create_task(_kill_now_and_then(api, process))
            for somebody in people:
                group.create_task(somebody.chat())
        records = Kept(tmp_path)
        for somebody in people:
            records.check(somebody)
        records.close()


class Kept:
    """What lies in the data directory afterwards."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(mode="demo", data_dir=folder, key=KEYS, _env_file=None)  # type: ignore[call-arg, arg-type]
        self._database, _ = open_database(settings)
        self._connection = self._database.engine.connect()
        self._records = Records(self._connection, self._database.vault)

    def close(self) -> None:
        self._connection.close()
        self._database.engine.dispose()

    def check(self, somebody: Somebody) -> None:
        """Everything about one person."""
        chat = self._records.chat("telegram", str(somebody.person.user_id))
        assert chat is not None
        conversation = Conversation.from_dict(chat.state)
        assert conversation.phase == ("queued" if somebody.fits else "not_match")
        runs = self._connection.scalars(select(t.runs.c.id).where(t.runs.c.chat_id == chat.id)).all()
        assert runs == [chat.run]
        said = self._records.answers(chat, runs[0])
        assert [line.question for line in said] == (FITS if somebody.fits else FITS[:1])
        unsure = "unsure" if somebody.number % 2 else "no"
        values: list[Any] = [35, "none", "no", unsure] if somebody.fits else [70]
        assert [line.value for line in said] == values
        consents = Counter(row.purpose for row in self._records.consents(runs[0]))
        wanted = ["consent_health", "consent_abroad", *(["contact"] if somebody.fits else [])]
        assert consents == Counter(wanted)
        self._check_lead(somebody, chat)
        self._check_messages(somebody, chat.chat_hash, conversation.prompt)

    def _check_lead(self, somebody: Somebody, chat: Any) -> None:
        codes = self._connection.scalars(select(t.leads.c.code).where(t.leads.c.chat_id == chat.id)).all()
        assert len(codes) == somebody.fits
        for code in codes:
            name, phone = self._records.identity(chat, code)
            assert name.startswith("林女士")
            assert phone == (f"+86138{somebody.number:08}" if somebody.by_phone else "")

    def _check_messages(self, somebody: Somebody, chat_hash: bytes, last: int) -> None:
        """Each prompt went out, in order, and once more at most for every kill."""
        numbers = [
            int(button["callback_data"].split(":")[1])
            for message in somebody.person.sent
            for button in [button for row in message.had[0] for button in row][:1]
        ]
        assert numbers == sorted(numbers), "messages overtook each other"
        missing = set(range(1, last + 1)) - set(numbers)
        keyboards = sum(1 for message in somebody.person.sent if message.keyboard)
        assert bool(missing) == bool(keyboards) == (somebody.fits and somebody.by_phone)
        assert len(missing) <= keyboards, f"prompts {missing} never came"
        sends = select(t.outbox.c.id).where(t.outbox.c.chat_hash == chat_hash, t.outbox.c.op == "send")
        posted = len(self._connection.scalars(sends).all())
        # A prompt with a reply keyboard is settled by a message of its own.
        assert posted <= len(somebody.person.sent) <= posted + keyboards + KILLS
        unsent = select(t.outbox.c.id).where(t.outbox.c.chat_hash == chat_hash, t.outbox.c.sent_at.is_(None))
        assert len(self._connection.scalars(unsent).all()) <= 1, "the last one may be on its way"
