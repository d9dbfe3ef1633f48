"""The same journeys through every face give the same transcripts as at the service."""

import asyncio
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.journeys import transcript
from tests.journeys.chat import Face
from tests.journeys.faces import (
    PATIENCE,
    TODAY,
    BrowserFace,
    TelegramChatFace,
    TerminalFace,
    free_port,
    program,
    telegram_process,
    terminal_process,
)
from tests.journeys.journeys import NO_FACTS
from tests.journeys.stage import Databases, staged
from tests.web.stage import browser as browser
from tests.web.stage import visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")

JOURNEYS = (
    "likely_match",
    "needs_review",
    "not_match_pregnant",
    "no_consent_health",
    "edit_mistap",
    "several_treatments",
)
LANGUAGES = ("zh", "en")


async def replay(
    face: Face, channel: str, journey: str, language: str, told: Callable[[str], str] = transcript.masked
) -> None:
    """Say what the transcript's person says, and see what they see."""
    for turn in transcript.turns(transcript.path(channel, journey, language)):
        await face.say(turn.said)
        seen: list[str] = []
        until = time.monotonic() + PATIENCE
        while len(seen) < len(turn.seen) and time.monotonic() < until:
            seen += await face.seen()
        assert [told(line) for line in seen] == [told(line) for line in turn.seen], f"after {turn.said}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("journey", JOURNEYS)
async def test_in_the_terminal(journey: str, language: str, databases: Databases, tmp_path: Path) -> None:
    with staged(databases, "sqlite", "demo", NO_FACTS, tmp_path) as stage:
        await replay(TerminalFace(stage, language), "web", journey, language)


@pytest.mark.parametrize(("journey", "language"), [("likely_match", "zh"), ("several_treatments", "en")])
async def test_in_a_terminal_of_its_own(journey: str, language: str, tmp_path: Path) -> None:
    with terminal_process(tmp_path, language) as face:
        await replay(face, "web", journey, language)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demonstration that runs elsewhere."""
    folder = tmp_path_factory.mktemp("demo")
    listen = f"127.0.0.1:{free_port()}"
    with program(
        "serve",
        folder=folder,
        PRESCREEN_MODE="demo",
        PRESCREEN_TODAY=TODAY,
        PRESCREEN_LISTEN=listen,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as running:
        assert running.stdout
        assert re.match(r"http://\S+", running.stdout.readline()), "it did not start"
        yield f"http://{listen}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("journey", JOURNEYS)
async def test_in_the_browser(journey: str, language: str, browser: Browser, demonstration: str) -> None:
    async with visiting(browser, {"zh": "zh-CN", "en": "en-GB"}[language]) as page:
        await replay(BrowserFace(page, demonstration), "web", journey, language)
        assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_in_telegram(webhook: bool, tmp_path: Path) -> None:
    """All of them at the same time, each by somebody else."""
    async with telegram_process(tmp_path, webhook) as api:

        async def walk(journey: str, language: str) -> None:
            person = api.person(language_code={"zh": "zh-hans", "en": "en"}[language])
            await replay(TelegramChatFace(person), "telegram", journey, language, transcript.undated)

        async with asyncio.TaskGroup() as together:
            for journey in JOURNEYS:
                for language in LANGUAGES:
                    together.create_task(walk(journey, language))
