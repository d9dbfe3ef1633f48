"""A Bot API double, an intake that only remembers, and the real face between them."""

# No __init__.py here: a package tests/telegram could be taken for python-telegram-bot's `telegram`.

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from bot.channels.telegram.app import TelegramFace
from bot.channels.telegram.polling import Poller
from bot.service.messages import Content, Incoming, Membership
from tests.botapi import BotApi, Person


class FakeIntake:
    """Remembers what it took. `fail` says which updates it cannot commit, `hold` which chats have to wait."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self.taken: list[Incoming | Membership] = []
        #: What was tried, committed or not.
        self.tried: list[Incoming | Membership] = []
        self.fail: Callable[[Incoming | Membership], bool] = lambda incoming: False
        self._held: dict[str, asyncio.Event] = {}

    async def take(self, incoming: Incoming | Membership) -> None:
        self.tried.append(incoming)
        self._api.changed()
        if held := self._held.get(incoming.address):
            await held.wait()
        if self.fail(incoming):
            raise RuntimeError(f"cannot commit {incoming}")
        self.taken.append(incoming)
        self._api.changed()

    def hold(self, person: Person) -> asyncio.Event:
        event = self._held[str(person.user_id)] = asyncio.Event()
        return event

    @property
    def contents(self) -> list[Content]:
        return [incoming.content for incoming in self.taken if isinstance(incoming, Incoming)]

    def of(self, person: Person) -> list[Content]:
        return [incoming.content for incoming in self.taken if incoming.address == str(person.user_id)]

    async def has(self, count: int) -> None:
        await self._api.until(lambda: len(self.taken) >= count, what=f"{count} updates to be taken")


@contextlib.asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """A task for the length of a block."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def poller(face: TelegramFace) -> Poller:
    """One that does not wait long between retries."""
    return Poller(face, poll_seconds=5, pauses=(0.01,), commit_pauses=(0.01,))


@pytest.fixture(autouse=True)
def timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the face sets for its process when it starts, here also for tests without one, and taken back."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
def intake(api: BotApi) -> FakeIntake:
    return FakeIntake(api)


@pytest.fixture
async def face(api: BotApi, intake: FakeIntake) -> AsyncIterator[TelegramFace]:
    face = TelegramFace(api.token, intake, api.url)
    await face.start()
    yield face
    await face.stop()


@pytest.fixture
async def polled(face: TelegramFace) -> AsyncIterator[TelegramFace]:
    """The face, fed by long polling."""
    async with running(poller(face).run()):
        yield face
