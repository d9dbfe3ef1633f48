"""The same journeys through every face give the same transcripts as at the service.

Telegram's are the ones that lie beside this file; the browser's and the terminal's are taken from the service when
they are needed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.journeys import journeys as j
from tests.journeys import transcript
from tests.journeys.chat import Face, ServiceFace
from tests.journeys.faces import (
    PATIENCE,
    REMEMBER,
    BrowserFace,
    Site,
    TelegramChatFace,
    TerminalFace,
    in_one_row,
    serving,
    telegram_process,
    terminal_process,
)
from tests.journeys.journeys import CASES, TELEGRAM, WEB, Case
from tests.journeys.person import Person
from tests.journeys.stage import SETTINGS, Databases, staged
from tests.journeys.transcript import LATER, SITE, Turn, undated
from tests.postgres import Postgres
from tests.web.stage import browser as browser
from tests.web.stage import visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")

LANGUAGES = ("zh", "en")

IN_DEMO = "in a demonstration every flow runs, whatever the site says"
NO_PHOTOS = "there is nothing to send one with"
#: What a face cannot do, and why; everything else it plays.
NOT_IN_THE_BROWSER = {
    j.no_consent_abroad: "only Telegram's messages go abroad",
    j.photo_refused: NO_PHOTOS,
    j.closed: IN_DEMO,
    j.not_recruiting: IN_DEMO,
    j.recruiting_stops_midway: IN_DEMO,
    j.recruiting_stops_before_consent: IN_DEMO,
    j.recruiting_stops_in_the_queue: IN_DEMO,
}
NO_OLD_BUTTONS = "a letter presses a button of the newest message, never an older one"
NOT_IN_THE_TERMINAL = {
    **NOT_IN_THE_BROWSER,
    j.pause_and_reminder: "a reminder's buttons show with the next line: a letter still means the old ones",
    j.not_match_check: NO_OLD_BUTTONS,
    j.not_reminded_before_consent: NO_OLD_BUTTONS,
    j.old_buttons: NO_OLD_BUTTONS,
    j.old_buttons_of_a_past_chat: NO_OLD_BUTTONS,
}
#: Whose phone speaks the other language.
OTHER_PHONE = (j.language_not_the_phones,)
#: So many chats side by side: in each language in the browser, and with one bot.
WINDOWS, WITH_ONE_BOT = 2, 16
#: Played in the browser with the mouse.
BY_MOUSE = (j.likely_match, j.needs_review, j.edit_mistap, j.several_treatments, j.no_consent_health)

Later = Callable[[timedelta], Awaitable[None]]
Told = Callable[[Sequence[str]], list[str]]


def dated(lines: Iterable[str]) -> list[str]:
    """Comparable: without codes and moments."""
    return [undated(line) for line in lines]


async def replay(
    face: Face,
    turns: Iterable[Turn],
    site: Site | None = None,
    told: Told = dated,
    shows_by_itself: bool = True,
) -> None:
    """Do what the transcript's person does, and see what they see. `site`: where the rest of the world is changed."""
    awaited: list[str] = []
    for turn in turns:
        await act(face, turn, site)
        awaited += turn.seen
        if turn.how == LATER and not shows_by_itself:
            continue
        seen: list[str] = []
        until = time.monotonic() + PATIENCE
        while len(told(seen)) < len(told(awaited)) and time.monotonic() < until:
            seen += await face.seen()
        assert told(seen) == told(awaited), f"after {turn.how} {turn.said}"
        awaited = []


async def act(face: Face, turn: Turn, site: Site | None) -> None:
    """One turn."""
    match turn.how:
        case "":
            await face.say(turn.said)
        case transcript.TYPED:
            await face.type(turn.said)
        case transcript.OLD:
            await face.press_old(turn.said)
        case transcript.PHOTO:
            await face.send_photo()
        case transcript.LATER if isinstance(face, TerminalFace):
            await face.later(timedelta(hours=int(turn.said)))
        case transcript.LATER:
            assert site
            await site.later(timedelta(hours=int(turn.said)))
        case transcript.SITE:
            assert site
            site.set_fact(*turn.said.split("="))


def cases(*settings: str, but: Iterable[j.Walk] = ()) -> list[Case]:
    """Every journey on sites that stand so, but those in which coordinators take part: no face is theirs."""
    settings = tuple(setting for setting in settings if setting != "with the team")
    return [c for c in CASES if c.channel == TELEGRAM and c.setting in settings and c.walk not in but]


def phone_language(case: Case) -> str:
    """What the person's phone or browser speaks."""
    return {"zh": "en", "en": "zh"}[case.language] if case.walk in OTHER_PHONE else case.language


async def recorded(case: Case, channel: str, databases: Databases, folder: Path) -> list[Turn]:
    """The journey as it goes at the service."""
    with staged(databases, "sqlite", "demo", case.setting, folder) as stage:
        person = Person(ServiceFace(stage, channel, case.language, hard=False), case.language)
        await case.walk(person)
    return list(transcript.turns(person.transcript))


def written(case: Case) -> list[Turn]:
    """The journey as it lies beside this file."""
    return list(transcript.turns(case.file.read_text(encoding="utf-8").splitlines()))


def moves_the_world(turns: Iterable[Turn]) -> bool:
    """Whether others in the same program would notice."""
    return any(turn.how in (LATER, SITE) for turn in turns)


