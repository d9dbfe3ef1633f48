"""The same chat through the product's own faces: terminal, browser, Telegram."""

import asyncio
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect
from sqlalchemy import func, select

from bot.bootstrap import App, bootstrap
from bot.channels.terminal.chat import TerminalChat
from bot.i18n import Translators
from bot.store import tables as t
from bot.store.records import Records
from tests.botapi import BotApi, Message, Person
from tests.journeys.chat import PAUSE
from tests.journeys.moved import MovedClock
from tests.journeys.stage import (
    CHECKED_ON,
    KEYS,
    MELASMA,
    MORNING,
    ROOT,
    SOURCES,
    Clock,
    Stage,
    publish,
    scripts,
    settings,
)
from tests.journeys.transcript import button_lines, message_lines

TODAY = "2026-06-15"
#: How long a process may take to start, or to answer.
PATIENCE = 30.0
PATIENCE_MS = PATIENCE * 1000


@contextmanager
def program(
    *arguments: str, folder: Path, module: str = "bot", **more: str | int
) -> Iterator[subprocess.Popen[str]]:
    """A `prescreen` of its own, with nothing of our environment but the path."""
    given = {name: str(value) for name, value in more.items() if name.startswith("PRESCREEN_")}
    streams = {name: value for name, value in more.items() if not name.startswith("PRESCREEN_")}
    running = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "PRESCREEN_FLOWS_DIR": str(MELASMA.parent.parent),
            "PRESCREEN_DATA_DIR": str(folder / "data"),
            **given,
        },
        text=True,
        **streams,  # type: ignore[call-overload]
    )
    try:
        yield running
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            raise
        for stream in (running.stdout, running.stderr):
            if stream:
                stream.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Site:
    """A program that serves elsewhere: where it is, its clock, and what the site can change meanwhile."""

    address: str
    clock: MovedClock
    _app: App

    def set_fact(self, name: str, value: str) -> None:
        """As a member of staff does with `prescreen site`."""
        for study in SOURCES:
            self._app.publishing.set_fact(study, name, value, "admin")

    async def later(self, step: timedelta) -> None:
        """Time goes by."""
        await self._quiet()
        await self.clock.move(step)

    async def reset(self) -> None:
        """Back to the morning on which the journeys begin."""
        await self._quiet()
        self.clock.set(MORNING)
        if self._app.settings.mode == "live":
            self.set_fact("recruiting", "yes")

    async def _quiet(self) -> None:
        """Everything is delivered: a message under way for so long would be sent again."""
        until = time.monotonic() + PATIENCE
        while self._app.database.run_now(_undelivered):
            assert time.monotonic() < until, "something is not delivered"
            await asyncio.sleep(0.02)


def _undelivered(records: Records) -> int:
    waiting = select(func.count()).where(t.outbox.c.channel == "telegram", t.outbox.c.sent_at.is_(None))
    return int(records._db.scalar(waiting) or 0)


@contextmanager
def serving(folder: Path, mode: str, setting: str, url: str = "", **more: str) -> Iterator[Site]:
    """`prescreen serve` on a morning of the journeys, on a site that stands as the setting says."""
    folder.mkdir(exist_ok=True)
    url = url or f"sqlite:///{folder}/site.db"
    flows = scripts(setting, folder)
    app = bootstrap(settings(url, mode, folder, flows), Clock())
    if mode == "live":
        publish(app, setting, CHECKED_ON)
    app.database.engine.dispose()
    clock = MovedClock(folder)
    clock.set(MORNING)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    if "PRESCREEN_WEBHOOK_URL" in more:
        more["PRESCREEN_WEBHOOK_URL"] = f"{address}/telegram/webhook"
    with (
        (folder / "log").open("wb") as log,
        program(
            *(str(folder), "serve"),
            folder=folder,
            module="tests.journeys.moved",
            PRESCREEN_MODE=mode,
            PRESCREEN_FLOWS_DIR=str(flows),
            PRESCREEN_DATABASE_URL=url,
            PRESCREEN_KEY=KEYS,
            PRESCREEN_LISTEN=f"127.0.0.1:{port}",
            stdout=subprocess.PIPE,
            stderr=log,  # type: ignore[arg-type]
            **more,
        ) as running,
    ):
        assert running.stdout
        said = running.stdout.readline()
        assert re.search(r"http://\S+", said), (folder / "log").read_text()
        yield Site(address, clock, app)
    app.database.engine.dispose()


