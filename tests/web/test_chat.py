"""The browser chat in a real Chromium."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette

from bot.channels.web.chat import COOKIE, CSP, demo_home, routes
from bot.i18n import Translators
from bot.service.messages import Press, Text
from tests.web.stage import ScriptedChat, Server, eventually, sideways, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def chat() -> ScriptedChat:
    return ScriptedChat()


@pytest.fixture
def server(chat: ScriptedChat, translators: Translators) -> Iterator[Server]:
    running = Server([*routes(chat, translators), *demo_home(translators)])
    yield running
    running.stop()


@pytest.fixture
async def client(chat: ScriptedChat, translators: Translators) -> AsyncIterator[httpx.AsyncClient]:
    app = httpx.ASGITransport(Starlette(routes=routes(chat, translators, secure_cookies=True)))
    async with httpx.AsyncClient(transport=app, base_url="https://bot.example") as client:
        yield client


def said(page: Page) -> list[str]:
    return page.complaints  # type: ignore[attr-defined,no-any-return]


async def test_it_chats_and_a_reload_rebuilds_it(
    browser: Browser, server: Server, chat: ScriptedChat
) -> None:
    async with visiting(browser) as page:
        await page.goto(f"{server.address}/chat")
        await page.get_by_role("button", name="中文", exact=True).click()
        question = page.locator(".message.asks")
        await expect(question.locator(".strong")).to_have_text("您现在脸上有褐色的斑吗？")
        await expect(question.locator(".faint")).to_have_text("第2题，共约28题")
        await expect(page.locator(".own")).to_have_text(["您： 中文"])
        await page.get_by_role("button", name="不确定").click()
        await page.get_by_role("button", name="☐ 从来没治过").click()
        await expect(page.get_by_role("button", name="☑ 从来没治过")).to_be_visible()
        await expect(page.locator(".own")).to_have_count(2)  # a tick is not something one has said
        await page.get_by_role("button", name="选好了").click()
        await expect(page.locator("#log")).to_contain_text("谢谢您的回答！")
        await expect(page.locator(".asks")).to_have_count(0)
        bot = page.locator(".message:not(.own)")
        before = await bot.all_inner_texts()
        await page.reload()
        await expect(page.locator("#log")).to_contain_text("谢谢您的回答！")
        assert await bot.all_inner_texts() == before
        assert [seen.content for seen in chat.done] == [
            Text("/start"),
            Press("1:zh", "1"),
            Press("2:unsure", "4"),
            Press("3:none", "6"),
            Press("3:done", "6"),
        ]
        assert said(page) == []


async def test_it_speaks_the_language_of_the_chat(
    browser: Browser, server: Server, chat: ScriptedChat
) -> None:
    async with visiting(browser, "en-GB") as page:
        await page.goto(f"{server.address}/chat?lang=zh")
        await expect(page).to_have_title("研究初筛")
        await expect(page.get_by_role("button", name="中文", exact=True)).to_have_attribute("lang", "zh")
        await page.get_by_role("button", name="English", exact=True).click()
        await expect(page).to_have_title("Study prescreening")
        await expect(page.get_by_placeholder("Your message")).to_be_visible()
        assert await page.evaluate("document.documentElement.lang") == "en"
        assert chat.done[0].language == "zh"
    async with visiting(browser, "en-GB") as page:
        await page.goto(f"{server.address}/chat")
        await expect(page).to_have_title("Study prescreening")
        await eventually(lambda: len(chat.done) == 3)
        assert chat.done[2].language == "en"


async def test_it_passes_a_start_payload_once(browser: Browser, server: Server, chat: ScriptedChat) -> None:
    async with visiting(browser) as page:
        await page.goto(f"{server.address}/chat?start=melasma-exosome-poster")
        await expect(page.locator(".asks")).to_have_count(1)
        await expect(page).to_have_url(f"{server.address}/chat")
        await page.reload()
        await expect(page.locator(".asks")).to_have_count(1)
        assert [seen.content for seen in chat.done] == [Text("/start melasma-exosome-poster")]
        await page.goto(f"{server.address}/chat?start=%3Cscript%3E")
        await expect(page.locator(".asks")).to_have_count(1)
        assert len(chat.done) == 1


async def test_it_tries_again_with_the_same_id(browser: Browser, server: Server, chat: ScriptedChat) -> None:
    async with visiting(browser) as page:
        await page.goto(f"{server.address}/chat")
        await page.get_by_role("button", name="中文", exact=True).click()
        await expect(page.locator(".asks")).to_have_count(1)
        server.stop()
        await page.get_by_label("输入消息").fill("三十五岁")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_have_text("连接中断，正在重试……")
        await expect(page.locator(".own.waiting")).to_have_text("您： 三十五岁")
        chat.fail = 1  # it is kept, and the answer gets lost
        server.start()
        await expect(page.locator("#log")).to_contain_text("我没看懂。请点一个按钮，也可以发数字：三十五岁")
        await expect(page.locator("#notice")).to_be_hidden()
        await expect(page.locator(".own.waiting")).to_have_count(0)
        ids = [seen.update for seen in chat.received if seen.content == Text("三十五岁")]
        assert len(ids) == 2
        assert len(set(ids)) == 1
        await expect(page.get_by_text("我没看懂")).to_have_count(1)


async def test_a_message_the_server_breaks_on_does_not_block_the_chat(
    browser: Browser, server: Server, chat: ScriptedChat
) -> None:
    async with visiting(browser) as page:
        await page.goto(f"{server.address}/chat")
        await expect(page.locator(".asks")).to_have_count(1)
        await page.clock.install()
        chat.fail = 5
        await page.get_by_label("输入消息").fill("first")
        await page.keyboard.press("Enter")
        await page.get_by_label("输入消息").fill("second")
        await page.keyboard.press("Enter")
        for tries in range(1, 6):
            await eventually(lambda tries=tries: len(chat.received) > tries)  # type: ignore[misc]
            await page.clock.run_for(10_000)
        await expect(page.locator("#log")).to_contain_text("second")
        await expect(page.locator(".own")).to_have_text(["您： second"])
        assert [seen.content for seen in chat.received if seen.content == Text("first")] == [
            Text("first")
        ] * 5


async def test_it_is_kept_when_the_connection_is_lost_while_idle(browser: Browser, server: Server) -> None:
    async with visiting(browser) as page:
        await page.goto(f"{server.address}/chat")
        await expect(page.locator(".asks")).to_have_count(1)
        server.stop()
        await expect(page.get_by_role("status")).to_have_text("连接中断，正在重试……")
        server.start()
        await expect(page.locator("#notice")).to_be_hidden()


async def test_it_can_be_used_by_keyboard_alone(browser: Browser, server: Server, chat: ScriptedChat) -> None:
    async with visiting(browser, "en") as page:
        await page.goto(f"{server.address}/chat")
        await expect(page.locator(".asks")).to_have_count(1)

        async def tab_to(name: str) -> None:
            for _ in range(25):
                await page.keyboard.press("Tab")
                focused = await page.evaluate(
                    "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
                )
                if focused == name:
                    return
            raise AssertionError(f"{name} cannot be reached")

        await tab_to("English")
        await page.keyboard.press("Enter")
        await expect(page.locator(".asks .strong")).to_have_text(
            "Do you have brown patches on your face now?"
        )
        await expect(page.locator(".asks")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Yes", exact=True)).to_be_focused()
        await page.keyboard.press("Enter")
        await tab_to("☐ Never treated")
        await page.keyboard.press("Space")
        await expect(page.get_by_role("button", name="☑ Never treated")).to_be_focused()
        await tab_to("Menu")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Help", exact=True).last).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Menu")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.locator("#log")).to_contain_text("You can skip any question.")
        assert chat.done[-1].content == Text("/help")
        await expect(page.locator(".own").last).to_have_text("You: Help")
        assert said(page) == []


async def test_it_strips_a_stale_message(browser: Browser, server: Server, chat: ScriptedChat) -> None:
    async with visiting(browser) as page:
        await page.goto(f"{server.address}/chat")
        await page.get_by_role("button", name="中文", exact=True).click()
        await page.get_by_role("button", name="跳过").click()
        await expect(page.get_by_text("这个按钮已经过期了。")).to_be_visible()
        await expect(page.locator(".asks")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_it_fits_the_smallest_phone_and_large_type(
    browser: Browser, server: Server, language: str
) -> None:
    async with visiting(browser, language, 320, 560, has_touch=True, is_mobile=True) as page:
        await page.goto(f"{server.address}/chat")
        await page.locator(".asks button").nth(0 if language == "zh" else 1).click()
        await page.locator(".asks button").first.click()
        await expect(page.locator(".asks button")).to_have_count(7)
        await page.locator("#menu").click()
        for size in ("100%", "200%"):
            await page.evaluate("size => document.documentElement.style.fontSize = size", size)
            assert await sideways(page) == 0
            assert await page.evaluate("log.scrollWidth <= log.clientWidth")
            small = await page.evaluate(
                "[...document.querySelectorAll('button, input')].filter(e => e.offsetParent && "
                "(e.offsetHeight < 44 || e.offsetWidth < 44)).map(e => e.textContent)"
            )
            assert small == []


async def test_what_people_write_is_never_markup(browser: Browser, server: Server) -> None:
    async with visiting(browser) as page:
        await page.goto(f"{server.address}/chat")
        await page.get_by_role("button", name="中文", exact=True).click()
        await page.get_by_label("输入消息").fill("<img src=x onerror=alert(1)>")
        await page.get_by_role("button", name="发送").click()
        await expect(page.locator(".message").last).to_contain_text("数字：<img src=x onerror=alert(1)>")
        assert await page.locator("#log img").count() == 0
        assert said(page) == []


async def test_a_new_chat_is_another_person(browser: Browser, server: Server, chat: ScriptedChat) -> None:
    async with visiting(browser, "en") as page:
        await page.goto(f"{server.address}/chat")
        await page.get_by_role("button", name="English", exact=True).click()
        await expect(page.locator(".asks")).to_have_count(1)
        other = await page.context.new_page()
        await other.goto(f"{server.address}/chat")
        await expect(other.locator(".message:not(.own)")).to_have_count(3)
        await page.get_by_role("button", name="New chat").click()
        await page.get_by_role("dialog").get_by_role("button", name="New chat").click()
        await expect(page.locator(".message")).to_have_count(1)
        await expect(other.locator(".message")).to_have_count(1)  # the other tab shows the new chat too
        assert len({seen.address for seen in chat.done}) == 2
        assert said(page) == []


async def test_it_says_so_without_cookies_and_without_scripts(browser: Browser, server: Server) -> None:
    async with visiting(browser) as page:
        await page.route(
            "**/chat/feed*", lambda route: route.fulfill(json={"chat": "x", "new": True, "feed": []})
        )
        await page.goto(f"{server.address}/chat")
        await expect(page.get_by_role("status")).to_contain_text("Cookie")
    async with visiting(browser, java_script_enabled=False) as page:
        await page.goto(f"{server.address}/chat")
        await expect(page.locator("noscript p")).to_contain_text("JavaScript")


async def test_the_demonstration_shows_both_sides(browser: Browser, server: Server) -> None:
    async with visiting(browser, width=1280) as page:
        await page.goto(server.address)
        chat = page.frame_locator("iframe.chat")
        await expect(chat.get_by_role("button", name="English", exact=True)).to_be_visible()
        await expect(page.locator("header")).to_contain_text("研究初筛演示")
        await expect(page.locator("header")).to_contain_text("Chat as a participant")
        await page.set_viewport_size({"width": 320, "height": 640})
        await expect(page.get_by_role("link", name="聊天")).to_be_visible()
        assert await sideways(page) == 0


async def test_its_answers_are_locked_down(client: httpx.AsyncClient) -> None:
    page = await client.get("/chat")
    assert page.headers["content-security-policy"] == CSP
    assert "unsafe" not in CSP
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert (
        "set-cookie" not in page.headers
    )  # a Strict cookie is not sent when a link led here: do not replace it
    feed = await client.get("/chat/feed?after=0")
    cookie = feed.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "secure", "path=/chat"))
    assert client.cookies[COOKIE] not in feed.text
    files = [
        await client.get(f"/static/chat/{name}") for name in ("chat.js", "chat.css", "home.css", "icon.svg")
    ]
    assert {file.headers["cache-control"] for file in files} == {"no-cache"}
    assert sum(len(file.content) for file in files) + len(page.content) < 50_000


ID = "6f1c1b0e-4a55-4a0e-9d0f-0f3c7e2f3a11"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"id": "1", "text": "a"}', 400),
        (b'{"id": "%b"}' % ID.encode(), 400),
        (b'{"id": "%b", "text": "   "}' % ID.encode(), 400),
        (b'{"id": "%b", "text": "a", "press": "b"}' % ID.encode(), 400),
        (b'{"id": "%b", "press": "%b"}' % (ID.encode(), b"x" * 65), 400),
        (b'{"id": "%b", "text": "%b"}' % (ID.encode(), b"x" * 4097), 400),
        (b'{"id": "%b", "text": "\\ud800"}' % ID.encode(), 400),
        (b"x" * 40_000, 413),
        (b'{"id": "%b", "text": "\\u0000hi"}' % ID.encode(), 200),
    ],
)
async def test_it_reads_posts_at_the_door(
    client: httpx.AsyncClient, chat: ScriptedChat, body: bytes, status: int
) -> None:
    await client.get("/chat/feed?after=0")
    answer = await client.post("/chat/updates", content=body, headers={"Accept-Language": "de, en;q=0.5"})
    assert answer.status_code == status
    assert [seen.content for seen in chat.done] == ([Text("hi")] if status == 200 else [])
    if status == 200:
        assert chat.done[0].language == "en"
        assert chat.done[0].update == f"{client.cookies[COOKIE]}:{ID}"


async def test_other_sites_cannot_post(client: httpx.AsyncClient, chat: ScriptedChat) -> None:
    body = {"id": ID, "text": "hi"}
    assert (await client.post("/chat/updates", json=body)).status_code == 403  # no chat yet
    await client.get("/chat/feed?after=0")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert (await client.post("/chat/updates", json=body, headers=headers)).status_code == 403
        assert (await client.post("/chat/new", headers=headers)).status_code == 403
    assert chat.done == []
    assert (await client.post("/chat/new", headers={"Origin": "https://bot.example"})).status_code == 303
    assert (await client.get("/chat/feed?after=-1")).status_code == 400
