"""Chats with scripts in the making: they begin anew when they must, and nobody waits for an answer that never comes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from bot import previews as module
from bot.bootstrap import App
from bot.previews import Previews
from bot.server import web_routes
from bot.service.messages import Incoming, Text
from bot.store.database import Stopped
from tests.service.stage import SMALL, WEB, Stage

pytestmark = pytest.mark.asyncio

SCRIPT = SMALL.read_bytes()
CHAT = "/staff/flows/small/try/chat"
#: Nothing here takes as long; without it a request that hangs would hang the test.
LONG = 60


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.stop()


@pytest_asyncio.fixture
async def previews(stage: Stage) -> AsyncIterator[Previews]:
    previews = Previews(stage.app.settings, stage.clock)
    yield previews
    previews.close()


class Page:
    """The chat page in an editor's browser."""

    def __init__(self, stage: Stage, previews: Previews, jar: httpx.Cookies | None = None) -> None:
        served = httpx.ASGITransport(Starlette(routes=web_routes(stage.app, previews)))
        self.browser = httpx.AsyncClient(transport=served, base_url="http://localhost", cookies=jar)
        self.chat = ""
        self.shown = 0

    async def feed(self) -> tuple[bool, list[str]]:
        """Whether it is still the chat that is shown, and what is new in it."""
        return self._read(await self.browser.get(f"{CHAT}/feed", params={"after": str(self.shown)}))

    async def say(self, text: str) -> tuple[bool, list[str]]:
        update = {"id": str(uuid4()), "text": text, "chat": self.chat, "after": self.shown}
        return self._read(await self.browser.post(f"{CHAT}/updates", json=update))

    def load(self) -> None:
        """As the page does when the chat is another one."""
        self.chat, self.shown = "", 0

    def _read(self, answer: httpx.Response) -> tuple[bool, list[str]]:
        assert answer.status_code == 200, answer.text
        found = answer.json()
        same = self.chat in ("", found["chat"])
        if same:
            self.chat = found["chat"]
            self.shown = max([self.shown, *(item["seq"] for item in found["feed"])])
        return same, [line[0] for item in found["feed"] for line in item.get("lines", [])]


def changed(number: int) -> bytes:
    return SCRIPT + f"# {number}\n".encode()


async def said_of(previews: Previews, source: bytes) -> int:
    """How much the chat with a script answers to somebody."""
    async with asyncio.timeout(LONG), previews.chat(source) as preview:
        assert preview is not None
        await preview.intake.take(Incoming(WEB.name, "p1", uuid4().hex, Text("/start"), "en"))
        return len(await preview.intake.feed(WEB.name, "p1"))


async def test_after_a_change_the_page_hears_that_its_chat_is_another_one(
    stage: Stage, previews: Previews
) -> None:
    page = Page(stage, previews)
    await page.feed()
    assert (await page.say("/start"))[0]
    assert (await page.say("/help"))[0]
    assert page.shown > 1
    stage.app.drafts.push(changed(1), "lin")
    # What was meant for the old chat is not said in the new one.
    assert await page.say("/start") == (False, [])
    assert await page.feed() == (False, [])
    page.load()
    assert await page.feed() == (True, [])
    same, words = await page.say("/start")
    assert same
    assert words


async def test_the_chat_is_another_one_after_a_restart_or_with_another_worker(
    stage: Stage, previews: Previews
) -> None:
    page = Page(stage, previews)
    await page.feed()
    await page.say("/start")
    other = Previews(stage.app.settings, stage.clock)
    there = Page(stage, other, page.browser.cookies)
    there.chat, there.shown = page.chat, page.shown
    assert await there.feed() == (False, [])
    assert await there.say("/help") == (False, [])
    assert (await page.feed())[0]
    other.close()


async def test_the_one_tried_longest_ago_ends_and_begins_anew(
    previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    names = []
    for number in (1, 2, 1, 3, 1, 2):  # 2 ends when 3 comes
        async with previews.chat(changed(number)) as preview:
            assert preview is not None
            names.append(preview.name)
    assert names[0] == names[2] == names[4]
    assert names[1] != names[5]


async def test_a_chat_does_not_end_under_somebody_who_waits_for_its_answer(
    previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    async with asyncio.timeout(LONG), previews.chat(changed(1)) as first:
        assert first is not None
        assert await said_of(previews, changed(2))
        await first.intake.take(Incoming(WEB.name, "p1", "u1", Text("/start"), "en"))
        assert await first.intake.feed(WEB.name, "p1")
    with pytest.raises(Stopped):
        async with asyncio.timeout(LONG):
            await first.intake.take(Incoming(WEB.name, "p1", "u2", Text("/start"), "en"))


async def test_many_at_once_are_all_answered(previews: Previews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    answers = await asyncio.gather(*(said_of(previews, changed(number % 3)) for number in range(9)))
    assert min(answers) > 0


async def test_of_a_script_with_errors_it_is_found_out_once(
    stage: Stage, previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    bootstrap = module.bootstrap

    def counted(settings: object, clock: object, only: bytes) -> App:
        opened.append(only)
        return bootstrap(settings, clock, only)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "bootstrap", counted)
    stage.app.drafts.push(SCRIPT.replace(b"kind: number", b"kind: nunber"), "lin")
    page = Page(stage, previews)
    for _ in range(3):
        assert (await page.browser.get(f"{CHAT}/feed?after=0")).status_code == 409
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "脚本现在有需要修改的地方"), ("en", "The script has problems now")]
)
async def test_instead_of_a_chat_there_is_a_page_that_says_why(
    stage: Stage, previews: Previews, language: str, words: str
) -> None:
    stage.app.drafts.push(SCRIPT.replace(b"kind: number", b"kind: nunber"), "lin")
    page = await Page(stage, previews).browser.get(CHAT, params={"lang": language})
    assert page.headers["content-type"].startswith("text/html")
    assert f'<html lang="{language}">' in page.text
    assert words in page.text
    assert "http-equiv" in page.text  # it looks again by itself
