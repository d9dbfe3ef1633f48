"""A browser, a server on a free port and a scripted chat: what tests of pages play on."""

import asyncio
import shutil
import socket
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.i18n import Translators
from bot.service.messages import Button, Incoming, Line, Outgoing, Press, Text

ROOT = Path(__file__).parents[2]
#: How long a page is waited for. Some pages ask the server every eight seconds.
PATIENCE_MS = 20_000
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, else Playwright's own."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
        )
        yield launched
        await launched.close()


@pytest.fixture(scope="session")
def translators() -> Translators:
    return Translators(ROOT / "locales")


class Server:
    """uvicorn in a thread; it can die and come back on the same port."""

    def __init__(self, routes: list[BaseRoute]) -> None:
        self._app = Starlette(routes=routes)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        config = uvicorn.Config(
            self._app,
            port=self._port,
            log_level="critical",
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@asynccontextmanager
async def visiting(
    browser: Browser, language: str = "zh-CN", width: int = 1200, height: int = 860, **more: Any
) -> AsyncIterator[Page]:
    """A page of a new visitor. Whatever the browser complains about is collected in `page.complaints`."""
    context = await browser.new_context(locale=language, viewport={"width": width, "height": height}, **more)
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    try:
        yield page
    finally:
        await context.close()


async def eventually(holds: Callable[[], bool]) -> None:
    """Waits for something that the browser does not show."""
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, "it never happened"
        await asyncio.sleep(0.02)


async def sideways(page: Page) -> int:
    """By how many pixels the page is too wide for its window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@dataclass(frozen=True, slots=True)
class Posted:
    seq: int
    outgoing: Outgoing


@dataclass
class ScriptedChat:
    """Stands in for the service: a short chat with every operation in it. `fail` posts are kept, but answer 500."""

    fail: int = 0
    received: list[Incoming] = field(default_factory=list)
    done: list[Incoming] = field(default_factory=list)
    feeds: dict[str, list[Posted]] = field(default_factory=lambda: defaultdict(list))
    ticks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    languages: dict[str, str] = field(default_factory=dict)

    async def take(self, incoming: Incoming) -> None:
        self.received.append(incoming)
        if incoming.update not in {seen.update for seen in self.done}:
            self.done.append(incoming)
            for outgoing in self._answer(incoming):
                feed = self.feeds[incoming.address]
                feed.append(Posted(len(feed) + 1, outgoing))
        if self.fail:
            self.fail -= 1
            raise RuntimeError("the answer got lost")

    async def feed(self, channel: str, address: str, after: int = 0) -> list[Posted]:
        assert channel == "web"
        return [posted for posted in self.feeds[address] if posted.seq > after]

    def _answer(self, incoming: Incoming) -> list[Outgoing]:
        zh = self.languages.get(incoming.address, "zh") == "zh"
        match incoming.content:
            case Text(text) if text.startswith("/start"):
                return [_ask(1, (Line("请选择语言 / Please choose your language", "strong"),), LANGUAGES)]
            case Text("/help"):
                return [Outgoing("send", (Line(HELP["zh" if zh else "en"]),))]
            case Press("1:zh" | "1:en" as data):
                language = self.languages[incoming.address] = data[-2:]
                label = "中文" if language == "zh" else "English"
                return [
                    Outgoing("settle", (Line(label, "faint"),), prompt=1),
                    Outgoing("send", tuple(Line(text) for text in HELLO[language])),
                    _ask(2, PATCHES[language], YES_NO[language]),
                ]
            case Press("2:yes" | "2:no" | "2:unsure" as data):
                rows = YES_NO["zh" if zh else "en"]
                label = next(b.label for row in rows for b in row if b.data == data)
                ask = PATCHES["zh" if zh else "en"]
                return [
                    Outgoing(
                        "settle",
                        (*ask, Line(("您选了：" if zh else "You chose: ") + label, "faint")),
                        prompt=2,
                    ),
                    _ask(3, TREATED["zh" if zh else "en"], self._options(incoming.address, zh)),
                ]
            case Press(data) if data.startswith("3:") and data != "3:done":
                ticks = self.ticks[incoming.address]
                ticks.remove(data) if data in ticks else ticks.append(data)
                return [Outgoing("redraw", rows=self._options(incoming.address, zh), prompt=3)]
            case Press("3:done"):
                words = "谢谢您的回答！" if zh else "Thank you for your answers!"
                chosen = Line("您选了：从来没治过" if zh else "You chose: Never treated", "faint")
                return [
                    Outgoing("settle", (*TREATED["zh" if zh else "en"], chosen), prompt=3),
                    Outgoing("send", (Line(words),)),
                ]
            case Press(ref=ref):
                return [Outgoing("strip", ref=ref), Outgoing("send", (Line("这个按钮已经过期了。"),))]
            case Text(text):
                again = (
                    "我没看懂。请点一个按钮，也可以发数字："
                    if zh
                    else "I did not understand. Please tap a button: "
                )
                return [Outgoing("send", (Line(again + text),))]
        raise AssertionError(incoming)

    def _options(self, address: str, zh: bool) -> tuple[tuple[Button, ...], ...]:
        rows = []
        for data, chinese, english in OPTIONS:
            mark = "☑ " if data in self.ticks[address] else "☐ "
            rows.append((Button(data, mark + (chinese if zh else english)),))
        done = Button("3:done", "选好了" if zh else "Done")
        back, skip = Button("b", "返回" if zh else "Back"), Button("s", "跳过" if zh else "Skip")
        return (*rows, (done,), (back, skip))


def _ask(prompt: int, lines: tuple[Line, ...], rows: tuple[tuple[Button, ...], ...]) -> Outgoing:
    return Outgoing("send", lines, rows, prompt)


LANGUAGES = ((Button("1:zh", "中文"), Button("1:en", "English")),)
HELLO = {
    "zh": (
        "您好！我是福建医科大学附属协和医院一项皮肤研究的自动助手。\n我不是医生，也不是真人。这里没有人实时看消息。",
        "这里不能处理急症。急症请拨打120。",
    ),
    "en": (
        "Hello! I am an automated helper for a skin study at Fujian Medical University Union Hospital.\nI am not a doctor or a person. Nobody reads this chat live.",
        "I cannot help in an emergency. Call 120 (in China) or your local emergency number.",
    ),
}
PATCHES = {
    "zh": (Line("第2题，共约28题", "faint"), Line("您现在脸上有褐色的斑吗？", "strong")),
    "en": (
        Line("Question 2 of about 28", "faint"),
        Line("Do you have brown patches on your face now?", "strong"),
    ),
}
YES_NO = {
    "zh": (
        (Button("2:yes", "有"), Button("2:no", "没有"), Button("2:unsure", "不确定")),
        (Button("b", "返回"), Button("h", "帮助"), Button("s", "跳过")),
    ),
    "en": (
        (Button("2:yes", "Yes"), Button("2:no", "No"), Button("2:unsure", "Not sure")),
        (Button("b", "Back"), Button("h", "Help"), Button("s", "Skip")),
    ),
}
TREATED = {
    "zh": (
        Line("第4题，共约28题", "faint"),
        Line("脸上的斑，您以前治过吗？可以选多项。", "strong"),
        Line("药膏例如氢醌、维A酸，口服药例如氨甲环酸。自己买的药，请选“其他”。防晒霜、普通保湿霜不算治疗。"),
    ),
    "en": (
        Line("Question 4 of about 28", "faint"),
        Line("Have you ever had the patches treated? You can pick more than one.", "strong"),
        Line("A cream could be hydroquinone or tretinoin. Sunscreen and plain face cream do not count."),
    ),
}
OPTIONS = (
    ("3:none", "从来没治过", "Never treated"),
    ("3:rx", "医生开的药膏", "Cream from a doctor"),
    ("3:tcm", "中药或针灸", "Chinese medicine or acupuncture"),
    ("3:other", "其他（微针、水光、美容院祛斑）", "Other (needling, salon care)"),
)
HELP = {
    "zh": "每一题都可以跳过。随时可以发 /stop 停止。",
    "en": "You can skip any question. Send /stop to stop at any time.",
}