# terminal


_COLOURS = re.compile(r"\x1b\[\d*m")
_LETTER = re.compile(r"(?:^|   )([a-z])\) ")
#: Where there are more buttons than letters.
_WORDS = re.compile(r"\[(.+?)\](?=$|  \[)")
LETTERS = 26


class Screen:
    """Reads what the terminal shows: which letter presses which button, and the transcript's lines."""

    def __init__(self) -> None:
        self.letters: dict[str, str] = {}

    def read(self, text: str) -> list[str]:
        """The lines of one turn."""
        lines: list[str] = []
        message: list[str] = []
        for row in [*_COLOURS.sub("", text).replace("\r", "").split("\n"), ""]:
            if row.startswith(("  ", "✓")) or not row:
                lines += message_lines(message)
                message = []
            if row.startswith("✓"):
                lines.append(f"~ {row}")
            elif row.startswith("  "):
                lines += button_lines([self._buttons(row[2:])])
            elif row:
                message.append(row)
        return lines

    def _buttons(self, row: str) -> list[str]:
        if row.startswith(("a) ", "[")):
            self.letters.clear()
        if row.startswith("["):
            return _WORDS.findall(row)
        parts = _LETTER.split(row)
        self.letters.update(zip(parts[2::2], parts[1::2], strict=True))
        return parts[2::2]

    def typed(self, text: str) -> str:
        """What a person at the keyboard types: the letter of a button, or the text."""
        return self.letters.get(text, text)


def in_one_row(lines: Iterable[str]) -> list[str]:
    """As a terminal shows buttons for which it has no letters."""
    shown: list[str] = []
    for are_buttons, group in groupby(lines, lambda line: line.startswith("[ ")):
        rows = list(group)
        labels = [label for row in rows for label in row[2:-2].split(" | ")]
        shown += button_lines([labels]) if are_buttons and len(labels) > LETTERS else rows
    return shown


class TerminalFace:
    """The terminal's chat within this process."""

    def __init__(self, stage: Stage, language: str) -> None:
        self._stage = stage
        self._screen = Screen()
        self._written: list[str] = []
        translators = Translators(ROOT / "locales")
        intake = stage.app.intake
        self._chat = TerminalChat(intake, self._written.append, translators[language], language)

    async def say(self, text: str) -> None:
        await self.type(self._screen.typed(text))

    async def type(self, text: str) -> None:
        self._stage.clock.move(PAUSE)
        await self._chat.say(text)

    async def later(self, step: timedelta) -> None:
        """Time goes by. What comes by itself is shown with what comes next."""
        self._stage.clock.move(step)
        await self._stage.app.timers.tick()

    async def seen(self) -> list[str]:
        text = "".join(self._written)
        self._written.clear()
        return self._screen.read(text)


