"""The writer: steps that wait together, steps that fail, and two processes on one database."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.bootstrap import App, bootstrap
from bot.config import Settings
from bot.core.conversation import Conversation
from bot.core.run import effective
from bot.service.messages import Incoming, Outgoing, Press, Text
from bot.store import tables as t
from bot.store.records import Records
from tests.postgres import Postgres
from tests.robustness.world import BEGINNING, KEYS

CHANNEL = "web"


def put_together(folder: Path, flows: Path, url: str | None = None) -> App:
    values: dict[str, Any] = {"mode": "demo", "data_dir": folder, "flows_dir": flows, "key": KEYS}
    return bootstrap(Settings(**values, database_url=url, _env_file=None), clock=lambda: BEGINNING)


@pytest.fixture
def app(one_flow: Path, tmp_path: Path) -> Iterator[App]:
    app = put_together(tmp_path, one_flow)
    app.start()
    yield app
    app.stop()


@pytest.fixture
async def two(one_flow: Path, tmp_path: Path, postgres: Postgres) -> AsyncIterator[tuple[App, App]]:
    """Two processes, as it were, on one PostgreSQL."""
    url = postgres.create_database()
    async with AsyncExitStack() as stack:
        apps = []
        for _ in range(2):
            apps.append(put_together(tmp_path, one_flow, url))
            apps[-1].start()
            stack.callback(apps[-1].stop)
        yield apps[0], apps[1]


def says(address: str, update: str, text: str) -> Incoming:
    return Incoming(CHANNEL, address, update, Text(text), "en")


def presses(address: str, update: str, data: str) -> Incoming:
    return Incoming(CHANNEL, address, update, Press(data), "en")


async def feed(app: App, address: str) -> list[Outgoing]:
    return [posted.outgoing for posted in await app.intake.feed(CHANNEL, address)]


async def newest(app: App, address: str) -> dict[str, str]:
    """The data of the newest prompt's buttons, by choice."""
    prompts = [outgoing for outgoing in await feed(app, address) if outgoing.rows]
    data = [button.data for row in prompts[-1].rows for button in row]
    return {each.split(":", 2)[2]: each for each in data}


async def test_steps_that_wait_together_do_not_share_a_failure(app: App) -> None:
    def fail(records: Records) -> None:
        records.count("small", "2026-06-15", "failed")
        raise ZeroDivisionError

    takes = [app.intake.take(says(f"chat {number}", f"{number}", "/start")) for number in range(40)]
    bad = [app.database.run(fail) for _ in range(5)]
    outcomes = await asyncio.gather(*takes[:20], *bad, *takes[20:], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes[20:25]] == [ZeroDivisionError] * 5
    assert outcomes[:20] + outcomes[25:] == [None] * 40
    for number in range(40):
        assert await newest(app, f"chat {number}")
    counted = select(t.counters.c.name).where(t.counters.c.name == "failed")
    assert app.database.run_now(lambda records: records._db.scalars(counted).all()) == []


async def test_a_commit_that_fails_is_told_to_everybody_and_nothing_stays(app: App) -> None:
    def refuse(connection: Any) -> None:
        raise OSError("disk full")

    event.listen(app.database.engine, "commit", refuse)
    takes = [app.intake.take(says(f"chat {number}", f"{number}", "/start")) for number in range(10)]
    outcomes = await asyncio.gather(*takes, return_exceptions=True)
    event.remove(app.database.engine, "commit", refuse)
    assert [type(outcome) for outcome in outcomes] == [OSError] * 10
    assert await feed(app, "chat 3") == []
    await app.intake.take(says("chat 3", "3", "/start"))
    assert len(await feed(app, "chat 3")) == 1, "an update that was not committed may come again"


