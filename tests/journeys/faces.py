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
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path

from playwright.async_api import Page, expect

from bot.bootstrap import bootstrap
from bot.channels.terminal.chat import TerminalChat
from bot.i18n import Translators
from tests.botapi import BotApi, Message, Person
from tests.journeys.stage import FLOWS, KEYS, MELASMA, ROOT, Clock, Stage, publish, settings
from tests.journeys.transcript import button_lines, message_lines

TODAY = "2026-06-15"
#: How long a process may take to start, or to answer.
PATIENCE = 30.0
PATIENCE_MS = PATIENCE * 1000


@contextmanager
def program(*arguments: str, folder: Path, **more: str | int) -> Iterator[subprocess.Popen[str]]:
    """A `prescreen` of its own, with nothing of our environment but the path."""
    given = {name: str(value) for name, value in more.items() if name.startswith("PRESCREEN_")}
    streams = {name: value for name, value in more.items() if not name.startswith("PRESCREEN_")}
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "PRESCREEN_FLOWS_DIR": str(FLOWS),
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


# terminal


_COLOURS = re.compile(r"\x1b\[\d*m")
_LETTER = re.compile(r"(?:^|   )([a-z])\) ")


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
        if row.startswith("a) "):
            self.letters.clear()
        parts = _LETTER.split(row)
        self.letters.update(zip(parts[2::2], parts[1::2], strict=True))
        return parts[2::2]

    def typed(self, text: str) -> str:
        """What a person at the keyboard types: the letter of a button, or the text."""
        return self.letters.get(text, text)


class TerminalFace:
    """The terminal's chat within this process, on a service that restarts before every turn."""

    def __init__(self, stage: Stage, language: str) -> None:
        self._stage = stage
        self._screen = Screen()
        self._written: list[str] = []
        translators = Translators(ROOT / "locales")
        self._chat = TerminalChat(_Restarting(stage), self._written.append, translators[language], language)

    async def say(self, text: str) -> None:
        await self._chat.say(self._screen.typed(text))

    async def seen(self) -> list[str]:
        text = "".join(self._written)
        self._written.clear()
        return self._screen.read(text)


class _Restarting:
    """The intake of an application that is put together anew for each turn."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def take(self, incoming: object) -> None:
        self._stage.restart()
        await self._stage.app.intake.take(incoming)  # type: ignore[arg-type]

    async def feed(self, channel: str, address: str, after: int = 0) -> list[object]:
        return list(await self._stage.app.intake.feed(channel, address, after))


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
    """The page at /chat in Chromium. `seen` compares the messages with what they were."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._address = address
        self._before: dict[str, Shown] = {}

    async def say(self, text: str) -> None:
        async with self._page.expect_response(re.compile("/chat/updates$"), timeout=PATIENCE_MS):
            if text == "/start":
                await self._page.goto(f"{self._address}/chat")
                return
            button = self._page.get_by_role("group").get_by_role("button", name=text, exact=True)
            if await button.count():
                await button.click()
            else:
                await self._page.get_by_role("textbox").fill(text)
                await self._page.keyboard.press("Enter")

    async def seen(self) -> list[str]:
        await expect(self._page.locator("[aria-busy], .waiting, #loading")).to_have_count(
            0, timeout=PATIENCE_MS
        )
        shown: list[list[object]] = await self._page.evaluate(_SHOWN)
        now = {str(ref): Shown(tuple(texts), tuple(map(tuple, rows))) for ref, texts, rows in shown}  # type: ignore[arg-type]
        lines = changes(self._before, now)
        self._before = now
        return lines


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

    async def say(self, text: str) -> None:
        if text in self._person.labels:
            self._person.press(text)
        else:
            self._person.send(text)

    async def seen(self) -> list[str]:
        lines: list[str] = []

        def look() -> bool:
            now = {str(message.message_id): self._shown(message) for message in self._person.seen}
            lines.extend(changes(self._before, now))
            self._before = now
            return bool(lines)

        await self._person.api.until(look, PATIENCE, "something to change in the chat")
        return lines

    def _shown(self, message: Message) -> "Shown":
        rows = message.buttons
        if message.keyboard and message.keyboard is self._person.keyboard:
            rows = [[key["text"] for key in row] for row in message.keyboard["keyboard"]]
        return Shown((message.text,), tuple(map(tuple, rows)))


@asynccontextmanager
async def telegram_process(folder: Path, webhook: bool) -> AsyncIterator[BotApi]:
    """`prescreen serve` in live mode with an approved flow, and a Bot API that it talks to."""
    url = f"sqlite:///{folder}/live.db"
    app = bootstrap(settings(url, "live", folder), Clock())
    publish(app, "open", date.today().isoformat())  # noqa: DTZ011 - the process goes by the real date
    app.stop()
    port = free_port()
    more = {"PRESCREEN_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram/webhook"} if webhook else {}
    async with BotApi() as api:
        with program(
            "serve",
            folder=folder,
            PRESCREEN_DATABASE_URL=url,
            PRESCREEN_KEY=KEYS,
            PRESCREEN_LISTEN=f"127.0.0.1:{port}",
            PRESCREEN_TELEGRAM_TOKEN=api.token,
            PRESCREEN_TELEGRAM_API=api.url,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **more,
        ):
            await api.until(lambda: api.webhook.url if webhook else api.of("getUpdates"), PATIENCE, "the bot")
            yield api


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