class ProcessFace:
    """`prescreen chat` at a terminal of its own, colours and all; it shows by its prompt that a turn is over."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._screen = Screen()
        self._begun = False

    async def say(self, text: str) -> None:
        if not self._begun:
            assert text == "/start", "the chat begins by itself"
            self._begun = True
            return
        os.write(self._terminal, f"{self._screen.typed(text)}\n".encode())

    async def seen(self) -> list[str]:
        return self._screen.read(await asyncio.wait_for(asyncio.to_thread(self._turn), PATIENCE))

    def _turn(self) -> str:
        read = b""
        while not read.replace(b"\r", b"").endswith(b"\n> "):
            read += os.read(self._terminal, 65536)  # EIO: the chat has ended
        text = read.decode().replace("\r", "").removesuffix("> ")
        return text if "/quit" not in text else text[text.index("\n\n") :]


@contextmanager
def terminal_process(folder: Path, language: str) -> Iterator[ProcessFace]:
    """`prescreen chat FLOW` as somebody runs it."""
    ours, theirs = pty.openpty()
    quiet = termios.tcgetattr(theirs)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, quiet)
    command = ("--language", language, "chat", str(MELASMA.parent), "--today", TODAY)
    with program(*command, folder=folder, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        try:
            yield ProcessFace(ours)
        finally:
            os.close(ours)


# browser


class BrowserFace:
    """The page at /chat in Chromium. `seen` compares the messages with what they were.

    `mouse`: buttons are looked for as a screen reader does, and clicked with the mouse once they stand still; else
    the page's script is told of a click, which takes a tenth of the time.
    """

    def __init__(self, page: Page, address: str, mouse: bool = False) -> None:
        self._page = page
        self._mouse = mouse
        self._address = address
        self._before: dict[str, Shown] = {}

    async def say(self, text: str) -> None:
        if self._page.url == "about:blank":
            async with self._answered():
                start = text.removeprefix("/start").strip()
                await self._page.goto(f"{self._address}/chat{f'?start={start}' if start else ''}")
            return
        async with self._answered():
            if self._mouse and await (button := self._button(text)).count():
                await button.click()
            elif self._mouse or not await self._page.evaluate(_CLICK, text):
                await self._write(text)

    def _button(self, label: str) -> Locator:
        return self._page.get_by_role("group").get_by_role("button", name=label, exact=True)

    async def type(self, text: str) -> None:
        async with self._answered():
            await self._write(text)

    async def _write(self, text: str) -> None:
        await self._page.get_by_role("textbox").fill(text)
        await self._page.keyboard.press("Enter")

    async def press_old(self, label: str) -> None:
        """As in a second tab that has not noticed yet."""
        message, data, _ = await self._page.evaluate(_OLD_BUTTON, label)
        sent = await self._page.evaluate(_PRESS, {"press": data, "ref": message})
        assert sent == 200
        await self.look()

    async def look(self) -> None:
        """Fetch what is new, as the page does when one comes back to it."""
        async with self._page.expect_response(re.compile("/chat/feed"), timeout=PATIENCE_MS):
            await self._page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def _answered(self) -> Any:
        return self._page.expect_response(re.compile("/chat/updates$"), timeout=PATIENCE_MS)

    async def seen(self) -> list[str]:
        await expect(self._page.locator("[aria-busy], .waiting, #loading")).to_have_count(
            0, timeout=PATIENCE_MS
        )
        shown: list[list[object]] = await self._page.evaluate(_SHOWN)
        now = {str(ref): Shown(tuple(texts), tuple(map(tuple, rows))) for ref, texts, rows in shown}  # type: ignore[arg-type]
        lines = changes(self._before, now)
        self._before = now
        return lines


#: Notes which buttons every message ever had; put into the page before its own script.
REMEMBER = """() => {
  const had = window.hadButtons = new Map();
  new MutationObserver(() => {
    for (const button of document.querySelectorAll('.message .keys button')) {
      const seq = button.closest('.message').dataset.seq;
      had.set(`${seq} ${button.dataset.data}`, [seq, button.dataset.data, button.textContent]);
    }
  }).observe(document, {subtree: true, childList: true});
}"""
_CLICK = """(label) => {
  const found = [...document.querySelectorAll('.message .keys button')].filter((button) => button.textContent === label);
  if (found.length > 1) throw new Error(`several live buttons say ${label}`);
  found[0]?.click();
  return found.length;
}"""
_OLD_BUTTON = """(label) => {
  const live = new Set([...document.querySelectorAll('.message:has(.keys)')].map((message) => message.dataset.seq));
  const had = [...window.hadButtons.values()].filter((button) => button[2] === label);
  const dead = had.filter((button) => !live.has(button[0]));
  return (dead.length ? dead : had).at(-1);
}"""
_PRESS = """(content) => fetch('/chat/updates', {
  method: 'POST',
  headers: {'Content-Type': 'application/json'},
  body: JSON.stringify({id: crypto.randomUUID(), ...content}),
}).then((response) => response.status)"""
_SHOWN = """() => [...document.querySelectorAll('.message:not(.own)')].map((message) => [
  message.dataset.seq,
  [...message.querySelectorAll('.bubble p')].map((line) => line.textContent),
  [...message.querySelectorAll('.row')].map((row) => [...row.children].map((button) => button.textContent)),
])"""


# Telegram


class TelegramChatFace:
    """A person with Telegram, whose bot is a process elsewhere."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._before: dict[str, Shown] = {}
        self._with_keys: set[str] = set()

    async def say(self, text: str) -> None:
        if text in self._person.labels:
            self._person.press(text)
        else:
            self._person.send(text)

    async def type(self, text: str) -> None:
        self._person.send(text)

    async def press_old(self, label: str) -> None:
        had = [
            m
            for m in self._person.seen
            if any(b["text"] == label for rows in m.had for row in rows for b in row)
        ]
        message = ([m for m in had if not m.inline] or had)[-1]
        self._person.press_old(message.message_id, label)

    async def send_photo(self) -> None:
        self._person.send_photo()

    async def seen(self) -> list[str]:
        lines: list[str] = []

        def look() -> bool:
            lines.extend(self.look())
            return bool(lines)

        await self._person.api.until(look, PATIENCE, "something to change in the chat")
        return lines

    def look(self) -> list[str]:
        """What has changed by now.

        A prompt with a reply keyboard that is settled without a choice comes once more, without its keys, and the
        old one goes: that is the same message in another place (TelegramCarrier).
        """
        self._with_keys |= {message.text for message in self._person.seen if message.keyboard}
        now = {
            str(message.message_id): self._shown(message)
            for message in self._person.seen
            if message.keyboard or message.text not in self._with_keys
        }
        lines = changes(self._before, now)
        self._before = now
        return lines

    def _shown(self, message: Message) -> "Shown":
        rows = message.buttons
        if message.keyboard and message.keyboard is self._person.keyboard:
            rows = [[key["text"] for key in row] for row in message.keyboard["keyboard"]]
        return Shown((message.text,), tuple(map(tuple, rows)))