async def test_a_step_that_fails_leaves_its_update_unseen(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Records, "post", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await app.intake.take(says("anna", "1", "/start"))
    assert await feed(app, "anna") == []
    await app.intake.take(says("anna", "1", "/start"))
    assert len(await feed(app, "anna")) == 1


async def test_an_update_that_was_seen_changes_nothing(app: App) -> None:
    await app.intake.take(says("anna", "1", "/start"))
    before = await feed(app, "anna")
    await asyncio.gather(*(app.intake.take(says("anna", "1", "/start")) for _ in range(5)))
    assert await feed(app, "anna") == before
    await app.intake.take(says("anna", "2", "/start"))
    assert await feed(app, "anna") != before


async def test_what_waits_is_done_before_it_stops(one_flow: Path, tmp_path: Path) -> None:
    app = put_together(tmp_path, one_flow)
    app.start()
    takes = [
        asyncio.ensure_future(app.intake.take(says(f"chat {number}", f"{number}", "/start")))
        for number in range(20)
    ]
    await asyncio.sleep(0)
    app.stop()
    await asyncio.gather(*takes)
    app = put_together(tmp_path, one_flow)
    for number in range(20):
        found = app.database.run_now(lambda records, n=number: records.feed(CHANNEL, f"chat {n}", 0))
        assert found
    app.database.engine.dispose()


async def both(two: tuple[App, App], *incoming: Incoming) -> None:
    """Every update reaches both processes at once."""
    await asyncio.gather(*(app.intake.take(each) for each in incoming for app in two))


async def test_two_processes_take_an_update_once(two: tuple[App, App]) -> None:
    """Telegram repeats an update that was not answered in time, perhaps to another worker."""
    people = [f"chat {number}" for number in range(6)]
    await both(two, *(says(address, f"{address} 0", "/start") for address in people))
    good = (
        "en",
        "self",
        "yes",
        "agree",
        "35",
        "none",
        ".done",
        "no",
        "no",
        "finish",
        "yes",
        "Lin",
        "chat",
        "any",
    )
    for step, choice in enumerate(good, 1):
        updates = []
        for address in people:
            data = await newest(two[step % 2], address)
            update = f"{address} {step}"
            if choice in data:
                updates.append(presses(address, update, data[choice]))
            else:
                updates.append(says(address, update, choice))
        await both(two, *updates)
    for address in people:
        said, leads = two[0].database.run_now(lambda records, a=address: _recorded(records, a))
        assert said == ["age", "treated", "pregnant", "hormones"]
        assert leads == 1


async def test_two_processes_keep_what_a_person_does_in_line(two: tuple[App, App]) -> None:
    """Different updates of one chat at the same moment: one goes first, and the other finds what it left."""
    people = [f"chat {number}" for number in range(6)]
    await asyncio.gather(
        *(
            app.intake.take(says(address, f"{address} {text}", text))
            for address in people
            for app, text in zip(two, ("/privacy", "/help"), strict=True)
        )
    )
    for address in people:
        for choice in ("en", "self", "yes", "agree"):
            data = await newest(two[0], address)
            await two[0].intake.take(presses(address, f"{address} {choice}", data[choice]))
    takes = []
    for address in people:
        takes += [
            two[0].intake.take(says(address, f"{address} a", "35")),
            two[1].intake.take(says(address, f"{address} b", "36")),
        ]
    await asyncio.gather(*takes)
    for address in people:
        said, _ = two[0].database.run_now(lambda records, a=address: _recorded(records, a))
        assert said == ["age"], "the second number was no answer to the next question"
        numbers = [
            outgoing.prompt
            for outgoing in await feed(two[1], address)
            if outgoing.op == "send" and outgoing.prompt
        ]
        assert numbers == sorted(set(numbers))


def _recorded(records: Records, address: str) -> tuple[list[str], int]:
    """The questions in the order they were answered, and how many leads came of it."""
    chat = records.chat(CHANNEL, address)
    assert chat is not None
    assert Conversation.from_dict(chat.state).consents
    assert chat.run is not None
    said = records.answers(chat, chat.run)
    assert len(effective(said)) == len(said)
    leads = records._db.scalars(select(t.leads.c.code).where(t.leads.c.chat_id == chat.id)).all()
    return [line.question for line in said], len(leads)