async def all_of(played: Iterable[Case], at_once: int, play: Callable[[Case], Awaitable[None]]) -> None:
    """Play them side by side, and tell of every one that went wrong."""
    room = asyncio.Semaphore(at_once)
    wrong: dict[str, BaseException] = {}

    async def one(case: Case) -> None:
        async with room:
            try:
                await play(case)
            except Exception as problem:
                wrong[str(case)] = problem

    await asyncio.gather(*map(one, played))
    assert not wrong, "\n\n".join(f"{name}: {type(why).__name__} {why}" for name, why in wrong.items())


async def test_exemptions_name_journeys() -> None:
    assert {*NOT_IN_THE_BROWSER, *NOT_IN_THE_TERMINAL, *OTHER_PHONE} <= {case.walk for case in CASES}


@pytest.mark.parametrize("case", cases(*SETTINGS, but=NOT_IN_THE_TERMINAL), ids=str)
async def test_in_the_terminal(case: Case, databases: Databases, tmp_path: Path) -> None:
    turns = await recorded(case, "terminal", databases, tmp_path)
    with staged(databases, "sqlite", "demo", case.setting, tmp_path) as stage:
        face = TerminalFace(stage, phone_language(case))
        await replay(face, turns, told=lambda lines: in_one_row(dated(lines)), shows_by_itself=False)


@pytest.mark.parametrize(("journey", "language"), [("likely_match", "zh"), ("several_treatments", "en")])
async def test_in_a_terminal_of_its_own(journey: str, language: str, tmp_path: Path) -> None:
    lines = transcript.path(WEB, journey, language).read_text(encoding="utf-8").splitlines()
    with terminal_process(tmp_path, language) as face:
        await replay(face, transcript.turns(lines))


class Windows:
    """A few browser windows in each language, used again by one new visitor after the other."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._free: dict[str, asyncio.LifoQueue[Page]] = {name: asyncio.LifoQueue() for name in LANGUAGES}

    async def open(self, browser: Browser, opened: AsyncExitStack) -> None:
        """Open them."""
        for language, locale in (("zh", "zh-CN"), ("en", "en-GB")) * WINDOWS:
            # With less motion a click need not wait until the page has scrolled: four times as fast.
            page = await opened.enter_async_context(visiting(browser, locale, reduced_motion="reduce"))
            page.set_default_timeout(PATIENCE * 1000)
            await page.add_init_script(f"({REMEMBER})()")
            self._free[language].put_nowait(page)

    @asynccontextmanager
    async def visitor(self, case: Case) -> AsyncIterator[BrowserFace]:
        """Somebody whom the site has not seen."""
        free = self._free[phone_language(case)]
        page = await free.get()
        try:
            await page.goto("about:blank")
            await page.context.clear_cookies()
            yield BrowserFace(page, self._address, mouse=case.walk in BY_MOUSE)
            complaints, page.complaints[:] = list(page.complaints), []  # type: ignore[attr-defined]
            assert complaints == []
        finally:
            free.put_nowait(page)


@pytest.mark.parametrize("setting", ["open", "short", "two studies"])
async def test_in_the_browser(setting: str, browser: Browser, databases: Databases, tmp_path: Path) -> None:
    played = cases(setting, but=NOT_IN_THE_BROWSER)
    turns = {case: await recorded(case, WEB, databases, tmp_path) for case in played}
    async with AsyncExitStack() as opened:
        site = opened.enter_context(serving(tmp_path / "site", "demo", setting))
        windows = Windows(site.address)
        await windows.open(browser, opened)

        async def play(case: Case) -> None:
            async with windows.visitor(case) as face:
                await replay(face, turns[case], site)

        await all_of([c for c in played if not moves_the_world(turns[c])], len(played), play)
        for case in played:
            if moves_the_world(turns[case]):
                await site.reset()
                await all_of([case], 1, play)


PLAYED = [(setting, webhook, "sqlite") for setting in SETTINGS for webhook in (False, True)]
PLAYED += [("open", False, "postgres"), ("short", True, "postgres")]


@pytest.mark.parametrize(
    ("setting", "webhook", "database"),
    PLAYED,
    ids=["-".join([setting, "webhook" if hook else "polling", kind]) for setting, hook, kind in PLAYED],
)
async def test_in_telegram(
    setting: str, webhook: bool, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """All of them at the same time, each by somebody else; then those that move the world, one after the other."""
    server: Postgres | None = request.getfixturevalue("postgres") if database == "postgres" else None
    url = server.create_database() if server else ""
    # What PostgreSQL stores is no other in another language (test_journeys).
    languages = {"open": ("zh",), "short": ("en",)}[setting] if server else LANGUAGES
    played = {case: written(case) for case in cases(setting) if case.language in languages}
    async with telegram_process(tmp_path / "site", webhook, setting, url) as telegram:
        faces: list[TelegramChatFace] = []

        async def play(case: Case) -> None:
            person = telegram.api.person(language_code={"zh": "zh-hans", "en": "en"}[phone_language(case)])
            faces.append(TelegramChatFace(person))
            await replay(faces[-1], played[case], telegram.site)

        await all_of([c for c in played if not moves_the_world(played[c])], WITH_ONE_BOT, play)
        await telegram.api.idle(quiet=0.3, seconds=PATIENCE)
        assert [face.look() for face in faces] == [[]] * len(faces), "more than was to be seen"
        for case in played:
            if moves_the_world(played[case]):
                await telegram.site.reset()
                await all_of([case], 1, play)