@dataclass
class TelegramSite:
    """A bot that runs elsewhere, and the Bot API that it talks to."""

    api: BotApi
    site: Site


@asynccontextmanager
async def telegram_process(
    folder: Path, webhook: bool, setting: str, url: str = ""
) -> AsyncIterator[TelegramSite]:
    """`prescreen serve` in live mode."""
    async with BotApi() as api:
        more = {"PRESCREEN_TELEGRAM_TOKEN": api.token, "PRESCREEN_TELEGRAM_API": api.url}
        if webhook:
            more["PRESCREEN_WEBHOOK_URL"] = "here"
        starting = serving(folder, "live", setting, url, **more)
        site = await asyncio.to_thread(starting.__enter__)
        try:
            await api.until(lambda: api.webhook.url if webhook else api.of("getUpdates"), PATIENCE, "the bot")
            yield TelegramSite(api, site)
        finally:
            await asyncio.to_thread(starting.__exit__, None, None, None)


# what has changed


class Shown:
    """A message as it looks: its lines and its buttons."""

    def __init__(self, texts: Iterable[str], rows: tuple[tuple[str, ...], ...]) -> None:
        self.lines = message_lines(texts)
        self.rows = rows

    @property
    def choice(self) -> str:
        """The line that says what was chosen, if there is one."""
        last = self.lines[-1].removeprefix("< ").strip() if self.lines else ""
        return last if last.startswith("✓") else ""


def changes(before: Mapping[str, Shown], now: Mapping[str, Shown]) -> list[str]:
    """Between two looks at a chat: answered prompts, other buttons, new messages."""
    lines = []
    for ref, shown in now.items():
        was = before.get(ref)
        if shown.choice and (was is None or not was.choice):
            lines.append(f"~ {shown.choice}")
        elif was is None:
            lines += [*shown.lines, *button_lines(shown.rows)]
        elif shown.rows and shown.rows != was.rows:
            lines += button_lines(shown.rows)
    return lines
