"""The staff pages in a real Chromium."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette

from bot.i18n import Translators
from bot.staff.pages import SESSION, routes
from bot.staff.words import Wording
from tests.staff.cast import LIN, MISCHIEF, NOW, FakeDesk, FakeServices
from tests.web.stage import Server, sideways, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def server(desk: FakeDesk, translators: Translators) -> Iterator[Server]:
    running = Server(routes(FakeServices(desk, translators), ZONE, secure_cookies=False))
    yield running
    running.stop()


@pytest.fixture
async def client(desk: FakeDesk, translators: Translators) -> AsyncIterator[httpx.AsyncClient]:
    app = httpx.ASGITransport(
        Starlette(routes=routes(FakeServices(desk, translators), ZONE, secure_cookies=True))
    )
    async with httpx.AsyncClient(transport=app, base_url="https://bot.example") as client:
        yield client


async def log_in(page: Page, server: Server, button: str = "登录") -> None:
    await page.goto(f"{server.address}/staff/login?token=right-token")
    await page.get_by_role("button", name=button).click()
    await expect(page).to_have_url(f"{server.address}/staff")
    await page.wait_for_load_state()  # with its scripts


def said(page: Page) -> list[str]:
    return page.complaints  # type: ignore[attr-defined,no-any-return]


async def test_a_login_link_works_once(browser: Browser, server: Server, desk: FakeDesk) -> None:
    link = f"{server.address}/staff/login?token=right-token"
    async with httpx.AsyncClient() as preview:
        await preview.get(link)
        await preview.head(link)
    async with visiting(browser, "en") as page:
        await page.goto(link)
        await page.reload()
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", name="Queue")).to_be_visible()
        cookie = next(c for c in await page.context.cookies() if c["name"] == SESSION)
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Lax"
        await page.get_by_role("button", name="Log out").click()
        await expect(page.get_by_role("heading", name="You are logged out")).to_be_visible()
        assert desk.cookies == set()
        assert said(page) == []
    async with visiting(browser, "en") as page:
        await page.goto(link)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
        await expect(page.get_by_role("heading", name="这个链接已失效")).to_be_visible()
        await page.goto(f"{server.address}/staff")
        await expect(page.get_by_role("heading", name="Please log in")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_queue_reads_well(browser: Browser, server: Server, scripts: bool) -> None:
    async with visiting(browser, java_script_enabled=scripts) as page:
        await log_in(page, server)
        lines = page.locator("tbody tr")
        await expect(lines).to_have_count(5)
        await expect(lines.nth(0)).to_contain_text("紧急")
        await expect(lines.nth(0)).to_contain_text("感到不适")
        await expect(lines.nth(0)).to_contain_text("12 分钟前")
        await expect(lines.nth(0)).to_contain_text("今天 16:43")
        for words in (
            "L-7QK4-X9M3",
            "待核实",
            "I2 I4 E3 E10",
            "接近界限",
            "电话",
            "上午",
            "中文",
            "2 天前",
            "已超期",
        ):
            await expect(lines.nth(1)).to_contain_text(words)
        await expect(lines.nth(2)).to_contain_text("演示")
        await expect(lines.nth(2)).to_contain_text("2 小时前")
        await expect(lines.nth(3)).to_contain_text("odd thing")
        await expect(page.locator("#count")).to_have_text("5 条待处理")
        await page.get_by_role("link", name="English").click()
        for words in (
            "Needs review",
            "Near a limit",
            "Weekday mornings",
            "Chinese",
            "2 d ago",
            "Overdue",
            "06-14 18:13",
        ):
            await expect(lines.nth(1)).to_contain_text(words)
        await page.goto(f"{server.address}/staff")
        await expect(page.get_by_role("heading", name="Queue")).to_be_visible()  # the choice is kept
        await page.get_by_role("link", name="L-7QK4-X9M3").click()
        await expect(page.get_by_role("heading", name="L-7QK4-X9M3")).to_be_visible()
        assert said(page) == []


async def test_a_lead_shows_what_to_ask_again_first(browser: Browser, server: Server, desk: FakeDesk) -> None:
    async with visiting(browser) as page:
        await log_in(page, server)
        await page.goto(f"{server.address}/staff/leads/L-7QK4-X9M3")
        items = page.locator(".open-items > li")
        await expect(items.locator("h3 .chip")).to_have_text(["I2", "I4", "E3", "E10"])
        await expect(items.nth(0)).to_contain_text("有没有医生说过，您脸上的斑是黄褐斑？")
        await expect(items.nth(0)).not_to_contain_text("您现在脸上有褐色的斑吗？")
        await expect(items.nth(1)).not_to_contain_text("留下深色的印子")
        lines = page.locator(".criteria tbody tr")
        await expect(lines).to_have_count(8)
        for words in (
            "I1",
            "入选标准",
            "18至60周岁",
            "符合",
            "您现在多少周岁？",
            "60",
            "手动输入",
            "61",
            "之前的回答",
            "06-13 14:06",
        ):
            await expect(lines.nth(0)).to_contain_text(words)
        await expect(lines.nth(2)).to_contain_text("由团队判断")
        await expect(lines.nth(2)).to_contain_text("访视时判断。 机器人不问。")
        await expect(lines.nth(3)).to_contain_text("仅供参考")
        await expect(lines.nth(5)).to_contain_text("不适用")
        await expect(page.get_by_text("王女士")).to_be_visible()
        assert await page.locator("a[href^=tel]").get_attribute("href") == "tel:+8613800138000"
        await expect(page.locator("a[href^=tel]")).to_have_text("+86 138 0013 8000")
        for words in (
            "请尽快核实",
            "使用健康回答",
            "告知书 3f9a1c",
            "研究团队联系本人",
            "版本 1.0.0",
            "不符合",
        ):
            await expect(page.locator("main")).to_contain_text(words)
        await page.get_by_role("link", name="English").click()
        await expect(items.nth(0)).to_contain_text("Has a doctor told you that the patches are melasma?")
        await expect(lines.nth(2)).to_contain_text("Settled at the visit. Never asked by the bot.")
        assert desk.opened == [("L-7QK4-X9M3", "s1")] * 2
        assert said(page) == []


async def test_a_name_is_never_markup(browser: Browser, server: Server) -> None:
    async with visiting(browser) as page:
        await log_in(page, server)
        await page.goto(f"{server.address}/staff/leads/L-3FHT-K8PA")
        await expect(page.locator(".name")).to_have_text(MISCHIEF)
        assert await page.locator("main script, main img").count() == 0
        assert said(page) == []


async def test_a_request_shows_the_way_to_the_person(browser: Browser, server: Server) -> None:
    async with visiting(browser) as page:
        await log_in(page, server)
        await page.goto(f"{server.address}/staff/leads/R-8QXA-4MKE")
        await expect(page.get_by_text("请马上处理")).to_be_visible()
        await expect(page.get_by_role("link", name="打开聊天")).to_be_visible()
        await expect(page.get_by_role("heading", name="全部标准")).to_have_count(0)


async def test_it_refreshes_the_queue_by_itself(browser: Browser, server: Server, desk: FakeDesk) -> None:
    desk.empty = True
    async with visiting(browser) as page:
        await page.clock.install()
        await log_in(page, server)
        await expect(page.get_by_text("现在没有人在等。")).to_be_visible()
        desk.empty = False
        await page.clock.run_for(9_000)
        await expect(page.locator("tbody tr")).to_have_count(5)
        await expect(page.locator("#count")).to_have_text("5 条待处理")
        desk.cookies.clear()
        await page.clock.run_for(9_000)
        await expect(page.locator("tbody tr")).to_have_count(5)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_it_fits_a_phone(browser: Browser, server: Server, language: str) -> None:
    async with visiting(browser, language, 320, 640, is_mobile=True) as page:
        await log_in(page, server, "登录" if language == "zh" else "Log in")
        for path in ("/staff", "/staff/leads/L-7QK4-X9M3", "/staff/leads/L-3FHT-K8PA", "/staff/nowhere"):
            await page.goto(server.address + path)
            assert await sideways(page) == 0, path
            cut = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth)"
            assert await page.evaluate(cut + ".map(e => e.textContent)") == [], path


async def test_it_logs_nobody_in_by_another_page(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    posted = await client.post("/staff/login", data={"token": "right-token"})
    assert posted.status_code == 403
    assert "页面已过期" in posted.text
    await client.get("/staff/login?token=right-token")
    posted = await client.post("/staff/login", data={"token": "right-token", "form_token": "é" * 64})
    assert posted.status_code == 403
    assert desk.tokens == {"right-token"}


async def test_only_its_own_page_logs_out(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.cookies.add("c")
    client.cookies.set(SESSION, "c")
    assert (await client.post("/staff/logout")).status_code == 403
    assert (await client.post("/staff/logout", data={"form_token": "0" * 64})).status_code == 403
    assert desk.cookies == {"c"}


async def test_every_answer_is_locked_down(client: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.cookies.add("c")
    weight = len((await client.get("/static/staff/staff.css")).content)
    for path, status in {
        "/staff": 200,
        "/staff/leads/L-7QK4-X9M3": 200,
        "/staff/leads/nobody": 404,
        "/staff/a/b": 404,
        "/staff/login": 401,
        "/staff/login?token=x": 200,
    }.items():
        client.cookies.set(SESSION, "c")
        answer = await client.get(path)
        assert answer.status_code == status, path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert "style=" not in answer.text
        assert len(answer.content) + weight < 100_000
        assert all(
            "Secure" in cookie and "HttpOnly" in cookie for cookie in answer.headers.get_list("set-cookie")
        )
    client.cookies.set(SESSION, "old")
    ended = await client.get("/staff/leads/L-7QK4-X9M3")
    assert ended.status_code == 401
    assert "登录已过期" in ended.text
    assert "Your session has ended" in ended.text
    assert "王女士" not in ended.text


async def test_the_demonstration_needs_no_login(desk: FakeDesk, translators: Translators) -> None:
    app = Starlette(
        routes=routes(
            FakeServices(desk, translators),
            ZONE,
            secure_cookies=False,
            guest=LIN,
        )
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://demo") as client:
        assert "L-7QK4-X9M3" in (await client.get("/staff")).text


@pytest.mark.parametrize(
    ("passed", "zh", "en"),
    [
        (timedelta(seconds=-5), "刚刚", "just now"),
        (timedelta(seconds=59), "刚刚", "just now"),
        (timedelta(minutes=59), "59 分钟前", "59 min ago"),
        (timedelta(hours=1), "1 小时前", "1 h ago"),
        (timedelta(hours=47, minutes=59), "47 小时前", "47 h ago"),
        (timedelta(hours=48), "2 天前", "2 d ago"),
    ],
)
async def test_it_says_how_long_ago(translators: Translators, passed: timedelta, zh: str, en: str) -> None:
    for language, words in (("zh", zh), ("en", en)):
        assert Wording(language, translators[language], ZONE, NOW).ago(NOW - passed) == words


async def test_it_says_when_in_the_zone_of_the_site(translators: Translators) -> None:
    say = Wording("en", translators["en"], ZONE, NOW)
    assert say.when(NOW) == "today 16:13"
    assert say.when(NOW + timedelta(hours=8)) == "Tue 06-16 00:13"
    assert say.when(NOW - timedelta(days=200)) == "2025-11-27 16:13"
    assert say.tongue("zh-Hant") == "zh-Hant"
    assert say.phone("no number") == "no number"
