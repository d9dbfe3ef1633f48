"""Reports are looked at and taken in a real Chromium, with the real service behind them."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.async_api import Browser, Page, expect

from bot.service.views import StaffMember
from bot.store import tables as t
from tests.service.stage import Person, Stage
from tests.service.test_service_reports import live_through
from tests.staff.test_site_pages import log_in
from tests.web.stage import Server, sideways, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")
#: Of everything, and every one of them has a picture.
SHEETS = ("workload", "funnel", "drop_off", "fails", "leads", "times", "sources", "languages")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Stage]:
    """A live study. Mei is a coordinator, Yan an auditor, Lin edits scripts."""
    stage = Stage(tmp_path, live=True)
    stage.open()
    for name, role in (("mei", "coordinator"), ("yan", "auditor"), ("lin", "editor")):
        stage.app.staff.add(name, role)
    yield stage
    stage.stop()


async def seen(page: Page, name: str) -> tuple[str, str]:
    """A picture as it is drawn: the colour of its first label, and of its longest bar."""
    picture = page.locator(f"#{name} svg")
    await expect(picture).to_be_visible()
    colour = "element => getComputedStyle(element).fill"
    label = await picture.locator("tspan").first.evaluate(colour)
    bar = await picture.locator("rect.f-accent").first.evaluate(colour)
    return str(label), str(bar)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("width", [390, 1200])
async def test_pictures_are_seen_in_light_and_dark_with_their_tables(
    browser: Browser, server: Server, live: Stage, language: str, width: int
) -> None:
    await live_through(live)
    code = live.rows(t.leads)[0].code
    live.clock.move(hours=3)
    await live.app.work.attempt(code, "phone", "reached", StaffMember("mei", "mei"))
    for scheme, ink in (("light", "rgb(23, 33, 31)"), ("dark", "rgb(227, 235, 233)")):
        async with visiting(browser, language, width, color_scheme=scheme) as page:
            await log_in(page, server, live, "mei")
            answer = await page.goto(f"{server.address}/staff/reports")
            assert answer is not None
            assert len(await answer.body()) < 100_000
            assert not await sideways(page)
            for name in SHEETS:
                drawn = page.locator(f"#{name} svg")
                assert await drawn.get_attribute("role") == "img"
                title = page.locator(f"#{name} h2")
                await expect(drawn).to_have_accessible_name(await title.inner_text())
                await expect(drawn).to_have_accessible_description(re.compile(r"\w: \d|\d"))
                await expect(page.locator(f"#{name} table")).to_be_visible()
                box = await drawn.bounding_box()
                assert box is not None
                # Letters of 13 among 340: at least 12 on a phone.
                assert box["width"] >= 310
            label, bar = await seen(page, "funnel")
            assert label == ink
            assert bar != ink
            row = page.locator("#funnel tbody tr").first
            await expect(row.locator("td").first).to_have_text("7")
            assert page.complaints == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["mei", "yan"])
async def test_files_are_taken_and_the_trail_says_by_whom(
    browser: Browser, server: Server, live: Stage, name: str
) -> None:
    await Person(live).to_not_match()
    async with visiting(browser, "zh-CN") as page:
        await log_in(page, server, live, name)
        await page.goto(f"{server.address}/staff/reports?study=small&from=2026-06-15")
        assert [row for row in live.rows(t.audit) if row.what == "exported"] == []
        made = {}
        for form, words in (("svg", "图片"), ("csv", "表格")):
            async with page.expect_download() as waiting:
                await page.locator("#fails").get_by_role("link", name=words).click()
            download = await waiting.value
            assert download.suggested_filename == f"small-fails.{form}"
            made[form] = await asyncio.to_thread((await download.path()).read_bytes)
    picture = ElementTree.fromstring(made["svg"])
    assert picture.get("role") == "img"
    assert "prefers-color-scheme: dark" in made["svg"].decode()
    assert "2026-06-15" in made["svg"].decode()
    assert "I1,18至60周岁,1,1" in made["csv"].decode("utf-8-sig")
    rows = [row for row in live.rows(t.audit) if row.what == "exported"]
    assert [row.who for row in rows] == [f"staff:{name}"] * 2
    assert [row.detail["format"] for row in rows] == ["svg", "csv"]


async def test_outsiders_are_shown_no_small_numbers(browser: Browser, server: Server, live: Stage) -> None:
    await live_through(live)
    async with visiting(browser, "en") as page:
        await log_in(page, server, live, "mei")
        await page.goto(f"{server.address}/staff/reports")
        await page.get_by_label("For outsiders: without numbers below").fill("5")
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("#workload")).to_have_count(0)
        assert await page.locator("#funnel td:nth-child(2)").all_inner_texts() == [
            *("7", "*", "<5", "<5", "0", "0", "0", "0", "0")
        ]
        drawn = await page.locator("main svg tspan").all_text_contents()
        assert not {"1", "2", "3", "4"} & set(" ".join(drawn).split())
        answer = await page.request.get(f"{server.address}/staff/reports/funnel.svg?study=small&mask=5")
        assert "&lt;5" in await answer.text()


async def test_what_is_mistyped_is_said_and_the_log_can_still_be_taken(
    browser: Browser, server: Server, live: Stage
) -> None:
    async with visiting(browser, "zh-CN") as page:
        await log_in(page, server, live, "mei")
        for query, words in (
            ("from=June", "June"),
            ("from=2026-06-02&to=2026-06-01", "结束日期早于开始日期"),
            ("study=other", "还没有脚本"),
            ("mask=many", "999"),
        ):
            answer = await page.goto(f"{server.address}/staff/reports?{query}")
            assert answer is not None
            assert answer.status == 200
            await expect(page.get_by_role("alert")).to_contain_text(words)
            await expect(page.get_by_role("button", name="下载")).to_be_visible()
        for file in ("nothing.svg", "funnel.pdf", "funnel.svg?from=June", "funnel.svg?study=other", "funnel"):
            assert (await page.request.get(f"{server.address}/staff/reports/{file}")).status == 404


async def test_who_may_not_gets_neither_page_nor_file(browser: Browser, server: Server, live: Stage) -> None:
    async with visiting(browser, "en") as page:
        assert (await page.request.get(f"{server.address}/staff/reports/funnel.svg")).status == 401
        await log_in(page, server, live, "lin")
        for path in ("", "/funnel.svg", "/funnel.csv"):
            assert (await page.request.get(f"{server.address}/staff/reports{path}")).status == 403
    assert [row for row in live.rows(t.audit) if row.what == "exported"] == []
